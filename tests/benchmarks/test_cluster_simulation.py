"""The simulation of cluster runs: cases computed by hand, conservation, and what must grow with what."""

import importlib
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


@pytest.fixture(autouse=True)
def _path(monkeypatch):
    monkeypatch.syspath_prepend(BENCHMARKS)


@pytest.fixture
def model():
    return importlib.import_module("cluster_model")


@pytest.fixture
def simulation():
    return importlib.import_module("cluster_simulation")


@pytest.fixture
def inputs(simulation):
    return simulation.read_inputs(simulation.INPUTS)


def test_undisturbed_tasks_take_what_the_arithmetic_says(model):
    # 3 tasks of 10, 20 and 30 s, each with 1 s to start, on a machine of two slots at half speed; the command takes
    # 2 s: the first slot has 21 + 61, the second 41.
    tasks = [[model.Portion(5, seconds)] for seconds in (10.0, 20.0, 30.0)]
    found = model.simulate(tasks, model.Cluster(1, 2, speed=0.5, start_seconds=1.0, command_seconds=2.0))
    assert found.seconds == pytest.approx(2 + 21 + 61)
    assert found.busy == pytest.approx(21 + 41 + 61)
    assert found.paid == pytest.approx(2 * 82)
    assert found.wasted == pytest.approx(0)
    assert found[4:] == (15, 15, 0, 0, 1)


@pytest.mark.parametrize(
    ("grain", "rest", "cleaned"),
    [
        (1, 1 + 0.5 * 4 + 6, 10),  # 4 of 10 rows are kept, and compared in half of their time
        (3, 1 + 0.5 * 3 + 7, 11),  # 3 of them
        (10, 1 + 10, 14),  # a piece of a divided file is stored at its end
    ],
)
def test_a_task_that_is_interrupted_keeps_whole_grains(model, grain, rest, cleaned):
    # 1 s to start, then 10 articles in 10 s; the machine is lost after 5.5 s, when 4.5 are done, and is back after 3 s.
    task = [model.Portion(10, 10.0, grain=grain, check_share=0.5)]
    found = model.simulate([task], model.Cluster(1, 1, start_seconds=1.0, replacement_seconds=3.0), losses=[5.5])
    assert found.seconds == pytest.approx(5.5 + 3 + rest)
    assert found.wasted == pytest.approx(5.5 + rest - 11)
    assert (found.cleaned, found.finished, found.preemptions, found.interrupted) == (cleaned, 10, 1, 1)


def test_portions_that_are_done_are_kept_and_those_of_others_are_read_past_again(model):
    # Two pieces of 4 s with 1 s of reading; lost after 7 s: the first is stored, the second 1 s under way.
    task = [model.Portion(4, 4.0, overhead=1.0, grain=4)] * 2
    found = model.simulate([task], model.Cluster(1, 1), losses=[7.0])
    assert found.seconds == pytest.approx(7 + 5)
    assert found.wasted == pytest.approx(2)
    assert (found.cleaned, found.finished) == (4 + 1 + 4, 8)


def test_without_requeueing_interrupted_tasks_wait_for_the_next_command(model):
    tasks = [[model.Portion(1, 10.0)], [model.Portion(1, 10.0)], [model.Portion(1, 10.0)]]
    cluster = model.Cluster(1, 1, requeued=False, command_seconds=2.0)
    # The first is lost at 5 s, the others are done at 25 s, and the command takes 2 s again.
    found = model.simulate(tasks, cluster, losses=[5.0])
    assert (found.seconds, found.rounds) == (pytest.approx(25 + 2 + 10), 2)


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("requeued", [True, False])
def test_every_article_is_finished_once_whatever_happens(model, simulation, inputs, seed, requeued):
    files = simulation.files_of(200_000, simulation.MIX, inputs, 5, seed)
    assert sum(file.total() for file in files) == 200_000
    plan = simulation.plan_of(files, 60, inputs)
    cluster = simulation.cluster_of(32, inputs, preemptions_an_hour=40.0, slow_share=0.3, requeued=requeued)
    found = model.simulate(plan.tasks, cluster, seed)
    assert found.interrupted > 0
    assert found.finished == 200_000 <= found.cleaned
    assert 0 < found.wasted < found.busy <= found.paid
    assert found == model.simulate(plan.tasks, cluster, seed)


def test_pieces_of_divided_files_have_all_articles_and_bytes(simulation, inputs):
    files = simulation.files_of(100_000, simulation.MIX, inputs, 100, 1)
    plan = simulation.plan_of(files, 16, inputs)
    assert sum(portion.articles for task in plan.tasks for portion in task) == 100_000
    assert sum(map(len, plan.tasks)) > len(files)
    assert plan.joined == pytest.approx(sum(simulation.size_of(file, inputs) for file in files) / 1e6)
    whole = simulation.plan_of(files, 1, inputs)
    work = [sum(portion.seconds for task in each.tasks for portion in task) for each in (plan, whole)]
    assert work[0] == pytest.approx(work[1])


def test_more_cores_are_quicker_and_more_losses_cost_more(simulation, inputs):
    files = simulation.files_of(2_000_000, simulation.MIX, inputs, 16)
    plan = simulation.plan_of(files, 500, inputs)

    def run(cores, **changes):
        return simulation.run(plan, simulation.cluster_of(cores, inputs, **changes), inputs, 0.04)

    hours = [run(cores, preemptions_an_hour=0.0, slow_share=0.0).hours for cores in (1, 2, 16, 64)]
    assert hours == sorted(hours, reverse=True)
    assert hours[0] / hours[-1] < 64
    wasted = [run(64, preemptions_an_hour=rate).wasted for rate in (0.0, 2.0, 20.0)]
    assert wasted == sorted(wasted)
    assert wasted[-1] > wasted[0] == 0


def test_requests_are_repeated_as_often_as_they_fail(simulation):
    rng = simulation.np.random.default_rng(0)
    assert simulation.requests_of(1000, 0.0, rng) == (1000, 0)
    assert simulation.requests_of(1000, 1.0, rng) == (5000, 1000)
    made, failed = simulation.requests_of(1_000_000, 0.1, rng)
    assert made == pytest.approx(1_111_100, rel=0.01)
    assert failed == pytest.approx(10, abs=12)


def test_kinds_are_divided_exactly(simulation, inputs):
    files = simulation.files_of(10_000, simulation.MIX, inputs, 1)
    for kind, share in simulation.MIX.items():
        assert sum(file.articles[kind] for file in files) == pytest.approx(10_000 * share, abs=1)
