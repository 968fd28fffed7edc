"""Simulate runs of ``clean-news cluster`` and print what they take, as Markdown tables.

    python benchmarks/cluster_simulation.py [--articles 100000000] [--core-hour 0.04] [--seed 0]
        [--inputs benchmarks/cluster_simulation.toml] [--table plan|failures|tasks|layout|store]

The inputs are in ``cluster_simulation.toml``: what ``cluster_inputs.py`` measured on one machine, and what is assumed
of machines, stores and prices. Files are divided and dealt by the code of ``clean-news cluster`` itself; what then
happens is a discrete-event simulation (``cluster_model.py``) with slow machines and machines that are lost, in which a
task that is started again keeps what the real one keeps. ``cluster_validation.py`` compares it with real runs.

What is not simulated: networks and file systems that are the bottleneck, and more processes on a machine than two,
whose mutual slowing-down is taken to be that of two.
"""

import argparse
import tomllib
from collections.abc import Iterator, Sequence
from itertools import pairwise
from math import ceil
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from cluster_model import Cluster, Outcome, Portion, simulate

INPUTS = Path(__file__).with_suffix(".toml")
CORES = (1, 16, 1000)
RUNS = 5  # of which each row has the median
MIX = {"genuine": 0.9, "spun": 0.07, "scanned": 0.03}  # shares of the articles; assumed
MEGABYTE = 1e6
FILE_MEGABYTES = 16  # of RAW, in the plan
DIVIDED_MEGABYTES = 64
TASKS_PER_CORE = 8
BATCH_OBJECTS = 512  # that a run over an object store transfers at once, or 64 MB
ATTEMPTS = 5  # of a request
FIRST_PAUSE_SECONDS = 0.2  # before the second attempt, doubled before each further one
REQUESTS_UNDER_WAY = 32  # of a machine
REQUESTS_A_TASK, REQUESTS_A_BATCH = 10, 2
CONCENTRATION = 1.0  # of the kinds in files: 0 for files of one kind each, large for files that are all alike; assumed


class Kind(NamedTuple):
    """A kind of text.

    Attributes:
        words: of an article.
        bytes: of an article as a JSON line.
        words_a_second: of one process.
        checked_words_a_second: of articles that are up to date.
    """

    words: float
    bytes: float
    words_a_second: float
    checked_words_a_second: float

    @property
    def seconds(self) -> float:
        """Time of cleaning an article."""
        return self.words / self.words_a_second


class Inputs(NamedTuple):
    """The inputs; see the file for each."""

    kinds: dict[str, Kind]
    worker: dict[str, float]
    machines: dict[str, float]
    store: dict[str, float]
    prices: dict[str, float]


class RawFile(NamedTuple):
    """A file of RAW: the number of its articles by kind."""

    articles: dict[str, int]

    def total(self) -> int:
        """The number of its articles."""
        return sum(self.articles.values())


class Plan(NamedTuple):
    """A run: its tasks, and what is done before and after them in one process.

    Attributes:
        tasks: the portions of each task.
        joined: megabytes of files that were divided, to be put together.
        words: of all articles.
    """

    tasks: list[list[Portion]]
    joined: float
    words: float


class Result(NamedTuple):
    """A simulated run.

    Attributes:
        hours: from the command to the end of the last step.
        words_a_second: of the whole run.
        euros: of all cores that are there, from the first task to the last, and of one before and after.
        wasted: share of the busy time that was done in vain or for starting again.
        idle: share of the paid time.
        joining_hours: of putting files together.
        outcome: of the tasks.
    """

    hours: float
    words_a_second: float
    euros: float
    wasted: float
    idle: float
    joining_hours: float
    outcome: Outcome


def read_inputs(path: Path) -> Inputs:
    """Read the inputs."""
    read: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    kinds = {name: Kind(**table) for name, table in read["kinds"].items()}
    return Inputs(kinds, read["worker"], read["machines"], read["store"], read["prices"])


def files_of(articles: int, mix: dict[str, float], inputs: Inputs, megabytes: float, seed: int = 0) -> list[RawFile]:
    """Divide a number of articles among files of a size.

    Each file has shares of its own: archives hold scans, content farms spun articles. They are drawn from a Dirichlet
    distribution around the mix, and the totals are exact.

    Args:
        articles: number of articles.
        mix: share of each kind.
        inputs: sizes of articles.
        megabytes: size of a file.
        seed: of the shares.
    """
    rng = np.random.default_rng(seed)
    size = sum(share * inputs.kinds[kind].bytes for kind, share in mix.items())
    number = max(1, round(articles * size / (megabytes * MEGABYTE)))
    kinds = list(mix)
    totals = dict(zip(kinds, dealt(articles, [mix[kind] for kind in kinds]), strict=True))
    weights = rng.gamma([[mix[kind] * CONCENTRATION for kind in kinds]] * number) + 1e-12
    weights /= weights.sum(axis=1, keepdims=True)
    counts = {kind: dealt(totals[kind], weights[:, column]) for column, kind in enumerate(kinds)}
    return [RawFile({kind: counts[kind][row] for kind in kinds}) for row in range(number)]


def dealt(total: int, weights: Sequence[float] | np.ndarray) -> list[int]:
    """Divide a number in proportion to weights, into whole numbers with that sum.

    >>> dealt(10, [1, 1, 1]), dealt(3, [1.0, 0.0])
    ([3, 4, 3], [3, 0])
    """
    cumulated = np.cumsum(np.asarray(weights, dtype=float))
    borders = np.rint(cumulated / cumulated[-1] * total).astype(np.int64)
    return [int(each) for each in np.diff(borders, prepend=0)]


def plan_of(files: Sequence[RawFile], tasks: int, inputs: Inputs) -> Plan:
    """Deal files to tasks as ``clean-news cluster`` does, large ones in pieces."""
    from clean_news.files.discovery import Task
    from clean_news.workflows.pieces import pieces_of
    from clean_news.workflows.shards import make_shards

    made = [Task(Path(f"{row:07}.jsonl"), None, f"{row:07}", size_of(file, inputs)) for row, file in enumerate(files)]
    pieces = pieces_of(made, tasks)
    shards = [
        [portion(files[int(task.id)], number, total, inputs) for task, number, total in shard]
        for shard in make_shards(pieces, tasks)
    ]
    joined = sum(task.size for task, number, total in pieces if total > 1 and number == 0) / MEGABYTE
    return Plan(shards, joined, words_in(files, inputs))


def size_of(file: RawFile, inputs: Inputs) -> int:
    """The size of a file in bytes."""
    return round(sum(number * inputs.kinds[kind].bytes for kind, number in file.articles.items()))


def words_in(files: Sequence[RawFile], inputs: Inputs) -> float:
    """The number of words in files."""
    return sum(number * inputs.kinds[kind].words for file in files for kind, number in file.articles.items())


def portion(file: RawFile, number: int, total: int, inputs: Inputs) -> Portion:
    """The work of one of the pieces of a file; the whole file if there is one."""
    cleaning = sum(count * inputs.kinds[kind].seconds for kind, count in file.articles.items())
    checking = sum(
        count * inputs.kinds[kind].words / inputs.kinds[kind].checked_words_a_second
        for kind, count in file.articles.items()
    )
    share, rest = divmod(file.total(), total)
    articles = share + (number < rest)
    part = articles / file.total() if file.total() else 0.0
    past = size_of(file, inputs) * (1 - part) / MEGABYTE / inputs.worker["read_past_megabytes_a_second"]
    return Portion(
        articles,
        cleaning * part,
        overhead=past if total > 1 else 0.0,
        grain=1 if total == 1 else max(articles, 1),  # a piece is stored as a whole
        check_share=checking / cleaning if cleaning else 0.0,
    )


def cluster_of(cores: int, inputs: Inputs, **changes: float) -> Cluster:
    """The machines that have a number of cores; one core has no failures."""
    slots = min(cores, int(inputs.machines["cores"]))
    several = cores > 1
    cluster = Cluster(
        machines=ceil(cores / slots),
        slots=slots,
        speed=inputs.worker["scaling"] if several else 1.0,
        start_seconds=inputs.worker["start_seconds"],
        slow_share=inputs.machines["slow_share"] if several else 0.0,
        slow_factor=inputs.machines["slow_factor"],
        preemptions_an_hour=inputs.machines["preemptions_an_hour"] if several else 0.0,
        replacement_seconds=inputs.machines["replacement_seconds"],
        command_seconds=inputs.worker["command_seconds"],
    )
    return cluster._replace(**changes)


def typical(plan: Plan, cluster: Cluster, inputs: Inputs, core_hour: float, seed: int = 0) -> Result:
    """Simulate some runs, and return the one of median duration."""
    seeds = range(seed * RUNS, (seed + 1) * RUNS)
    found = sorted((run(plan, cluster, inputs, core_hour, each) for each in seeds), key=lambda each: each.hours)
    return found[RUNS // 2]


def run(plan: Plan, cluster: Cluster, inputs: Inputs, core_hour: float, seed: int = 0) -> Result:
    """Simulate a run."""
    outcome = simulate(plan.tasks, cluster, seed)
    joining = plan.joined / inputs.worker["join_megabytes_a_second"]
    seconds = outcome.seconds + joining
    paid = outcome.paid + cluster.command_seconds + joining
    return Result(
        hours=seconds / 3600,
        words_a_second=plan.words / seconds,
        euros=paid / 3600 * core_hour,
        wasted=max(outcome.wasted, 0.0) / outcome.busy,
        idle=1 - outcome.busy / outcome.paid,
        joining_hours=joining / 3600,
        outcome=outcome,
    )


def store_plan(files: Sequence[RawFile], tasks: int, articles_an_object: float, inputs: Inputs, slots: int) -> Plan:
    """Deal batches of objects to tasks as ``clean-news cluster`` does over object stores: in order, of equal size.

    What a batch takes is the longer of cleaning and transfer, since the next batch is downloaded meanwhile.

    Args:
        files: the articles, a batch each: 512 of them, or a large object.
        tasks: number of tasks.
        articles_an_object: 1 if each article is an object.
        inputs: the inputs.
        slots: tasks at a time on a machine, which share its requests.
    """
    batches = []
    for file in files:
        cleaning = sum(count * inputs.kinds[kind].seconds for kind, count in file.articles.items())
        requests = file.total() / articles_an_object * inputs.store["requests_an_object"] + REQUESTS_A_BATCH
        transfer = requests * expected_seconds(inputs.store) * slots / REQUESTS_UNDER_WAY
        batches.append(Portion(file.total(), max(cleaning, transfer), grain=max(file.total(), 1)))
    borders = np.cumsum([0, *dealt(len(batches), [1.0] * min(tasks, len(batches)))])
    shares = [batches[begin:end] for begin, end in pairwise(borders)]
    return Plan(shares, 0.0, words_in(files, inputs))


def expected_seconds(store: dict[str, float]) -> float:
    """Expected time of a request with its repetitions, in seconds.

    >>> round(expected_seconds({"seconds_a_request": 0.1, "failing_share": 0.5}), 5)
    0.54375
    """
    failing, seconds = store["failing_share"], 0.0
    for attempt in range(ATTEMPTS):
        pause = FIRST_PAUSE_SECONDS * 2 ** (attempt - 1) if attempt else 0.0
        seconds += failing**attempt * (store["seconds_a_request"] + pause)
    return seconds


class Requests(NamedTuple):
    """The requests of a run.

    Attributes:
        made: all, each attempt counted.
        failed: that failed at every attempt.
    """

    made: int
    failed: int


def requests_of(wanted: int, failing: float, rng: np.random.Generator) -> Requests:
    """Draw the attempts of a number of requests."""
    made, left = 0, wanted
    for _ in range(ATTEMPTS):
        made += left
        left = int(rng.binomial(left, failing))
    return Requests(made, left)


def store_requests(outcome: Outcome, tasks: int, articles_an_object: float, inputs: Inputs, seed: int) -> Requests:
    """Draw the requests of a run: of each object, task and batch, and again what an interrupted task had begun.

    An interrupted task has downloaded the batch that it was cleaning, and on average half of the next one.
    """
    store = inputs.store
    objects = outcome.finished / articles_an_object
    again = ceil((outcome.cleaned - outcome.finished) / articles_an_object)
    ahead = outcome.interrupted * (BATCH_OBJECTS if articles_an_object == 1 else 1) / 2
    wanted = objects * store["requests_an_object"] + again + ahead
    wanted += (tasks + outcome.interrupted) * REQUESTS_A_TASK + objects / BATCH_OBJECTS * REQUESTS_A_BATCH
    return requests_of(round(wanted), store["failing_share"], np.random.default_rng(seed))


def plan_table(options: argparse.Namespace, inputs: Inputs) -> Iterator[str]:
    """By kind of text and number of cores."""
    yield "| text | cores | hours | million words/s | EUR an hour | EUR | wasted | memory, GB |"
    yield "|---|" + "---:|" * 7
    mixes = {**{kind: {kind: 1.0} for kind in inputs.kinds}, "mixed": MIX}
    for name, mix in mixes.items():
        files = files_of(options.articles, mix, inputs, FILE_MEGABYTES, options.seed)
        for cores in CORES:
            plan = plan_of(files, min(cores * TASKS_PER_CORE, len(files)), inputs)
            found = typical(plan, cluster_of(cores, inputs), inputs, options.core_hour, options.seed)
            memory = cores * inputs.worker["peak_megabytes"] / 1000
            yield (
                f"| {name} | {cores:,} | {hours(found.hours)} | {found.words_a_second / 1e6:.3g} "
                f"| {found.euros / found.hours:.2f} | {found.euros:,.2f} | {found.wasted:.1%} | {memory:.1f} |"
            )


def failures_table(options: argparse.Namespace, inputs: Inputs) -> Iterator[str]:
    """By losses of machines, of scans on 1,000 cores, with files that are divided and files that are not."""
    yield "| lost, of a machine in an hour | files | hours | wasted | EUR | tasks interrupted |"
    yield "|---:|---|" + "---:|" * 4
    for megabytes in (FILE_MEGABYTES, DIVIDED_MEGABYTES):
        files = files_of(options.articles, {"scanned": 1.0}, inputs, megabytes, options.seed)
        plan = plan_of(files, 1000 * TASKS_PER_CORE, inputs)
        for rate in (0.0, 0.05, 0.5, 2.0):
            cluster = cluster_of(1000, inputs, preemptions_an_hour=rate)
            found = typical(plan, cluster, inputs, options.core_hour, options.seed)
            yield (
                f"| {rate:g} | {megabytes} MB, {'divided' if plan.joined else 'whole'} | {hours(found.hours)} "
                f"| {found.wasted:.1%} | {found.euros:,.2f} | {found.outcome.interrupted:,} |"
            )


def tasks_table(options: argparse.Namespace, inputs: Inputs) -> Iterator[str]:
    """By number of tasks, on 1,000 cores with files that are small enough not to be divided."""
    yield "| tasks a core | slow machines | hours | of the paid time idle | EUR |"
    yield "|---:|" + "---:|" * 4
    files = files_of(options.articles, MIX, inputs, 16, options.seed)
    for slow in (0.0, inputs.machines["slow_share"]):
        for each in (1, 2, 4, 8, 16):
            cluster = cluster_of(1000, inputs, slow_share=slow)
            found = typical(plan_of(files, 1000 * each, inputs), cluster, inputs, options.core_hour, options.seed)
            yield f"| {each} | {slow:.0%} | {hours(found.hours)} | {found.idle:.0%} | {found.euros:,.2f} |"


def layout_table(options: argparse.Namespace, inputs: Inputs) -> Iterator[str]:
    """By size of the files, on 1,000 cores and 8,000 tasks."""
    yield "| files of | files | divided into | hours | of these putting together | EUR |"
    yield "|---|" + "---:|" * 5
    for megabytes in (4, 16, 64, 256, 1024):
        files = files_of(options.articles, MIX, inputs, megabytes, options.seed)
        plan = plan_of(files, 8000, inputs)
        found = typical(plan, cluster_of(1000, inputs), inputs, options.core_hour, options.seed)
        pieces = sum(map(len, plan.tasks)) / len(files)
        yield (
            f"| {megabytes:,} MB | {len(files):,} | {pieces:.0f} | {hours(found.hours)} "
            f"| {hours(found.joining_hours)} | {found.euros:,.2f} |"
        )


def store_table(options: argparse.Namespace, inputs: Inputs) -> Iterator[str]:
    """By share of failing requests, over an object store, with an object for each article and with large ones."""
    yield "| an object | requests that fail | requests an article | failed 5 times | hours | EUR | of these requests |"
    yield "|---|" + "---:|" * 6
    size = sum(share * inputs.kinds[kind].bytes for kind, share in MIX.items())
    large = FILE_MEGABYTES * MEGABYTE / size
    for name, articles_an_object in (("an article", 1.0), (f"{FILE_MEGABYTES} MB", large)):
        batch = min(FILE_MEGABYTES, BATCH_OBJECTS * articles_an_object * size / MEGABYTE)
        files = files_of(options.articles, MIX, inputs, batch, options.seed)
        for failing in (0.0, 0.002, 0.02, 0.1):
            changed = inputs._replace(store={**inputs.store, "failing_share": failing})
            cluster = cluster_of(1000, changed)
            plan = store_plan(files, 8000, articles_an_object, changed, cluster.slots)
            found = typical(plan, cluster, changed, options.core_hour, options.seed)
            asked = store_requests(found.outcome, len(plan.tasks), articles_an_object, changed, options.seed)
            price = asked.made / 1000 * inputs.prices["thousand_requests"]
            yield (
                f"| {name} | {failing:.1%} | {asked.made / options.articles:.3g} | {asked.failed:,} "
                f"| {hours(found.hours)} | {found.euros + price:,.2f} | {price:,.2f} |"
            )


TABLES = {
    "plan": plan_table,
    "failures": failures_table,
    "tasks": tasks_table,
    "layout": layout_table,
    "store": store_table,
}


def hours(value: float) -> str:
    """Hours with two significant digits at least."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--inputs", type=Path, default=INPUTS)
    parser.add_argument("--articles", type=int, default=100_000_000)
    parser.add_argument("--core-hour", type=float, help="price of a core in EUR an hour; by default that of the inputs")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--table", choices=TABLES, action="append")
    options = parser.parse_args()
    inputs = read_inputs(options.inputs)
    if options.core_hour is None:
        options.core_hour = inputs.prices["core_hour"]
    for name in options.table or TABLES:
        print(f"\n**{name}**: {options.articles:,} articles, {options.core_hour:g} EUR an hour and core\n")
        for line in TABLES[name](options, inputs):
            print(line, flush=True)


if __name__ == "__main__":
    main()
