"""README.md, CONTRIBUTING.md and docs/: the examples run, and what they name exists.

A Python block that begins with ``# needs: NAME`` is skipped where that package is missing. Names in capital letters in
paths and commands are placeholders.
"""

import re
import tomllib
from importlib import import_module
from pathlib import Path

import pytest
from markdown_it import MarkdownIt  # a dependency of rich
from markdown_it.token import Token
from typer.main import get_command

from clean_news.cli.app import app
from clean_news.cli.root_group import MAIN_JOB
from clean_news.settings import from_mapping

TOP = Path(__file__).parents[1]
PAGES = [TOP / "README.md", TOP / "CONTRIBUTING.md", *sorted((TOP / "docs").glob("*.md"))]
TESTED_ELSEWHERE = {TOP / "docs" / "cluster.md"}  # tests/workflows/test_cluster_recipes.py: the examples need a cluster
# Pages of the site that are made from the code; tests/test_site.py builds it.
GENERATED = re.findall(r'"(reference/[\w.-]+)"', (TOP / "docs/building/reference_pages.py").read_text(encoding="utf-8"))
NEEDS = re.compile(r"# needs: (\S+)\n")

FOLDERS = "pipeline|dictionaries|docs|tests|benchmarks"
PATH = re.compile(rf"(?<![\w./-])(?:{FOLDERS})/[\w./*-]*\w")
MODULE_FILE = re.compile(r"(?<![\w./*-])([\w/]+\.py)\b")
DOTTED = re.compile(r"\bclean_news(?:\.\w+)+")
IMPORT = re.compile(r"^\s*from (clean_news[\w.]*) import ([\w, ]+)$", re.MULTILINE)
PLACEHOLDER = re.compile(r"\b[A-Z_]{2,}\b")
COMMAND = re.compile(r"(?<![\w./'\"-])(?:\S+/)?clean-news (.*)")
COMMAND_END = re.compile(r"\s(?:\||&&|>|<|#|\(|;)\s?|\s\s")
OPTION = re.compile(r"(?<!\S)(-{1,2}[A-Za-z][\w-]*)")
# Of git apply, pip, ray start, scancel and zstd.
CONTAINERS = {"--rm", "--read-only", "--tmpfs", "--network", "--user", "--data-binary"}  # of docker run and curl
FOREIGN_OPTIONS = CONTAINERS | {"--no-deps", "--directory", "--unidiff-zero", "--head", "--address", "--name", "--long"}
# Of build, cyclonedx-py, pip, pipx, twine, uvx and venv, in docs/releasing.md.
FOREIGN_OPTIONS |= {
    "--from",
    "--no-isolation",
    "--output-reproducible",
    "--python",
    "--spec",
    "--strict",
    "--validate",
    "--without-pip",
}

ROOT = get_command(app)


def name(page: Path) -> str:
    return page.relative_to(TOP).as_posix()


def tokens(page: Path) -> list[Token]:
    parsed = MarkdownIt().enable("table").parse(page.read_text(encoding="utf-8"))
    return [token for each in parsed for token in (each, *(each.children or ()))]


def blocks(language: str) -> list:
    """The fenced blocks of a language on all pages, with the page and line number of each."""
    return [
        pytest.param(token.content, id=f"{name(page)}:{token.map[0] + 1}")
        for page in PAGES
        for token in tokens(page)
        if token.type == "fence" and token.info == language and not (language == "python" and page in TESTED_ELSEWHERE)
    ]


def code_spans(page: Path) -> list[str]:
    return [token.content for token in tokens(page) if token.type == "code_inline"]


def code_lines(page: Path) -> list[str]:
    """The code spans and the lines of code blocks; a line that ends in a backslash is joined with the next."""
    kinds = {"code_block", "fence"}
    content = [token.content for token in tokens(page) if token.type in kinds and token.info != "text"]
    return [*code_spans(page), *(line for block in content for line in re.sub(r"\\\n\s*", "", block).splitlines())]


pages = pytest.mark.parametrize("page", PAGES, ids=name)


@pytest.mark.parametrize("code", blocks("python"))
def test_a_python_example_runs(code, tmp_path, monkeypatch):
    needs = NEEDS.match(code)
    if needs:
        pytest.importorskip(needs[1])
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    exec(compile(code, "docs", "exec"), {"__name__": "an_example"})


@pytest.mark.parametrize("settings", blocks("toml"))
def test_a_settings_example_is_valid(settings):
    table = tomllib.loads(settings)
    from_mapping(table.get("tool", {}).get("clean-news", table), "docs")


def test_there_are_examples():
    found = {example.id.partition(":")[0] for example in blocks("python")}
    assert found >= {"README.md", "docs/plugging-in.md", "docs/formats.md"}


@pages
def test_paths_exist(page):
    text = page.read_text(encoding="utf-8")
    missing = [path for path in PATH.findall(text) if not list(TOP.glob(PLACEHOLDER.sub("*", path).rstrip("/")))]
    assert missing == []


@pages
def test_module_files_exist(page):
    found = {path for span in code_spans(page) for path in MODULE_FILE.findall(span)}
    known = [f"/{name(path)}" for path in TOP.glob("[!.]*/**/*.py")]
    assert [path for path in found if not any(each.endswith(f"/{path}") for each in known)] == []


@pages
def test_dotted_paths_exist(page):
    text = page.read_text(encoding="utf-8")
    imported = [f"{module}.{each}" for module, names in IMPORT.findall(text) for each in re.findall(r"\w+", names)]
    assert [path for path in {*DOTTED.findall(text), *imported} if not exists(path)] == []


def exists(dotted: str) -> bool:
    """Whether a dotted path leads to a module or an attribute; True if it needs a package that is not installed."""
    module, *names = dotted.split(".")
    found = import_module(module)
    for each in names:
        module = f"{module}.{each}"
        if not hasattr(found, each):
            try:
                import_module(module)
            except ModuleNotFoundError as error:
                return not (error.name or "").startswith("clean_news")
        found = getattr(found, each)
    return True


@pages
def test_commands_and_their_options_exist(page):
    faults = [fault for line in code_lines(page) for each in COMMAND.findall(line) for fault in faults_of(each)]
    assert faults == []


def faults_of(arguments: str) -> list[str]:
    """What does not exist of a command: the words after ``clean-news``.

    >>> faults_of("decisions merge|split a.jsonl -o b --fast")
    ['decisions split', 'decisions merge --fast']
    """
    words = COMMAND_END.split(arguments)[0].split()
    command, path, faults = ROOT, [], []
    while words and hasattr(command, "commands") and re.fullmatch(r"[a-z][a-z|-]*", words[0]):
        choices = words.pop(0).split("|")
        if command is ROOT and choices[0] not in ROOT.commands:
            if (TOP / choices[0]).exists():  # the main job on a folder of the checkout
                break
            return [*faults, choices[0]]
        faults += [" ".join([*path, choice]) for choice in choices if choice not in command.commands]
        path.append(choices[0])
        command = command.commands.get(choices[0])
    if command is None:
        return faults
    allowed = options_of(command) | (options_of(ROOT.commands[MAIN_JOB]) if command is ROOT else set())
    return faults + [" ".join([*path, each]) for each in OPTION.findall(" ".join(words)) if each not in allowed]


def options_of(command) -> set[str]:
    """The options of a command, ``--help`` included."""
    return {"-h", "--help"}.union(*([*each.opts, *each.secondary_opts] for each in command.params))


def all_options(command=ROOT) -> set[str]:
    return options_of(command).union(*(all_options(each) for each in getattr(command, "commands", {}).values()))


@pages
def test_long_options_exist(page):
    """Wherever they occur; those of clean-news may be of any of its commands."""
    scripts = "".join(path.read_text(encoding="utf-8") for path in (TOP / "benchmarks").glob("*.py"))
    known = all_options() | set(re.findall(r'"(--[a-z][\w-]*)"', scripts)) | FOREIGN_OPTIONS
    found = re.findall(r"(?<![\w-])--[a-z][\w-]*", page.read_text(encoding="utf-8"))
    assert [option for option in found if option not in known and not is_in_benchmark_command(option, page)] == []


def is_in_benchmark_command(option: str, page: Path) -> bool:
    """Whether an option occurs in a command that runs a benchmark; see the next test."""
    return any("python benchmarks/" in line and option in line for line in code_lines(page))


@pages
def test_options_of_benchmarks_exist(page):
    faults = []
    for line in code_lines(page):
        if found := re.search(r"python (benchmarks/\w+\.py)(.*)", line):
            source = (TOP / found[1]).read_text(encoding="utf-8")
            options = [option for option in OPTION.findall(found[2]) if option.startswith("--")]
            # f"--{name}" is made from a list of names.
            missing = [each for each in options if f'"{each}"' not in source and f'"{each[2:]}"' not in source]
            faults += [f"{found[1]} {each}" for each in missing]
    assert faults == []


@pages
def test_extras_exist(page):
    project = tomllib.loads((TOP / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    named = re.findall(r"(?:clean-news|-e \.|'\.)\[([\w,]+)\]", page.read_text(encoding="utf-8"))
    extras = {extra for each in named for extra in each.split(",")}
    assert extras - set(project["optional-dependencies"]) == set()


@pages
def test_links_lead_somewhere(page):
    faults = []
    for token in tokens(page):
        target = token.attrGet("href" if token.type == "link_open" else "src") or ""
        if token.type in {"link_open", "image"} and not target.startswith("http"):
            path, _, anchor = target.partition("#")
            if path in GENERATED:
                continue
            there = (page.parent / path).resolve() if path else page
            if not there.exists() or (anchor and anchor not in anchors(there)):
                faults.append(target)
    assert faults == []


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}
