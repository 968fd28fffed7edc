"""Pages that Tesseract read: cleaned, valid before and after, restored. In full, and where it is installed, only."""

import os
import random
import shutil
import subprocess

import pytest
from page_schemas import faults

from clean_news.batch.reversion import restore
from clean_news.batch.run import run
from clean_news.batch.run_options import RunOptions
from clean_news.batch.verification import verify
from clean_news.settings import Settings

pytestmark = pytest.mark.full

COUNT = 30
SENTENCES = [
    "The steamer was to leave the wharf at noon, and the mail was put on board by the pilot of the port.",
    "The members of the council met at the hall to hear the report of the committee on the bridge.",
    "The mayor was in the chair, and the minutes of the last meeting were read and confirmed.",
    "It was resolved that the road to the station should be repaired before the winter.",
    "A large number of farmers attended the market, and there was a good demand for wheat and oats.",
    "The school committee reported that the attendance during the quarter had been regular.",
]


def scan(path, rng):
    """Draw a page of print, with specks and blur."""
    pytest.importorskip("PIL")
    from PIL import Image, ImageDraw, ImageFilter, ImageFont

    image = Image.new("L", (1000, 900), 255)
    draw, font, top = ImageDraw.Draw(image), ImageFont.load_default(rng.choice([17, 19, 22])), 40
    for _ in range(rng.randint(1, 3)):
        line = ""
        for word in " ".join(rng.choice(SENTENCES) for _ in range(rng.randint(3, 5))).split():
            if draw.textlength(f"{line} {word}", font) > 880:
                draw.text((50, top), line.strip(), 0, font)
                line, top = "", top + 30
            line += f" {word}"
        draw.text((50, top), line.strip(), 0, font)
        top += 60
    for _ in range(rng.choice([0, 300, 900])):
        x, y = rng.randrange(1000), rng.randrange(900)
        draw.rectangle((x, y, x + rng.choice([0, 1]), y + 1), rng.choice([0, 255]))
    image.filter(ImageFilter.GaussianBlur(rng.choice([0.5, 1, 1.3]))).save(path, dpi=(200, 200))


def test_files_of_tesseract(tmp_path):
    program = shutil.which("tesseract") or pytest.skip("Tesseract is not installed")
    rng, raw, clean, back = random.Random(19), tmp_path / "raw", tmp_path / "clean", tmp_path / "back"
    raw.mkdir()
    for number in range(COUNT):
        picture = tmp_path / f"{number}.png"
        scan(picture, rng)
        command = [program, str(picture), str(raw / str(number)), "-l", "eng", "alto", "hocr"]
        subprocess.run(command, check=True, capture_output=True, env={**os.environ, "OMP_THREAD_LIMIT": "1"})
    assert len(list(raw.iterdir())) == 2 * COUNT
    summary = run(raw, clean, RunOptions(Settings(min_words=0, document="genuine", jobs=2)))
    assert (summary.cleaned, summary.failures) == (2 * COUNT, [])
    assert list(verify(clean, raw, Settings()).findings) == []
    changed = {".xml": 0, ".hocr": 0}
    for path in sorted(raw.iterdir()):
        before, after = path.read_bytes(), (clean / path.name).read_bytes()
        changed[path.suffix] += before != after
        # Tesseract uses classes of hOCR that it does not name as capabilities.
        found = faults(before)
        assert found == [] if path.suffix == ".xml" else all("not among the capabilities" in fault for fault in found)
        assert (path.name, faults(after)) == (path.name, found)
    assert min(changed.values()) > 3
    assert restore(clean, back).failures == []
    assert [path.name for path in raw.iterdir() if path.read_bytes() != (back / path.name).read_bytes()] == []
