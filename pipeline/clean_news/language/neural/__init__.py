"""A small neural language model that scores variants of a text; an option of ``spin`` (``second-opinion``).

One function is for the stages: :func:`variant_scores.log_probabilities` takes a text with places and the variants of
each, and returns a log-probability of every variant. The weights are those of a GGUF file (:mod:`weights_file`,
:mod:`gguf_model`). They are converted once to 8 bits (:mod:`conversion`, :mod:`network_graph`), memory-mapped
and run by onnxruntime (:mod:`network`). The variants of a passage share its tokens in one run (:mod:`variant_tree`).
"""
