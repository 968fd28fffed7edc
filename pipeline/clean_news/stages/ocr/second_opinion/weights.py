"""The weights of the second opinion of scanned text.

Fitted by ``benchmarks/ocr_second_opinion.py --fit`` to 60 scans that the character model was not trained on: those of
shared/bench/ocr-dev and every fourth of ocr-train.
"""

from clean_news.stages.ocr.second_opinion.evidence import Evidence
from clean_news.stages.ocr.second_opinion.ranking import Surety

# Of the texts of a place without the neural model; of those that it was asked about, with it; of the best change.
BEFORE = Evidence(
    kept=0.865,
    kept_unknown=-0.827,
    kept_share=-0.238,
    kept_unknown_share=-0.169,
    kept_capital=0.304,
    kept_short=0.145,
    kept_digit=0.047,
    kept_marks=-0.003,
    unknown=-1.083,
    lattice=0.212,
    lattice_lacks=1.255,
    reread=0.177,
    reread_lacks=0.959,
    read=0.424,
    read_lacks=2.017,
    output=-0.719,
    output_confidence=1.99,
    fit=0.672,
    same_letters=-0.528,
    words=0.65,
    edits=0.494,
    edit_share=-0.555,
    elsewhere=1.197,
    digit=0.428,
    short=-0.931,
)
AFTER = Evidence(
    kept=2.521,
    kept_unknown=-1.82,
    kept_share=-0.873,
    kept_unknown_share=-0.625,
    kept_capital=0.819,
    kept_short=0.395,
    kept_digit=0.135,
    kept_marks=0.312,
    unknown=-2.583,
    lattice=0.575,
    lattice_lacks=3.624,
    reread=0.467,
    reread_lacks=2.46,
    read=1.247,
    read_lacks=5.517,
    output=-1.777,
    output_confidence=5.317,
    fit=1.865,
    same_letters=-1.615,
    words=1.905,
    edits=0.981,
    edit_share=-1.594,
    elsewhere=3.188,
    digit=1.306,
    short=-3.02,
    prior=-2.213,
    neural=0.321,
    kept_neural=-0.048,
)
SURE = Surety(
    constant=0.127,
    chosen=0.803,
    changed=0.278,
    share=0.013,
)
