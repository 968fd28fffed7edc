"""Runs the main job with datatrove's executors: on this machine, on Ray, or on Slurm."""

import shlex
import time
from concurrent.futures import as_completed
from concurrent.futures.process import BrokenProcessPool
from copy import deepcopy
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec
from datatrove.executor.local import LocalPipelineExecutor
from datatrove.executor.slurm import SlurmPipelineExecutor
from datatrove.utils.logging import logger

from clean_news.batch.atomic_writing import remove_leftovers
from clean_news.batch.half_landed import finish_half_landed
from clean_news.batch.keeping_decisions import keep_decisions
from clean_news.batch.known_results import sharing_results
from clean_news.batch.names_apart import with_names_apart
from clean_news.batch.run_options import RunOptions, validate, with_project_files
from clean_news.batch.summary import Summary
from clean_news.batch.workers import new_pool
from clean_news.files.discovery import InputError, discover
from clean_news.optional_library import load_optional
from clean_news.printable_text import printable, visible
from clean_news.project_folder import PROJECT_FOLDER
from clean_news.settings import Settings
from clean_news.stages.source.prepared_index import check_apart
from clean_news.stages.source.prepared_index import prepare as prepare_index
from clean_news.workflows.pieces import pieces_of
from clean_news.workflows.shard_steps import CleanShard, Summarise, summarise
from clean_news.workflows.shards import (
    Folders,
    cluster_folder,
    completion_marker,
    is_done,
    make_shards,
    new_plan,
    read_plan,
    refuse_strange_files,
    shard_content,
    write_plan,
)
from clean_news.workflows.stored_executor import pickled, sha256

if TYPE_CHECKING:
    from clean_news.workflows.ray_executor import RayExecutor


class ClusterRun(NamedTuple):
    """A run that is ready to start: its plan is written.

    Attributes:
        raw: RAW, as given.
        clean: CLEAN, as given.
        run_options: the options, including the decisions of CLEAN's reviewers.
        plan: digest of the plan.
        tasks: number of tasks.
        workers: maximum number of concurrent tasks; -1 for all.
    """

    raw: Path
    clean: Path
    run_options: RunOptions
    plan: str
    tasks: int
    workers: int


class SlurmOptions(NamedTuple):
    """The resources requested from Slurm.

    Attributes:
        partition: the partition.
        time: time limit of a task in Slurm's format, e.g. ``12:00:00``.
        cpus_per_task: processors of a task, and its number of processes.
        mem_per_cpu: memory per processor in GB.
        venv: folder of the virtual environment that contains clean-news; None if jobs need none.
        qos: quality of service; empty for the cluster's default.
    """

    partition: str
    time: str
    cpus_per_task: int = 1
    mem_per_cpu: int = 2
    venv: Path | None = None
    qos: str = ""


def prepare(
    raw: Path, clean: Path, run_options: RunOptions, tasks: int, workers: int = -1, *, keep: bool = True
) -> ClusterRun:
    """Distribute RAW among tasks, or resume a run that was stopped; nothing is cleaned yet.

    The index of the sources is brought up to date here, once for all tasks, in CLEAN unless the settings name a place.

    Args:
        raw: a folder, never written to.
        clean: a folder; on a cluster it must have the same path on all machines.
        run_options: the options of the run.
        tasks: maximum number of shards.
        workers: maximum number of concurrent tasks; -1 for all.
        keep: add the decisions of the options to those of CLEAN.

    Raises:
        InputError: if RAW or CLEAN cannot be used, or the plan of the run that was stopped was changed.
        SettingsError: if a stage cannot be loaded, a source does not exist, or their index cannot be written.
        DecisionsError: if a file of decisions cannot be read.
        OSError: if the plan cannot be written.
    """
    if not raw.is_dir():
        raise InputError(f"{printable(raw)}: is not a folder; name a folder of articles, or use clean-news RAW CLEAN")
    run_options = with_project_files(run_options, clean)
    validate(run_options)
    run_options = run_options._replace(settings=_with_shared_index(run_options.settings, clean))
    check_apart(run_options.settings, (raw,), clean)
    folders = Folders(raw, clean, run_options.settings.follow_links)
    found = with_names_apart(discover(raw, clean, folders.follow_links), clean)
    prepared = prepare_index(run_options.settings)
    run_options = run_options._replace(settings=prepared.settings)
    found = found._replace(failures=found.failures + [each for each in prepared.failures if each not in found.failures])
    if keep:
        run_options = keep_decisions(run_options, clean)
    pieces = pieces_of(found.tasks, tasks, force=run_options.force)
    contents = [shard_content(shard, raw) for shard in make_shards(pieces, tasks)]
    folder = cluster_folder(clean)
    new = new_plan(found, contents, folders, run_options, time.time())
    new.sources = prepared.articles
    plan = read_plan(folder)
    # After a completed run its files may have changed, which the markers do not show: each file is checked again.
    if plan is None or plan.digest != new.digest or run_options.force or _is_complete(folder, plan.tasks):
        write_plan(folder, new, contents)
    else:
        refuse_strange_files(folder)
        for rank in range(plan.tasks):
            if not is_done(folder, plan, rank, folders):
                completion_marker(folder, rank).unlink(missing_ok=True)
    return ClusterRun(raw, clean, run_options, new.digest, new.tasks, workers)


def _with_shared_index(settings: Settings, clean: Path) -> Settings:
    """Return the settings with the index of their sources in CLEAN, if it is to be made and has no place yet.

    All machines have access to CLEAN, but rarely to the cache of the user on this one.
    """
    if not settings.sources or settings.sources_index:
        return settings
    return msgspec.structs.replace(settings, sources_index=str(clean / PROJECT_FOLDER / "sources"))


def _is_complete(folder: Path, tasks: int) -> bool:
    """Whether all tasks of a run are completed."""
    return all(completion_marker(folder, rank).exists() for rank in range(tasks))


class LocalExecutor(LocalPipelineExecutor):  # type: ignore[misc]  # datatrove ships no type information
    """datatrove's local executor, extended to detect processes that die.

    The original waits for ever for a process that was killed, e.g. for lack of memory (bpo-22393), and its processes
    outlive it.
    """

    def run(self) -> None:
        """Run the incomplete tasks; a task that raises stays incomplete, and its log says why."""
        ranks = self.get_incomplete_ranks()
        pool = new_pool(min(self.workers, max(1, len(ranks))))
        lost: list[int] = []
        try:
            under_way = {pool.submit(self._run_rank, rank): rank for rank in ranks}
            for future in as_completed(under_way):
                error = future.exception()
                if isinstance(error, BrokenProcessPool):
                    lost.append(under_way[future])  # other errors are reported by the branch below
                elif error is not None:
                    logger.error(visible(f"task {under_way[future]}: {type(error).__name__}: {error}"))
        except KeyboardInterrupt:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
        pool.shutdown()
        # A process that dies breaks the whole pool. All its tasks are run again, with separate worker processes, so
        # that a file that kills its process again does not kill the task.
        for rank in sorted(lost):
            self._run_rank(rank, jobs=2)

    def _run_rank(self, rank: int, jobs: int = 1) -> None:
        """Run a task; its output goes to its log, only errors are displayed."""
        executor = deepcopy(self)  # each task has its own statistics
        for step in executor.pipeline:
            step.jobs = jobs
        executor._run_for_rank(rank, local_rank=1)


class SlurmExecutor(SlurmPipelineExecutor):  # type: ignore[misc]  # datatrove ships no type information
    """datatrove's Slurm executor without its job that merges statistics, which never runs if a task fails."""

    def launch_merge_stats(self) -> None:
        """Do nothing."""

    def script(self) -> str:
        """Return the script that :meth:`run` submits."""
        jobs = max(1, len(self.get_incomplete_ranks()))
        return self._script(self.get_sbatch_args(min(jobs, self.max_array_size)), sha256(pickled(self)))

    def get_launch_file_contents(self, sbatch_args: dict[str, Any], run_script: str) -> str:  # noqa: ARG002
        """Return the job script: it runs the pickle, which is stored here, only if it is still the same.

        Args:
            sbatch_args: options of sbatch.
            run_script: what datatrove would run, which trusts the pickle.
        """
        content = pickled(self)
        with self.logging_dir.open("executor.pik", "wb") as stored:
            stored.write(content)
        return self._script(sbatch_args, sha256(content))

    def _script(self, sbatch_args: dict[str, Any], digest: str) -> str:
        """Return the job script for a stored executor with a SHA-256."""
        place = shlex.quote(self.logging_dir.resolve_paths("executor.pik"))
        task = f"srun  -l -n {self.nodes_per_task} clean-news cluster-task {place} {digest}"
        return str(super().get_launch_file_contents(sbatch_args, task))


def run_locally(run: ClusterRun) -> Summary:
    """Run all tasks on this machine, and summarise."""
    finish_half_landed(run.clean)
    remove_leftovers(run.clean, resumable=False)
    folder = str(cluster_folder(run.clean).resolve())
    with sharing_results(run.run_options) as shared:
        step = _step_of(run._replace(run_options=shared))
        LocalExecutor([step], tasks=run.tasks, workers=run.workers, logging_dir=folder).run()
    return summarise(run.raw, run.clean, run.run_options)


def run_on_ray(run: ClusterRun, cpus_per_task: int = 1, mem_per_cpu: float = 2, address: str | None = None) -> Summary:
    """Run all tasks on a Ray cluster, and summarise.

    Args:
        run: the run.
        cpus_per_task: processors of a task.
        mem_per_cpu: memory per processor in GB.
        address: address of the cluster; None for RAY_ADDRESS, or a new cluster on this machine.

    Raises:
        InputError: if no machine of the cluster has the resources for a task, which would wait for ever.
        ConnectionError: if there is no cluster at the address.
    """
    executor = connect_to_ray(address)
    finish_half_landed(run.clean)
    remove_leftovers(run.clean, resumable=False)
    executor(
        [_step_of(run, cpus_per_task)],
        tasks=run.tasks,
        workers=run.workers,
        logging_dir=str(cluster_folder(run.clean).resolve()),
        cpus_per_task=cpus_per_task,
        mem_per_cpu_gb=mem_per_cpu,
    ).run()
    return summarise(run.raw, run.clean, run.run_options)


def connect_to_ray(address: str | None = None) -> "type[RayExecutor]":
    """Connect to a Ray cluster, or start one on this machine; return the class of its executor.

    Args:
        address: see :func:`run_on_ray`.

    Raises:
        MissingLibraryError: if Ray is not installed.
        ConnectionError: if there is no cluster at the address.
    """
    ray = load_optional("ray", "ray")
    from clean_news.workflows.ray_executor import RayExecutor

    if not ray.is_initialized():
        ray.init(address=address, log_to_driver=False)
    return RayExecutor


def slurm_executor(run: ClusterRun, options: SlurmOptions) -> SlurmExecutor:
    """Return the executor that submits the tasks as a job array."""
    return _new_slurm_executor(
        options, "clean-news", [_step_of(run, options.cpus_per_task)], run.tasks, cluster_folder(run.clean), run.workers
    )


def submit(run: ClusterRun, options: SlurmOptions) -> str:
    """Submit the tasks, and a job that summarises when they have ended.

    Returns:
        The id of the summary job.

    Raises:
        FileNotFoundError: if there is no ``sbatch``.
        subprocess.CalledProcessError: if ``sbatch`` rejects a job.
    """
    steps = _step_of(run, options.cpus_per_task), Summarise(run.raw, run.clean, run.run_options)
    return submit_steps(steps[0], run.tasks, steps[1], options, cluster_folder(run.clean), run.workers)


def submit_steps(step: Any, tasks: int, last: Any, options: SlurmOptions, folder: Path, workers: int) -> str:  # noqa: ANN401
    """Submit a step as a job array, and another one as a job that runs when its tasks have ended.

    Args:
        step: the step of the tasks.
        tasks: number of tasks.
        last: the step of the last job.
        options: the resources requested.
        folder: the folder for scripts and logs, which all machines see.
        workers: maximum number of concurrent tasks; -1 for all.

    Returns:
        The id of the last job.

    Raises:
        FileNotFoundError: if there is no ``sbatch``.
        subprocess.CalledProcessError: if ``sbatch`` rejects a job.
    """
    array = _new_slurm_executor(options, "clean-news", [step], tasks, folder, workers)
    array.run()
    place = folder / "summary"
    completion_marker(place, 0).unlink(missing_ok=True)
    job = _new_slurm_executor(options._replace(cpus_per_task=1), "clean-news-summary", [last], 1, place, -1)
    if array.job_id != -1:
        job.depends_job_id = array.job_id
    job.run()
    return str(job.job_id)


def _new_slurm_executor(
    options: SlurmOptions, name: str, steps: list[Any], tasks: int, folder: Path, workers: int
) -> SlurmExecutor:
    """Return an executor for Slurm with a job name and steps."""
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


def _step_of(run: ClusterRun, jobs: int = 1) -> CleanShard:
    """Return the step that all tasks run."""
    return CleanShard(run.raw, run.clean, run.run_options, run.plan, jobs)
