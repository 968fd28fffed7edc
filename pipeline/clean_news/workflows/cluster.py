"""Running the main job on a cluster, with datatrove's executors: on this machine, on Ray, on Slurm."""

import time
from concurrent.futures import as_completed
from concurrent.futures.process import BrokenProcessPool
from copy import deepcopy
from pathlib import Path
from typing import Any, NamedTuple

from datatrove.executor.local import LocalPipelineExecutor
from datatrove.executor.slurm import SlurmPipelineExecutor
from datatrove.utils.logging import logger

from clean_news.batch.atomic_writing import remove_leftovers
from clean_news.batch.discovery import InputError, discover
from clean_news.batch.run_options import RunOptions, validate, with_project_files
from clean_news.batch.summary import Summary
from clean_news.batch.workers import new_pool
from clean_news.optional_library import load_optional
from clean_news.visible import printable
from clean_news.workflows.shard_steps import CleanShard, Summarise, summarise
from clean_news.workflows.shards import digest_of, folder_of, is_done, lay_out, marker, plan_in, shares


class Job(NamedTuple):
    """A run that is laid out.

    Attributes:
        raw: RAW, as it was given.
        clean: CLEAN, as it was given.
        run_options: how, with what was decided in reviewing CLEAN.
        tasks: number of tasks.
        workers: how many at a time; -1: all.
    """

    raw: Path
    clean: Path
    run_options: RunOptions
    tasks: int
    workers: int


class SlurmOptions(NamedTuple):
    """What Slurm is asked for.

    Attributes:
        partition: the partition.
        time: a task's limit, as Slurm writes it, e.g. ``12:00:00``.
        cpus_per_task: processors, and processes, of a task.
        mem_per_cpu: memory, in GB.
        venv: folder of the virtual environment in which clean-news is; None if a job finds it without.
        qos: quality of service; empty for the cluster's default.
    """

    partition: str
    time: str
    cpus_per_task: int = 1
    mem_per_cpu: int = 2
    venv: Path | None = None
    qos: str = ""


def laid_out(raw: Path, clean: Path, run_options: RunOptions, tasks: int, workers: int = -1) -> Job:
    """Share RAW out, or take up the run that was stopped; nothing is cleaned yet.

    Args:
        raw: a folder, never written to.
        clean: a folder; on a cluster one that all machines see under the same name.
        run_options: how.
        tasks: into how many shards, at most.
        workers: how many of them at a time; -1: all.

    Raises:
        InputError: if RAW or CLEAN cannot be used.
        SettingsError: if a stage cannot be loaded.
        DecisionsError: if a file of decisions cannot be read.
        OSError: if the plan cannot be written.
    """
    if not raw.is_dir():
        raise InputError(f"{printable(raw)}: is no folder; name a folder of articles, or use clean-news RAW CLEAN")
    run_options = with_project_files(run_options, clean)
    validate(run_options)
    found = discover(raw, clean)
    shards = shares(found.tasks, tasks)
    folder = folder_of(clean)
    digest = digest_of(shards, run_options)
    plan = plan_in(folder)
    # Of a run that is over the markers say nothing of what happened to its files since: each file is looked at again.
    if plan is None or plan.digest != digest or run_options.force or _is_over(folder, plan.tasks):
        lay_out(folder, shards, found, digest, time.time())
    else:
        for rank in range(plan.tasks):
            if not is_done(folder, rank):
                marker(folder, rank).unlink(missing_ok=True)
    return Job(raw, clean, run_options, len(shards), workers)


def _is_over(folder: Path, tasks: int) -> bool:
    """Whether all tasks of a run are completed."""
    return all(marker(folder, rank).exists() for rank in range(tasks))


class LocalExecutor(LocalPipelineExecutor):  # type: ignore[misc]  # datatrove ships no type information
    """datatrove's local executor, with processes whose death is noticed.

    Its own waits for ever for a process that was killed, e.g. for want of memory (bpo-22393), and its processes
    outlive it.
    """

    def run(self) -> None:
        """Run the tasks that are not completed; those that raise stay so, their logs say why."""
        ranks = self.get_incomplete_ranks()
        pool = new_pool(min(self.workers, max(1, len(ranks))))
        lost: list[int] = []
        try:
            under_way = {pool.submit(self.quietly, rank): rank for rank in ranks}
            for future in as_completed(under_way):
                error = future.exception()
                if isinstance(error, BrokenProcessPool):
                    lost.append(under_way[future])  # the other branch says what else there was
                elif error is not None:
                    logger.error(f"task {under_way[future]}: {type(error).__name__}: {error}")
        except KeyboardInterrupt:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
        pool.shutdown()
        # A process that dies takes all others with it. Their tasks are done again, and to each file that kills its
        # process once more, that happens in a process of the task's own.
        for rank in sorted(lost):
            self.quietly(rank, jobs=2)

    def quietly(self, rank: int, jobs: int = 1) -> None:
        """Run a task; what it does is in its log, only errors are shown."""
        executor = deepcopy(self)  # each task counts for itself
        for step in executor.pipeline:
            step.jobs = jobs
        executor._run_for_rank(rank, local_rank=1)


class SlurmExecutor(SlurmPipelineExecutor):  # type: ignore[misc]  # datatrove ships no type information
    """datatrove's Slurm executor, without its job that adds up statistics: one that can never run if a task fails."""

    def launch_merge_stats(self) -> None:
        """Launch nothing."""

    def script(self) -> str:
        """The script that :meth:`run` submits."""
        jobs = max(1, len(self.get_incomplete_ranks()))
        return str(
            self.get_launch_file_contents(
                self.get_sbatch_args(min(jobs, self.max_array_size)),
                f"srun  -l -n {self.nodes_per_task} launch_pickled_pipeline "
                f"{self.logging_dir.resolve_paths('executor.pik')}",
            )
        )


def run_locally(job: Job) -> Summary:
    """Run all tasks on this machine, and add up."""
    remove_leftovers(job.clean, resumable=False)
    LocalExecutor(
        [_step_of(job)], tasks=job.tasks, workers=job.workers, logging_dir=str(folder_of(job.clean).resolve())
    ).run()
    return summarise(job.raw, job.clean, job.run_options)


def run_on_ray(job: Job, cpus_per_task: int = 1, mem_per_cpu: float = 2, address: str | None = None) -> Summary:
    """Run all tasks on a Ray cluster, and add up.

    Args:
        job: the run.
        cpus_per_task: processors of a task.
        mem_per_cpu: memory, in GB.
        address: of the cluster; None: the one of RAY_ADDRESS, or one of this machine.

    Raises:
        InputError: if no machine of the cluster has room for a task, which would wait for ever.
        ConnectionError: if there is no cluster at that address.
    """
    ray = load_optional("ray", "ray")
    from datatrove.executor.ray import RayPipelineExecutor

    if not ray.is_initialized():
        ray.init(address=address, log_to_driver=False)
    memory = mem_per_cpu * cpus_per_task * 2**30
    nodes = [node["Resources"] for node in ray.nodes() if node["Alive"]]
    if not any(node.get("CPU", 0) >= cpus_per_task and node.get("memory", 0) >= memory for node in nodes):
        raise InputError(
            f"no machine of the Ray cluster has {cpus_per_task} processors and {memory / 2**30:g} GB for a task; "
            "ask for less with --cpus-per-task and --mem-per-cpu"
        )
    remove_leftovers(job.clean, resumable=False)
    RayPipelineExecutor(
        [_step_of(job)],
        tasks=job.tasks,
        workers=job.workers,
        logging_dir=str(folder_of(job.clean).resolve()),
        cpus_per_task=cpus_per_task,
        mem_per_cpu_gb=mem_per_cpu,
    ).run()
    return summarise(job.raw, job.clean, job.run_options)


def slurm_executor(job: Job, options: SlurmOptions) -> SlurmExecutor:
    """The executor that submits the tasks, as an array of jobs."""
    return _new_slurm_executor(
        options, "clean-news", [_step_of(job, options.cpus_per_task)], job.tasks, folder_of(job.clean), job.workers
    )


def submit(job: Job, options: SlurmOptions) -> str:
    """Submit the tasks, and a job that adds up when they are over.

    Returns:
        The number of that last job.

    Raises:
        FileNotFoundError: if there is no ``sbatch``.
        subprocess.CalledProcessError: if it refuses.
    """
    tasks = slurm_executor(job, options)
    tasks.run()
    folder = folder_of(job.clean) / "summary"
    marker(folder, 0).unlink(missing_ok=True)
    last = _new_slurm_executor(
        options._replace(cpus_per_task=1),
        "clean-news-summary",
        [Summarise(job.raw, job.clean, job.run_options)],
        1,
        folder,
        -1,
    )
    if tasks.job_id != -1:
        last.depends_job_id = tasks.job_id
    last.run()
    return str(last.job_id)


def _new_slurm_executor(
    options: SlurmOptions, name: str, steps: list[Any], tasks: int, folder: Path, workers: int
) -> SlurmExecutor:
    """An executor for Slurm with the given name and steps."""
    return SlurmExecutor(
        steps,
        tasks=tasks,
        workers=workers,
        job_name=name,
        partition=options.partition,
        time=options.time,
        cpus_per_task=options.cpus_per_task,
        mem_per_cpu_gb=options.mem_per_cpu,
        qos=options.qos,
        venv_path=str(options.venv.absolute() / "bin" / "activate") if options.venv else None,
        sbatch_args={"chdir": str(Path.cwd())},
        logging_dir=str(folder.resolve()),
        run_on_dependency_fail=True,
    )


def _step_of(job: Job, jobs: int = 1) -> CleanShard:
    """The step that all tasks run."""
    return CleanShard(job.raw, job.clean, job.run_options, jobs)
