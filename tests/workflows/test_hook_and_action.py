"""The hook for pre-commit and the action for GitHub, run as they run: green, red, and with a baseline."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

TOP = Path(__file__).parents[2]
PROGRAMS = Path(sys.executable).parent
EXPRESSION = re.compile(r"\$\{\{ inputs\.([a-z]+) \}\}")
QUICK = ("--only", "characters")  # without the models of the other stages
GOOD, WRONG = "It was late.\n", "It was over\u00adseas.\n"
HOOKS = ".pre-commit-hooks.yaml"
CONFIG = """\
repos:
  - repo: {repository}
    rev: v1.0
    hooks:
      - id: clean-news
        files: ^news/.*\\.txt$
        {more}
"""


def variables(**more):
    """The environment of a command: without that of the checkout that the tests may run in."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "GITHUB_"))}
    return {**kept, "PATH": f"{PROGRAMS}{os.pathsep}{os.environ['PATH']}", **more}


def git(*words, folder):
    identity = ("-c", "user.name=a", "-c", "user.email=a@news.example", "-c", "core.hooksPath=/dev/null")
    subprocess.run(["git", *identity, *words], cwd=folder, env=variables(), check=True, capture_output=True)


def repository(folder):
    """A repository of articles, one of them in a folder that is not checked."""
    for name, text in (("news/a.txt", GOOD), ("news/b/c.txt", GOOD), ("news/d.bin", "\0"), ("notes.txt", WRONG)):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    git("init", "-q", folder=folder)
    git("add", ".", folder=folder)
    return folder


@pytest.fixture
def articles(tmp_path):
    return repository(tmp_path / "articles")


# pre-commit


@pytest.fixture
def pre_commit(tmp_path, articles):
    """A function that runs pre-commit over the articles, with the hook from a repository; returns what it did."""
    pytest.importorskip("pre_commit")

    def run(hook_repository, more):
        git("init", "-q", folder=hook_repository)
        git("add", ".", folder=hook_repository)
        git("commit", "-q", "-m", "The hook", folder=hook_repository)
        git("tag", "v1.0", folder=hook_repository)

        def again(with_more=more):
            text = CONFIG.format(repository=hook_repository, more=with_more)
            (articles / ".pre-commit-config.yaml").write_text(text, encoding="utf-8")
            git("add", ".", folder=articles)
            return subprocess.run(
                [sys.executable, "-m", "pre_commit", "run", "--all-files", "--color=never"],
                cwd=articles,
                env=variables(PRE_COMMIT_HOME=str(tmp_path / "pre-commit")),
                capture_output=True,
                text=True,
                check=False,
            )

        return again

    return run


def with_args(more, *options):
    """What the configuration of the hook has besides its files."""
    return f"args: [{', '.join(options)}]\n        {more}"


def assert_green_and_red(again, articles, more, options=()):
    green = again()
    assert green.returncode == 0, green.stdout + green.stderr
    assert "Passed" in green.stdout
    (articles / "news/b/c.txt").write_text(WRONG, encoding="utf-8")
    red = again()
    assert red.returncode == 1
    assert "news/b/c.txt:1:12: CHAR003" in red.stdout
    assert "notes.txt" not in red.stdout, "it is not in news/"
    baseline = ["clean-news", "--check", "news", "--baseline", "known.json", "--write-baseline", *options]
    subprocess.run(baseline, cwd=articles, env=variables(), check=False, capture_output=True)
    again_green = again(with_args(more, "--baseline", "known.json", *options))
    assert again_green.returncode == 0, again_green.stdout


def test_the_hook_s_manifest_is_valid():
    clientlib = pytest.importorskip("pre_commit.clientlib")
    (hook,) = clientlib.load_manifest(str(TOP / HOOKS))
    assert hook["entry"].split()[0] == "clean-news"


def test_the_hook_finds_what_is_to_be_repaired(tmp_path, pre_commit, articles):
    """With the program that is installed here: ``language: system``."""
    hook = tmp_path / "hook"
    hook.mkdir()
    shutil.copy(TOP / HOOKS, hook)
    again = pre_commit(hook, with_args("language: system", *QUICK))
    assert_green_and_red(again, articles, "language: system", QUICK)


@pytest.mark.full
def test_pre_commit_installs_the_hook(tmp_path, pre_commit, articles, tracked):
    """As for a user: pre-commit clones the repository and installs it; needs the package index."""
    hook = tmp_path / "hook"
    for name in tracked:
        if (TOP / name).is_file():
            (hook / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(TOP / name, hook / name)
    assert_green_and_red(pre_commit(hook, "verbose: false"), articles, "verbose: false")


# The action


def with_inputs(value, given, declared):
    """A value of action.yml with its expressions replaced, as the runner does."""
    return EXPRESSION.sub(lambda found: given.get(found[1], declared[found[1]]["default"]), value)


def run_action(folder, temporary, *, only_check=True, **given):
    """Run the steps of action.yml as a runner does; returns the last one that ran.

    Args:
        folder: the workspace.
        temporary: the runner's folder for temporary files.
        only_check: leave out the installation, and use the program that is installed here.
        given: the inputs.
    """
    action = yaml.safe_load((TOP / "action.yml").read_text(encoding="utf-8"))
    added = temporary / "path"
    added.touch()
    done = None
    steps = action["runs"]["steps"]
    for number, step in enumerate(steps[1:] if only_check else steps):
        script = temporary / f"step-{number}.sh"
        script.write_text(step["run"], encoding="utf-8")
        assert "${{" not in step["run"], "an input in a script is code"
        assert step["shell"] == "bash"
        own = {name: with_inputs(value, given, action["inputs"]) for name, value in step["env"].items()}
        paths = [*added.read_text(encoding="utf-8").split("\n")[::-1], os.environ["PATH"]]
        environment = variables(
            **own,
            GITHUB_ACTIONS="true",
            GITHUB_ACTION_PATH=str(TOP),
            GITHUB_PATH=str(added),
            GITHUB_WORKSPACE=str(folder),
            RUNNER_TEMP=str(temporary),
        )
        if not only_check:
            environment["PATH"] = os.pathsep.join(filter(None, paths))
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", script],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            break
    return done


def assert_action_is_green_and_red(articles, temporary, **how):
    how = {"options": "--only=characters", **how}
    green = run_action(articles, temporary, paths="news/a.txt\nnews/b\n", **how)
    assert (green.returncode, green.stdout) == (0, ""), green.stderr
    (articles / "news/b/c.txt").write_text(WRONG, encoding="utf-8")
    red = run_action(articles, temporary, paths="news/a.txt\nnews/b\n", **how)
    assert red.returncode == 1
    assert red.stdout.startswith("::warning file=news/b/c.txt,line=1,endLine=1,col=12,endColumn=13,title=CHAR003")


def test_the_action_annotates_what_is_to_be_repaired(articles, tmp_path):
    assert_action_is_green_and_red(articles, tmp_path)


@pytest.mark.full
def test_the_action_installs_itself(articles, tmp_path):
    """All steps; needs the package index."""
    assert_action_is_green_and_red(articles, tmp_path, only_check=False, python=sys.executable, options="")


def test_the_action_s_inputs(articles, tmp_path):
    (articles / "news/b/c.txt").write_text(WRONG, encoding="utf-8")
    given = {"paths": "news", "format": "sarif", "output": "clean-news.sarif", "options": "--only=layout\n--quiet\n"}
    assert run_action(articles, tmp_path, **given).returncode == 0, "layout removes no soft hyphen"
    assert '"results":[]' in (articles / "clean-news.sarif").read_text(encoding="utf-8")
    given["options"] = "--only=characters"
    assert run_action(articles, tmp_path, **given).returncode == 1
    assert '"uri":"news/b/c.txt"' in (articles / "clean-news.sarif").read_text(encoding="utf-8")
    missing = run_action(articles, tmp_path, baseline="known.json", options="--only=characters")
    assert missing.returncode == 2
    assert "there is no such baseline" in missing.stderr


def test_the_examples_of_the_docs_name_what_there_is():
    page = (TOP / "docs" / "checks.md").read_text(encoding="utf-8")
    inputs = yaml.safe_load((TOP / "action.yml").read_text(encoding="utf-8"))["inputs"]
    (hook,) = yaml.safe_load((TOP / HOOKS).read_text(encoding="utf-8"))
    used = set()
    for block in re.findall(r"```yaml\n(.*?)```", page, re.DOTALL):
        example = yaml.safe_load(block)
        used |= {each["id"] for repo in example.get("repos", ()) for each in repo["hooks"]}
        for step in example.get("jobs", {"articles": {"steps": []}})["articles"]["steps"]:
            if step["uses"].startswith("clean-news/"):
                used |= step["with"].keys()
    assert used <= {hook["id"], *inputs}
    assert {hook["id"], "paths", "baseline", "format", "output"} <= used
    assert set(re.findall(r"^\| `(\w+)` \|", page.partition("| input |")[2], re.MULTILINE)) == set(inputs)


@pytest.mark.parametrize("names", [["format"], ["paths", "baseline", "options", "output"]])
def test_an_input_runs_nothing(articles, tmp_path, names):
    value = '"; touch it-ran; echo "$(touch it-ran)`touch it-ran`'
    run_action(articles, tmp_path, **dict.fromkeys(names, value))
    assert not list(tmp_path.rglob("it-ran"))


def test_a_clean_file_that_a_hook_names_is_checked(articles, cleaned_in):
    """The last of several names is CLEAN only where articles are cleaned, or counted."""
    cleaned_in(articles, "news/a.txt", "clean/", *QUICK)
    (articles / "news/b/c.txt").write_text(WRONG, encoding="utf-8")
    command = ["clean-news", "--check", "--format", "text", "news/a.txt", "clean/a.txt", "-q", *QUICK]
    assert subprocess.run(command, cwd=articles, env=variables(), check=False).returncode == 0
    (articles / "clean/a.txt").write_text(WRONG, encoding="utf-8")
    assert subprocess.run(command, cwd=articles, env=variables(), check=False, capture_output=True).returncode == 1
