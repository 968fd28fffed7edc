"""A model of cluster runs, event by event: machines of several processors take tasks from a queue, and may be lost.

Time is in seconds. A task is a list of portions of work (files, or pieces of divided files) that are done in order.
When its machine is lost the task starts again elsewhere, and keeps what the real one keeps: portions that are done, and
of the one under way the whole grains, which are rows of a file that no other task shares, and nothing of a piece, which
is stored at its end. What is kept is compared with the raw file again, which takes a share of the time of cleaning it.

The model knows nothing of clean-news but that; ``benchmarks/cluster_simulation.py`` makes the tasks with the code of
``clean-news cluster`` and has the figures. Everything random comes from one generator, so that a seed gives a run.
"""

import heapq
import random
from collections import deque
from collections.abc import Sequence
from enum import IntEnum
from itertools import count
from typing import NamedTuple

ROUNDING = 1e-9  # of an article: what sums of floating-point numbers may lack


class Portion(NamedTuple):
    """Work that a task does in one go.

    Attributes:
        articles: number of articles.
        seconds: time of cleaning them on an ordinary machine.
        overhead: time for what is done again at each start of the portion, such as reading past the rows of others.
        grain: how many articles are kept at once; ``articles`` if it is kept as a whole or not at all.
        check_share: time to compare articles that are kept, as a share of the time of cleaning them.
    """

    articles: int
    seconds: float
    overhead: float = 0.0
    grain: int = 1
    check_share: float = 0.0


class Cluster(NamedTuple):
    """The machines, and what happens to them.

    Attributes:
        machines: number of machines.
        slots: tasks that a machine runs at a time.
        speed: of a slot, of an ordinary machine; 1 if a process is as fast as one alone on a machine.
        start_seconds: time of each start of a task, before its first article.
        slow_share: probability that a machine is slow.
        slow_factor: how much slower it is.
        preemptions_an_hour: expected losses of a machine.
        replacement_seconds: time until another machine takes its place.
        requeued: whether interrupted tasks are queued again at once; otherwise when all others have ended, by the same
            command given again.
        command_seconds: time of a command before its tasks.
    """

    machines: int
    slots: int
    speed: float = 1.0
    start_seconds: float = 0.0
    slow_share: float = 0.0
    slow_factor: float = 1.0
    preemptions_an_hour: float = 0.0
    replacement_seconds: float = 0.0
    requeued: bool = True
    command_seconds: float = 0.0


class Outcome(NamedTuple):
    """What became of a run.

    Attributes:
        seconds: from the start of the command to the end of the last task.
        busy: seconds of slots that ran a task.
        paid: seconds of slots of machines that were there, from the first task until the last has ended.
        wasted: busy seconds for what was done and lost, for starting again, and for comparing what was kept.
        cleaned: number of articles that were cleaned, those that were lost and cleaned again each time.
        finished: number of articles of tasks that have ended; each counts once.
        preemptions: losses of machines while there was work.
        interrupted: tasks that were interrupted, each time.
        rounds: how often the command was given.
    """

    seconds: float
    busy: float
    paid: float
    wasted: float
    cleaned: int
    finished: int
    preemptions: int
    interrupted: int
    rounds: int


class _Event(IntEnum):
    """What happens; at the same time in this order."""

    ENDED = 0
    LOST = 1
    BACK = 2


class _Machine:
    """A machine: its speed, and the tasks that it runs."""

    def __init__(self) -> None:
        self.speed = 0.0  # 0 while it is not there
        self.generation = 0  # increased when it is lost, so that events of its tasks no longer count
        self.since = 0.0
        self.running: dict[int, float] = {}  # task: when it began

    @property
    def is_there(self) -> bool:
        """Whether it can run tasks."""
        return self.speed > 0


class Progress:
    """How far a task is: what was kept of each portion."""

    def __init__(self, portions: Sequence[Portion]) -> None:
        """Begin with nothing."""
        self.portions = portions
        self.kept = [0] * len(portions)  # articles

    def remaining(self) -> float:
        """Time until the task ends, after its start, on an ordinary machine."""
        return sum(sum(self._times(number)) for number in range(len(self.portions)))

    def _times(self, number: int) -> tuple[float, float, float]:
        """Time for reading, comparing and cleaning of a portion."""
        portion, kept = self.portions[number], self.kept[number]
        whole = portion.articles - kept
        share = kept / portion.articles if portion.articles else 0.0
        checking = share * portion.seconds * portion.check_share
        # A piece that is stored is not read again.
        reading = portion.overhead if whole else 0.0
        return reading, checking, (1 - share) * portion.seconds if whole else 0.0

    def interrupt(self, worked: float) -> tuple[int, float]:
        """Keep what remains of some time of work.

        Args:
            worked: time on an ordinary machine since the task has started; at most :meth:`remaining`.

        Returns:
            The number of articles that were cleaned, and the time of what was cleaned and kept.
        """
        cleaned, useful = 0, 0.0
        for number, portion in enumerate(self.portions):
            reading, checking, cleaning = self._times(number)
            worked -= reading + checking
            if worked <= 0:
                break
            left = portion.articles - self.kept[number]
            done = left if worked >= cleaning else min(left, int(worked / cleaning * left + ROUNDING))
            cleaned += done
            before = self.kept[number]
            reached = before + done
            if reached < portion.articles:
                reached -= reached % portion.grain
            self.kept[number] = max(before, reached)
            if portion.articles:
                useful += (self.kept[number] - before) / portion.articles * portion.seconds
            worked -= cleaning
            if worked < 0:
                break
        return cleaned, useful


class Simulation:
    """One run."""

    def __init__(
        self, tasks: Sequence[Sequence[Portion]], cluster: Cluster, seed: int, losses: Sequence[float] = ()
    ) -> None:
        """Put the tasks into the queue; see :func:`simulate`."""
        self.cluster = cluster
        self.random = random.Random(seed)  # noqa: S311  # nothing secret
        self.tasks = [Progress(portions) for portions in tasks]
        self.queue = deque(range(len(tasks)))
        self.next_round: list[int] = []
        self.unfinished = len(tasks)
        self.machines = [_Machine() for _ in range(cluster.machines)]
        self.events: list[tuple[float, int, int, int, int, int]] = []
        self.numbers = count()
        self.now = cluster.command_seconds
        self.busy = self.paid = self.needed = 0.0
        self.cleaned = self.finished = self.preemptions = self.interrupted = 0
        self.rounds = 1
        self.losses = deque(sorted(losses))

    def run(self) -> Outcome:
        """Run until every task has ended."""
        for number in range(len(self.machines)):
            self._arrive(number)
        while self.unfinished:
            if not self.queue and self.next_round and not any(machine.running for machine in self.machines):
                self._begin_round()
            self.now, kind, _, number, generation, task = heapq.heappop(self.events)
            machine = self.machines[number]
            if kind == _Event.BACK:
                self._arrive(number)
            elif generation != machine.generation:
                continue
            elif kind == _Event.ENDED:
                self._end(machine, task)
                self._fill(number)
            else:
                self._lose(number)
        for machine in self.machines:
            self._pay(machine)
        return Outcome(
            self.now, self.busy, self.paid, self.busy - self.needed, self.cleaned, self.finished, self.preemptions,
            self.interrupted, self.rounds,
        )  # fmt: skip

    def _begin_round(self) -> None:
        """Queue interrupted tasks again: the same command is given again."""
        self.rounds += 1
        self.now += self.cluster.command_seconds
        self.queue.extend(sorted(self.next_round))
        self.next_round.clear()
        for number, machine in enumerate(self.machines):
            if machine.is_there:
                self._fill(number)

    def _push(self, at: float, kind: _Event, number: int, task: int = -1) -> None:
        """Plan an event of a machine."""
        entry = (at, int(kind), next(self.numbers), number, self.machines[number].generation, task)
        heapq.heappush(self.events, entry)

    def _arrive(self, number: int) -> None:
        """A machine arrives."""
        machine, cluster = self.machines[number], self.cluster
        is_slow = self.random.random() < cluster.slow_share
        machine.speed = cluster.speed / (cluster.slow_factor if is_slow else 1.0)
        machine.since = self.now
        if cluster.preemptions_an_hour > 0:
            self._push(self.now + self.random.expovariate(cluster.preemptions_an_hour / 3600), _Event.LOST, number)
        if self.losses and number == 0:
            self._push(max(self.losses.popleft(), self.now), _Event.LOST, number)
        self._fill(number)

    def _fill(self, number: int) -> None:
        """Give a machine tasks from the queue."""
        machine = self.machines[number]
        while self.queue and len(machine.running) < self.cluster.slots:
            task = self.queue.popleft()
            machine.running[task] = self.now
            took = self.cluster.start_seconds + self.tasks[task].remaining() / machine.speed
            self._push(self.now + took, _Event.ENDED, number, task)

    def _end(self, machine: _Machine, task: int) -> None:
        """A task has ended."""
        began, progress = machine.running.pop(task), self.tasks[task]
        cleaned, useful = progress.interrupt(progress.remaining())
        once = sum(portion.overhead for portion in progress.portions)
        self.busy += self.now - began
        self.needed += self.cluster.start_seconds + (once + useful) / machine.speed
        self.cleaned += cleaned
        self.finished += sum(progress.kept)
        self.unfinished -= 1

    def _lose(self, number: int) -> None:
        """A machine is lost with its tasks."""
        machine, cluster = self.machines[number], self.cluster
        self.preemptions += 1
        self._pay(machine)
        for task, began in machine.running.items():
            took, progress = self.now - began, self.tasks[task]
            worked = max(took - cluster.start_seconds, 0.0) * machine.speed
            cleaned, useful = progress.interrupt(worked)
            self.busy += took
            self.needed += useful / machine.speed
            self.cleaned += cleaned
            self.interrupted += 1
        if cluster.requeued:
            self.queue.extendleft(sorted(machine.running, reverse=True))
        else:
            self.next_round += machine.running
        machine.running.clear()
        machine.speed = 0.0
        machine.generation += 1
        self._push(self.now + cluster.replacement_seconds, _Event.BACK, number)
        if cluster.requeued:
            for other, each in enumerate(self.machines):
                if each.is_there:
                    self._fill(other)

    def _pay(self, machine: _Machine) -> None:
        """Add what a machine that was there costs."""
        if machine.is_there:
            self.paid += (self.now - machine.since) * self.cluster.slots


def simulate(
    tasks: Sequence[Sequence[Portion]], cluster: Cluster, seed: int = 0, losses: Sequence[float] = ()
) -> Outcome:
    """Simulate a run.

    Args:
        tasks: the portions of each task, in the order in which the tasks are begun.
        cluster: the machines.
        seed: of everything random.
        losses: times at which the first machine is lost, beside those that are drawn.
    """
    return Simulation(tasks, cluster, seed, losses).run()
