import os
import subprocess
import sys

WORDS = "from clean_news.stages.ocr.lookalikes import common_words; \
from clean_news.stages.ocr.candidates import LOOKALIKE_WORDS; import hashlib; \
print(hashlib.sha256(repr(common_words(LOOKALIKE_WORDS).words).encode()).hexdigest())"


def test_candidate_words_do_not_depend_on_the_hash_seed():
    digests = {
        subprocess.run(
            [sys.executable, "-c", WORDS],
            check=True,
            capture_output=True,
            env={**os.environ, "PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("11", "12")
    }
    assert len(digests) == 1
