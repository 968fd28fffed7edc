"""What is installed works away from the checkout, and what git keeps is fit to be kept."""

import configparser
import json
import os
import re
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


def test_the_wheel_has_the_models_the_type_mark_and_the_command(unpacked):
    models = [Path("dictionaries", name) for name in ("news.lm", "print.lm")]
    assert all((unpacked / "clean_news" / model).read_bytes() == (TOP / model).read_bytes() for model in models)
    assert (unpacked / "clean_news" / "py.typed").exists()
    (info,) = unpacked.glob("*.dist-info")
    entry_points = configparser.ConfigParser()
    entry_points.read(info / "entry_points.txt", encoding="utf-8")
    assert dict(entry_points["console_scripts"]) == {"clean-news": "clean_news.__main__:main"}


def test_links_of_the_readme_on_an_index_have_whole_addresses(unpacked):
    (info,) = unpacked.glob("*.dist-info")
    _, _, readme = (info / "METADATA").read_text(encoding="utf-8").partition("\n\n")
    version = info.name.split("-")[1].removesuffix(".dist")
    places = re.findall(r"\]\(([^)]+)\)", readme)
    ours = re.compile(rf"https://github\.com/clean-news/clean-news/(blob|raw)/v{re.escape(version)}/([^#]+)")
    found = [ours.match(place) for place in places]
    assert len(found) > 10
    assert [place for place, link in zip(places, found, strict=True) if not (link and (TOP / link[2]).is_file())] == []
    assert {(link[1], Path(link[2]).suffix) for link in found} >= {("raw", ".png"), ("raw", ".svg"), ("blob", ".md")}


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


def tool(name):
    """The path of a tool of the extra ``release``; skips the test where it is not installed."""
    found = shutil.which(name, path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    return found or pytest.skip(f"{name} is not installed (pip install 'clean-news[release]')")


@pytest.mark.full
def test_the_wheel_and_the_source_distribution_are_fit_for_an_index(wheel, sdist):
    subprocess.run([tool("twine"), "check", "--strict", wheel, sdist], check=True)
    subprocess.run([tool("check-wheel-contents"), wheel], check=True)


@pytest.mark.full
@pytest.mark.parametrize("kind", ["wheel", "sdist"])
def test_two_builds_have_the_same_bytes(kind, tracked, tmp_path):
    """Of two copies of the checkout, made at different times and with different permissions."""
    built = []
    for number, mode in enumerate((0o644, 0o600)):
        copy = tmp_path / str(number)
        for path in tracked:
            if (TOP / path).exists():
                (copy / path).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(TOP / path, copy / path)
                (copy / path).chmod(mode)
                os.utime(copy / path, (1e9 + number, 1e9 + number))
        environment = {**os.environ, "SOURCE_DATE_EPOCH": "1700000000"}
        words = [sys.executable, "-m", "hatchling", "build", "-t", kind, "-d", tmp_path / f"built{number}"]
        subprocess.run(words, cwd=copy, env=environment, check=True)
        (path,) = (tmp_path / f"built{number}").iterdir()
        built.append((path.name, path.read_bytes()))
    assert built[0][0] == built[1][0]
    assert built[0][1] == built[1][1], "the bytes differ"


@pytest.fixture(scope="module")
def wheels(wheel, tmp_path_factory):
    """A folder with the wheel and those of everything that it requires: what the tools below install from."""
    folder = tmp_path_factory.mktemp("wheels")
    subprocess.run([sys.executable, "-m", "pip", "download", "-q", "-d", folder, wheel], check=True)
    return folder


@pytest.mark.full
@pytest.mark.parametrize("name", ["uvx", "pipx"])
def test_the_wheel_runs_without_being_installed(name, wheel, request, tmp_path):
    program = tool(name)
    wheels = request.getfixturevalue("wheels")
    from_wheels = {
        "uvx": ["--offline", "--no-index", "--find-links", wheels, "--python", sys.executable, "--from", wheel],
        "pipx": ["run", "--python", sys.executable, "--pip-args", f"--no-index --find-links {wheels}", "--spec", wheel],
    }
    shutil.copytree(TOP / "raw", tmp_path / "raw")
    places = {"UV_CACHE_DIR": "uv", "PIPX_HOME": "pipx", "PIPX_BIN_DIR": "bin"}
    environment = {**os.environ, **{variable: str(tmp_path / place) for variable, place in places.items()}}
    command = [program, *from_wheels[name], "clean-news", "raw", "clean"]
    subprocess.run(command, cwd=tmp_path, env=environment, check=True)
    for committed in (TOP / "clean").glob("*.txt"):
        assert (tmp_path / "clean" / committed.name).read_bytes() == committed.read_bytes()


@pytest.mark.full
def test_the_list_of_components_has_what_is_installed(wheel, request, tmp_path):
    program = tool("cyclonedx-py")
    wheels = request.getfixturevalue("wheels")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path / "venv"], check=True)
    python = tmp_path / "venv" / "bin" / "python"
    words = ["--python", python, "install", "-q", "--no-index", "--find-links", wheels, wheel]
    subprocess.run([sys.executable, "-m", "pip", *words], check=True)
    listed = [tmp_path / "1.json", tmp_path / "2.json"]
    for path in listed:
        command = [program, "environment", tmp_path / "venv", "--output-reproducible", "--validate", "-o", path]
        subprocess.run(command, check=True)
    assert listed[0].read_bytes() == listed[1].read_bytes()
    components = {each["name"].lower().replace("_", "-") for each in json.loads(listed[0].read_bytes())["components"]}
    assert {"clean-news", "numpy", "ftfy", "symspellpy", "typer"} <= components
    assert len(components) == len(list(wheels.iterdir()))


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
