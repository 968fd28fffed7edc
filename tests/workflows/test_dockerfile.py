"""The Dockerfile: what it says; its steps, run here without a container; and the image, where docker is."""

import json
import os
import re
import shlex
import shutil
import stat
import subprocess
import sys
import tempfile
import urllib.request
from pathlib import Path
from typing import NamedTuple

import pytest

TOP = Path(__file__).parents[2]
RAW, CLEAN = "The ministry didnâ€™t reply.\n", "The ministry didn’t reply.\n"
SERVE = ("serve", "--api", "--host", "0.0.0.0", "--port", "8000")


class Step(NamedTuple):
    name: str
    words: str


def stages():
    """The steps of each stage of the Dockerfile."""
    found = []
    for line in re.sub(r"\\\n", "", (TOP / "Dockerfile").read_text(encoding="utf-8")).splitlines():
        if line.strip() and not line.startswith("#"):
            step = Step(*line.split(maxsplit=1))
            if step.name == "FROM":
                found.append([])
            found[-1].append(step)
    return found


def words_of(steps, name):
    return [step.words for step in steps if step.name == name]


def test_it_runs_as_nobody_in_particular_and_copies_only_what_it_needs():
    build, image = stages()
    assert words_of(image, "USER") == ["10001:10001"]
    assert {step.name for step in image} <= {"FROM", "COPY", "ENV", "WORKDIR", "USER", "ENTRYPOINT", "CMD"}
    assert words_of(image, "COPY") == ["--from=build /opt/clean-news /opt/clean-news"]
    assert json.loads(words_of(image, "ENTRYPOINT")[0]) == ["clean-news"]
    copied = {each for words in words_of(build, "COPY") for each in words.split()[:-1]}
    allowed = {line[1:] for line in (TOP / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    assert copied == allowed, "nothing else is even sent to the builder"
    assert all((TOP / each).exists() for each in copied)
    assert "*" in (TOP / ".dockerignore").read_text().splitlines()


@pytest.fixture(scope="module")
def installed():
    """The folder of the build stage's installation, made by its own steps; needs the package index."""
    folder = Path(tempfile.mkdtemp(prefix="clean-news-image-"))  # not below pytest's folder, which is for one user only
    folder.chmod(0o755)
    place, source = folder / "opt", folder / "source"
    build, _ = stages()
    for words in words_of(build, "COPY"):
        *names, target = words.split()
        for name in names:
            if (TOP / name).is_dir():
                shutil.copytree(TOP / name, source / target, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                (source / target).mkdir(parents=True, exist_ok=True)
                shutil.copy(TOP / name, source / target)
    for words in words_of(build, "RUN"):
        command = words.replace("/opt/clean-news", shlex.quote(str(place)))
        if command.startswith("python "):
            command = shlex.quote(sys.executable) + command.removeprefix("python")
        subprocess.run(command, shell=True, cwd=source, check=True, env={**os.environ, "PYTHONPATH": ""})
    yield place
    shutil.rmtree(folder)


def is_reachable(program):
    """Whether other users may run a program: an interpreter in a home folder may be closed to them."""
    return all(folder.stat().st_mode & stat.S_IXOTH for folder in program.parents)


def size(folder):
    return sum(path.lstat().st_size for path in folder.rglob("*") if path.is_file())


@pytest.mark.full
def test_the_steps_make_an_installation_that_works_for_another_user(installed):
    """As in the image: another user, who can write nothing but CLEAN and the folder for temporary files."""
    assert not (installed / "bin" / "pip").exists()
    assert not [path for path in installed.rglob("tests") if path.is_dir()]
    here = installed.parent / "here"
    raw, clean, temporary = here / "raw", here / "clean", here / "tmp"
    for folder in (raw, clean, temporary):
        folder.mkdir(parents=True)
    (raw / "a.txt").write_text(RAW, encoding="utf-8")
    user = {}
    if os.geteuid() == 0 and is_reachable(Path(sys.executable).resolve()):
        for folder in (clean, temporary):
            os.chown(folder, 10001, 10001)
        user = {"user": 10001, "group": 10001, "extra_groups": []}
    raw.chmod(0o555)
    environment = {"PATH": f"{installed / 'bin'}:/usr/bin:/bin", "XDG_CACHE_HOME": str(temporary / "cache")}
    environment["PYTHONPYCACHEPREFIX"] = str(temporary / "bytecode")
    before = {path: path.stat().st_mtime_ns for path in installed.rglob("*")}
    done = subprocess.run(
        ["clean-news", raw, clean], cwd=temporary, env=environment, capture_output=True, text=True, check=False, **user
    )
    assert done.returncode == 0, done.stderr
    assert (clean / "a.txt").read_text(encoding="utf-8") == CLEAN
    assert stat.S_IMODE((clean / "a.txt").stat().st_mode) & 0o444
    assert {path: path.stat().st_mtime_ns for path in installed.rglob("*")} == before
    if sys.version_info >= (3, 13):  # where textacy is not installed, as in the image
        assert size(installed) < 240 << 20


@pytest.mark.full
def test_the_image(tmp_path):
    """Builds the image, cleans with it, and asks its service; needs docker, and the base image."""
    if not shutil.which("docker") or subprocess.run(["docker", "info"], capture_output=True, check=False).returncode:
        pytest.skip("docker is not installed, or does not run")

    def docker(*words):
        return subprocess.run(["docker", *words], capture_output=True, text=True, check=True).stdout.strip()

    docker("build", "--quiet", "--tag", "clean-news:test", str(TOP))
    assert int(docker("image", "inspect", "--format", "{{.Size}}", "clean-news:test")) <= 350 << 20
    assert docker("run", "--rm", "--entrypoint", "id", "clean-news:test", "-u") == "10001"
    (tmp_path / "raw").mkdir()
    (tmp_path / "clean").mkdir()
    (tmp_path / "raw" / "a.txt").write_text(RAW, encoding="utf-8")
    safe = ("--rm", "--read-only", "--tmpfs", "/tmp", "--cap-drop", "ALL", "--user", f"{os.getuid()}:{os.getgid()}")
    volumes = ("--volume", f"{tmp_path / 'raw'}:/raw:ro", "--volume", f"{tmp_path / 'clean'}:/clean")
    docker("run", *safe, "--network", "none", *volumes, "clean-news:test", "/raw", "/clean")
    assert (tmp_path / "clean" / "a.txt").read_text(encoding="utf-8") == CLEAN
    container = docker("run", "--detach", *safe, "--publish", "127.0.0.1::8000", "clean-news:test", *SERVE)
    try:
        while "API: " not in docker("logs", container):
            assert docker("inspect", "--format", "{{.State.Running}}", container) == "true"
        address = docker("port", container, "8000/tcp").splitlines()[0]
        request = urllib.request.Request(
            f"http://{address}/clean", data=RAW.encode(), headers={"Content-Type": "text/plain"}
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            assert json.load(answer)["text"] == CLEAN
    finally:
        docker("kill", container)
