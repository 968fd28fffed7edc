"""A fuzz target for atheris: checks the properties of every input under coverage-guided fuzzing.

    pip install atheris
    python tests/robustness/fuzz_target.py -max_total_time=600 a-folder-for-the-corpus

The corpus begins with the inputs of ``hostile_inputs``, if the folder is empty. What fails is written to
``crash-…`` in the current folder, and is tried again alone by naming that file in the corpus's place.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import atheris

with atheris.instrument_imports(include=["clean_news"]):
    import hostile_inputs
    from coming_back import SETTINGS, check_comes_back

FIRST_CORPUS = 300  # inputs


def one_input(data: bytes) -> None:
    """Clean an article: the first byte selects the settings, the rest is the article."""
    if data:
        check_comes_back(data[1:], SETTINGS[data[0] % len(SETTINGS)])


def fill(folder: Path) -> None:
    """Write an initial corpus into an empty folder."""
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        return
    for seed in range(FIRST_CORPUS):
        article = hostile_inputs.article(seed)
        raw = article if isinstance(article, bytes) else article.encode("utf-8", "surrogatepass")
        (folder / f"hostile-{seed:04d}").write_bytes(bytes([1]) + raw)


if __name__ == "__main__":
    for word in sys.argv[1:]:
        if not word.startswith("-") and not Path(word).is_file():
            fill(Path(word))
    atheris.Setup([sys.argv[0], "-max_len=20000", *sys.argv[1:]], one_input)
    atheris.Fuzz()
