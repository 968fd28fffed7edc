"""Runs the tasks of a cluster run on Ray, such that a task whose process is killed does not stop the others or the run.

datatrove's own executor starts a process pool in each Ray actor; if the pool's process is killed, the actor waits for
it for ever (bpo-22393), and Ray sees an actor that is well. Here each task is a Ray task that runs in Ray's own worker
process, so that Ray itself notices its end, be it killed, out of memory, or lost with its machine.
"""

from collections import deque
from typing import Any

from datatrove.executor.base import PipelineExecutor
from datatrove.executor.ray import RayPipelineExecutor
from datatrove.utils.logging import logger

from clean_news.files.discovery import InputError
from clean_news.printable_text import visible

# How long to wait for a task to end before asking whether there is still a machine for those that have not begun.
LOOK_AROUND_SECONDS = 30


class RayExecutor(RayPipelineExecutor):  # type: ignore[misc]  # datatrove ships no type information
    """datatrove's Ray executor, with a Ray task for each of its tasks."""

    # That of the Ray executor writes the log to a fixed path in the folder for temporary files, and copies it to the
    # folder of logs if the process lives long enough.
    _run_for_rank = PipelineExecutor._run_for_rank

    def run(self) -> None:
        """Run the incomplete tasks; one that raises or dies stays incomplete, and an error says why.

        Raises:
            InputError: if no machine of the cluster has the resources for a task, which would wait for ever.
        """
        import ray

        self.refuse_without_room()
        memory = int(self.mem_per_cpu_gb * self.cpus_per_task * 2**30)
        # Ray does not repeat a task: if a file kills every process that cleans it, repeating would not end.
        remote = ray.remote(num_cpus=self.cpus_per_task, memory=memory, max_retries=0)(_run_task)
        executor = ray.put(self)
        waiting = deque(self.get_incomplete_ranks())
        under_way: dict[Any, int] = {}
        while waiting or under_way:
            while waiting and len(under_way) < self.workers:
                rank = waiting.popleft()
                under_way[remote.remote(executor, rank)] = rank
            ended, _ = ray.wait(list(under_way), timeout=LOOK_AROUND_SECONDS)
            if not ended:
                self.refuse_without_room()
            for task in ended:
                rank = under_way.pop(task)
                try:
                    ray.get(task)
                except ray.exceptions.RayTaskError as error:
                    logger.error(visible(f"task {rank}: {type(error.cause).__name__}: {error.cause}"))
                except ray.exceptions.RayError as error:
                    logger.error(f"task {rank}: its process died: {str(error).splitlines()[0]}")

    def refuse_without_room(self) -> None:
        """Check that a machine of the cluster has the resources for a task, perhaps after others have ended.

        Raises:
            InputError: if none has.
        """
        import ray

        nodes = ray.nodes()
        memory = self.mem_per_cpu_gb * self.cpus_per_task * 2**30
        found = [node["Resources"] for node in nodes if node["Alive"]]
        if not any(node.get("CPU", 0) >= self.cpus_per_task and node.get("memory", 0) >= memory for node in found):
            raise InputError(
                f"no machine of the Ray cluster has {self.cpus_per_task} processors and {memory / 2**30:g} GB for a "
                "task; ask for less with --cpus-per-task and --mem-per-cpu"
            )


def _run_task(executor: RayExecutor, rank: int) -> None:
    """Run one task, in a process of Ray; its output goes to its log."""
    executor._run_for_rank(rank, local_rank=1)
