"""What is installed works away from the checkout, and what git keeps is fit to be kept."""

import configparser
import json
import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

TOP = Path(__file__).parents[1]
LARGEST = 30_000_000  # bytes of a file in git
OF_THIS_MACHINE = tuple(f"/{folder}/" for folder in ("work", "root"))  # put together here, or this file had them
SPUN = "02-spun-foreign-ministry.txt"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel, built without network: hatchling is among the requirements of the tests."""
    folder = tmp_path_factory.mktemp("wheel")
    words = ["wheel", "-q", "--no-deps", "--no-build-isolation", "--no-index", "-w", folder, TOP]
    subprocess.run([sys.executable, "-m", "pip", *words], check=True)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def sdist(tmp_path_factory):
    """The source distribution."""
    folder = tmp_path_factory.mktemp("sdist")
    subprocess.run([sys.executable, "-m", "hatchling", "build", "-t", "sdist", "-d", folder], cwd=TOP, check=True)
    (built,) = folder.glob("*.tar.gz")
    return built


@pytest.fixture(scope="module")
def unpacked(wheel, tmp_path_factory):
    """A folder with the wheel's contents, as site-packages would have them."""
    folder = tmp_path_factory.mktemp("site")
    zipfile.ZipFile(wheel).extractall(folder)
    return folder


def under(folder, tracked):
    return {path for path in tracked if path.parts[0] == folder}


def test_the_wheel_has_every_dictionary_and_nothing_else_beside_the_package(unpacked, tracked):
    there = {path.relative_to(unpacked) for path in unpacked.rglob("*") if path.is_file()}
    assert {Path("clean_news", path) for path in under("dictionaries", tracked)} <= there
    assert {path.relative_to("pipeline") for path in under("pipeline", tracked)} <= there
    assert {path.parts[0] for path in there if not path.parts[0].endswith(".dist-info")} == {"clean_news"}


def test_the_wheel_has_the_model_the_type_mark_and_the_command(unpacked):
    model = Path("dictionaries", "news.lm")
    assert (unpacked / "clean_news" / model).read_bytes() == (TOP / model).read_bytes()
    assert (unpacked / "clean_news" / "py.typed").exists()
    (info,) = unpacked.glob("*.dist-info")
    entry_points = configparser.ConfigParser()
    entry_points.read(info / "entry_points.txt", encoding="utf-8")
    assert dict(entry_points["console_scripts"]) == {"clean-news": "clean_news.__main__:main"}


USE = """
import json, sys
from pathlib import Path
import clean_news
from clean_news.dictionaries import folder
cleaned = clean_news.clean(Path(sys.argv[1]).read_bytes())
failed = [stage.name for stage in cleaned.log.stages if stage.failed]
print(json.dumps([clean_news.__file__, str(folder()), cleaned.text, failed]))
"""


def test_the_wheel_works_on_its_own(unpacked, tmp_path):
    raw = shutil.copy(TOP / "raw" / SPUN, tmp_path)
    said = subprocess.check_output(
        [sys.executable, "-c", USE, raw], cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(unpacked)}, text=True
    )
    package, dictionaries, text, failed = json.loads(said)
    assert Path(package) == unpacked / "clean_news" / "__init__.py"
    assert Path(dictionaries) == unpacked / "clean_news" / "dictionaries"
    assert failed == []
    assert "foreign ministry said" in text


def test_the_source_distribution_has_what_git_keeps(sdist, tracked):
    with tarfile.open(sdist) as archive:
        there = {Path(*Path(name).parts[1:]) for name in archive.getnames()}
    assert {path for path in tracked if path.parts[0] != ".github" and (TOP / path).exists()} <= there


@pytest.mark.full
@pytest.mark.parametrize("kind", ["wheel", "sdist", "editable"])
def test_each_kind_of_installation_works_from_another_folder(kind, request, tmp_path):
    wanted = ["-e", TOP] if kind == "editable" else [request.getfixturevalue(kind)]
    subprocess.run([sys.executable, "-m", "venv", tmp_path / "venv"], check=True)
    scripts = tmp_path / "venv" / "bin"
    subprocess.run([scripts / "pip", "install", "-q", *wanted], cwd=tmp_path, check=True)
    elsewhere = tmp_path / "elsewhere"
    shutil.copytree(TOP / "raw", elsewhere / "raw")
    subprocess.run([scripts / "clean-news", "raw", "clean"], cwd=elsewhere, check=True)
    for committed in (TOP / "clean").glob("*.txt"):
        assert (elsewhere / "clean" / committed.name).read_bytes() == committed.read_bytes()
    subprocess.run([scripts / "clean-news", "revert", "clean", "restored"], cwd=elsewhere, check=True)
    for raw in (elsewhere / "raw").iterdir():
        assert (elsewhere / "restored" / raw.name).read_bytes() == raw.read_bytes()


def test_no_file_in_git_is_too_large(tracked):
    large = [str(path) for path in tracked if (TOP / path).exists() and (TOP / path).stat().st_size > LARGEST]
    assert large == []


def test_no_file_in_git_names_a_folder_of_this_machine(tracked):
    texts = {path: text_of(TOP / path) for path in tracked if (TOP / path).exists()}
    assert [str(path) for path, text in texts.items() if any(place in text for place in OF_THIS_MACHINE)] == []


def text_of(path):
    """The text of a file; of a binary one, nothing."""
    raw = path.read_bytes()
    return "" if b"\0" in raw else raw.decode(errors="replace")
