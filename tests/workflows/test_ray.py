"""Cluster runs on Ray: a task whose process is killed ends the run with an error that names it, and is resumed."""

import os
import subprocess
import sys

import pytest

pytest.importorskip("datatrove")
pytest.importorskip("ray")

TEXT = "The harbour master said on Monday that pier {number} would reopen. It didnâ€™t last.\n"


def cluster(folder, stage):
    """Run the command on a Ray of its own; in worker processes the stage is found by PYTHONPATH."""
    settings = folder / "settings.toml"
    settings.write_text(f'stages = ["encoding", "{stage}"]\n', encoding="utf-8")
    path = os.pathsep.join(each for each in sys.path if each)
    tasks = ["--executor", "ray", "--tasks", "4", "--mem-per-cpu", "1"]
    return subprocess.run(
        [sys.executable, "-m", "clean_news", "cluster", "raw", "clean", *tasks, "--config", str(settings)],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": path, "RAY_ADDRESS": ""},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )


@pytest.mark.full
def test_a_killed_task_ends_the_run_and_is_resumed(tmp_path, make_stage):
    (tmp_path / "raw").mkdir()
    for number in range(8):
        (tmp_path / "raw" / f"{number}.txt").write_text(TEXT.format(number=number), encoding="utf-8")
    (tmp_path / "deadly").touch()
    deadly = make_stage(
        f"""
        if "pier 5" in text and os.path.exists({str(tmp_path / "deadly")!r}):
            os.kill(os.getpid(), signal.SIGKILL)
        return Proposal([])
        """
    )
    done = cluster(tmp_path, deadly)
    [shard] = [
        path for path in (tmp_path / "clean/.clean-news/cluster/shards").iterdir() if "5.txt" in path.read_text()
    ]
    rank = int(shard.stem)
    assert done.returncode == 2
    assert f"task {rank}: its process died" in done.stderr
    assert f"task_{rank:05d}.log: task {rank} did not finish" in done.stderr
    assert "Traceback" not in done.stderr
    cleaned = {path.name for path in (tmp_path / "clean").glob("*.txt")}
    assert len(cleaned) >= 6  # all but those of the task
    assert "5.txt" not in cleaned
    (tmp_path / "deadly").unlink()
    done = cluster(tmp_path, deadly)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "clean" / "5.txt").read_text(encoding="utf-8") == TEXT.format(number=5).replace("â€™", "’")
    assert not list((tmp_path / "clean").rglob("*.tmp*"))
