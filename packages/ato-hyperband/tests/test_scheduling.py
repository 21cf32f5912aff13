"""Properties of the schedulers, driven without any training."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ato_hyperband import SearchSpace
from ato_hyperband._asha import AsyncHalvingScheduler
from ato_hyperband._brackets import hyperband_brackets
from ato_hyperband._halving import HalvingScheduler
from ato_hyperband._random import mix, uniform
from ato_hyperband._sampling import RandomSampler
from ato_hyperband._scheduler import Budget
from ato_hyperband._tpe import TPESampler
from ato_hyperband._trial import Outcome

SPACE = SearchSpace(
    {
        "lr": {"param_type": "FLOAT", "param_range": (1e-5, 1e-1), "space_type": "LOG"},
        "width": {"param_type": "INTEGER", "param_range": (8, 256), "space_type": "LOG"},
        "kind": {"param_type": "CATEGORY", "categories": ["a", "b", "c"]},
    }
)
SAMPLERS = {"random": RandomSampler, "tpe": TPESampler}
budgets = st.one_of(
    st.integers(1, 1500).map(lambda resource: Budget(None, resource)),
    st.integers(1, 150).map(Budget),
    st.tuples(st.integers(1, 150), st.integers(1, 1500)).map(lambda limits: Budget(*limits)),
    st.just(Budget(sweeps=1)),
)


def sync(
    budget, sampler="random", seed=0, maximize=True, continues=True, maximum=27, adaptive=False
):
    plans = hyperband_brackets(maximum, 1, 3)
    if adaptive:
        plans = [plan.with_finalists(3) for plan in plans]
    drawn_by = SAMPLERS[sampler](SPACE, seed)
    return HalvingScheduler(plans, 3, drawn_by, budget, maximize, continues, adaptive)


def asha(budget, sampler="random", seed=0, maximize=True, continues=True):
    return AsyncHalvingScheduler(
        [1, 3, 9, 27], 3, SAMPLERS[sampler](SPACE, seed), budget, maximize, continues
    )


def metric(trial, resource):
    """A metric that improves with resource, differently for each trial."""
    return uniform(trial.seed) * (1 - 0.9**resource)


def drive(scheduler, workers=1, order=0, sign=1, fails=lambda trial: False, metric=metric):
    """Run a scheduler with so many jobs in flight, which end in an order settled by `order`."""
    running, steps = [], 0
    while not scheduler.finished:
        while len(running) < workers:
            job = scheduler.next()
            if job is None:
                break
            running.append(job)
        if not running:
            assert scheduler.finished
            break
        steps += 1
        job = running.pop(mix(order, steps) % len(running))
        value = None if fails(job.trial) else sign * metric(job.trial, job.resource)
        scheduler.report(job, Outcome(value))
    return scheduler


def story(scheduler):
    return [
        (
            t.number,
            t.bracket,
            sorted(t.params.items()),
            [(e.rung, e.resource) for e in t.evaluations],
        )
        for t in scheduler.trials
    ]


@given(budget=budgets, continues=st.booleans(), workers=st.integers(1, 8), order=st.integers(0, 9))
@settings(max_examples=100, deadline=None)
@pytest.mark.parametrize("make", [sync, asha])
def test_no_budget_is_ever_exceeded(make, budget, continues, workers, order):
    if make is asha and budget.sweeps:
        budget = Budget(trials=40)
    scheduler = drive(make(budget, continues=continues), workers, order)
    used = sum(
        e.resource - (before.resource if continues and before else 0)
        for t in scheduler.trials
        for before, e in zip([None, *t.evaluations], t.evaluations)
    )
    assert used == scheduler.spent
    assert budget.resource is None or used <= budget.resource
    assert budget.trials is None or len(scheduler.trials) <= budget.trials


@given(
    budget=budgets,
    workers=st.integers(2, 40),
    order=st.integers(0, 99),
    broken=st.integers(1, 6),
)
@settings(max_examples=60, deadline=None)
@pytest.mark.parametrize("adaptive", [False, True])
@pytest.mark.parametrize("sampler", ["random", "tpe"])
def test_trials_do_not_depend_on_the_number_of_workers(
    sampler, adaptive, budget, workers, order, broken
):
    fails = lambda trial: trial.seed % broken == 1
    alone = drive(sync(budget, sampler, adaptive=adaptive), fails=fails)
    together = drive(sync(budget, sampler, adaptive=adaptive), workers, order, fails=fails)
    assert story(alone) == story(together)
    assert alone.spent == together.spent


@given(seed=st.integers(0, 2**32), broken=st.integers(1, 4))
@settings(max_examples=40, deadline=None)
@pytest.mark.parametrize("adaptive", [False, True])
def test_exactly_the_best_third_goes_on(adaptive, seed, broken):
    fails = lambda trial: broken > 1 and trial.seed % broken == 1
    scheduler = drive(sync(Budget(sweeps=1), seed=seed, adaptive=adaptive), fails=fails)
    for bracket in scheduler.brackets:
        for rung in range(len(bracket.rungs) - 1):
            here, above = bracket.rungs[rung], bracket.rungs[rung + 1]
            alive = [t for t in here if t.evaluations[rung].outcome.metric is not None]
            alive.sort(key=lambda t: -t.evaluations[rung].outcome.metric)
            third = bracket.plan.rungs[rung].size // 3
            assert {t.number for t in above} == {t.number for t in alive[:third]}


@given(seed=st.integers(0, 2**32))
@settings(max_examples=25, deadline=None)
@pytest.mark.parametrize("sampler", ["random", "tpe"])
@pytest.mark.parametrize("make", [sync, asha])
def test_min_mirrors_max(make, sampler, seed):
    budget = Budget(resource=300)
    up = drive(make(budget, sampler, seed))
    down = drive(make(budget, sampler, seed, maximize=False), sign=-1)
    assert story(up) == story(down)


@given(seed=st.integers(0, 2**32))
@settings(max_examples=25, deadline=None)
@pytest.mark.parametrize("sampler", ["random", "tpe"])
def test_no_configuration_is_drawn_twice(sampler, seed):
    scheduler = drive(sync(Budget(resource=500), sampler, seed))
    keys = [SPACE.key(t.params) for t in scheduler.trials]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize("sampler", ["random", "tpe"])
@pytest.mark.parametrize("make", [sync, asha])
def test_a_small_space_is_used_up_and_the_search_ends(make, sampler):
    space = SearchSpace({"kind": {"param_type": "CATEGORY", "categories": ["a", "b", "c"]}})
    plans = hyperband_brackets(27, 1, 3)
    budget = Budget(trials=1000)
    if make is sync:
        scheduler = HalvingScheduler(plans, 3, SAMPLERS[sampler](space, 0), budget, True, True)
    else:
        scheduler = AsyncHalvingScheduler(
            [1, 3, 9, 27], 3, SAMPLERS[sampler](space, 0), budget, True, True
        )
    drive(scheduler)
    assert sorted(t.params["kind"] for t in scheduler.trials) == ["a", "b", "c"]


@pytest.mark.parametrize("make", [sync, asha])
def test_every_trial_is_retired_at_most_once_and_not_evaluated_afterwards(make):
    scheduler = make(Budget(trials=60))
    retired_at = {}
    while not scheduler.finished:
        job = scheduler.next()
        if job is None:
            break
        assert job.trial.number not in retired_at
        scheduler.report(job, Outcome(metric(job.trial, job.resource)))
        for trial in scheduler.retired[len(retired_at) :]:
            assert trial.number not in retired_at
            retired_at[trial.number] = True


def test_asha_promotes_as_soon_as_a_trial_is_in_the_best_third():
    scheduler = asha(Budget(trials=9))
    order = []
    while not scheduler.finished:
        job = scheduler.next()
        if job is None:
            break
        order.append((job.trial.number, job.rung))
        scheduler.report(job, Outcome(float(-job.trial.number)))
    assert order[:4] == [(0, 0), (1, 0), (2, 0), (0, 1)]


def test_a_greater_budget_goes_on_where_the_smaller_ended():
    scheduler = drive(sync(Budget(resource=200)))
    before = story(scheduler)
    scheduler.extend(Budget(resource=400))
    drive(scheduler)
    assert 200 < scheduler.spent <= 400
    assert story(scheduler)[: len(before)] == before


def numbers(count):
    field = {"param_type": "FLOAT", "param_range": (0.0, 1.0)}
    return SearchSpace({f"x{k:02d}": field for k in range(count)})


def first_draws(space, count, seed=0):
    sampler = TPESampler(space, seed)
    return [tuple(sampler.draw(number, 0).params.values()) for number in range(count)]


def is_vertex(point):
    return all(x in (0.0, 1.0) for x in point)


class TestFirstDraws:
    """Before anything is known: points inside the space and vertices of it in turn."""

    def test_every_other_is_a_vertex_until_there_are_32(self):
        draws = first_draws(numbers(8), 100)
        assert [n for n, point in enumerate(draws) if is_vertex(point)] == list(range(1, 64, 2))

    @pytest.mark.parametrize("dimensions", [1, 2, 3, 4, 5])
    def test_a_small_space_has_each_vertex_once(self, dimensions):
        vertices = [p for p in first_draws(numbers(dimensions), 81) if is_vertex(p)]
        assert len(vertices) == len(set(vertices)) == 2**dimensions

    @pytest.mark.parametrize("seed", range(3))
    def test_the_effect_of_no_number_is_mixed_up_with_that_of_any_pair(self, seed):
        vertices = [p for p in first_draws(numbers(16), 64, seed) if is_vertex(p)]
        signs = [[2 * x - 1 for x in point] for point in vertices]
        for i, j in itertools.combinations(range(16), 2):
            assert sum(s[i] * s[j] for s in signs) == 0
        for i, j, k in itertools.combinations(range(16), 3):
            assert sum(s[i] * s[j] * s[k] for s in signs) == 0

    def test_the_seed_says_in_which_order_the_vertices_come(self):
        assert (
            first_draws(numbers(3), 16, seed=1)[1::2] != first_draws(numbers(3), 16, seed=2)[1::2]
        )

    def test_categories_have_no_ends_and_come_evenly(self):
        draws = [TPESampler(SPACE, 0).draw(number, 0).params for number in range(300)]
        counts = [sum(params["kind"] == kind for params in draws) for kind in "abc"]
        assert max(counts) - min(counts) <= 6

    def test_ends_of_ranges_are_met_exactly(self):
        space = SearchSpace(
            {
                "lr": {"param_type": "FLOAT", "param_range": (1e-4, 0.3), "space_type": "LOG"},
                "width": {"param_type": "INTEGER", "param_range": (7, 300), "space_type": "LOG"},
            }
        )
        ends = set(itertools.product((1e-4, 0.3), (7, 300)))
        assert ends <= set(first_draws(space, 8))


def test_the_model_finds_room_between_the_trials_of_a_small_space():
    space = SearchSpace({"lr": {"param_type": "FLOAT", "param_range": (0.0, 1.0)}})
    sampler, origins = TPESampler(space, 0), []
    for number in range(200):
        trial = sampler.draw(number, 0)
        origins.append(trial.origin)
        sampler.observe(trial, 1, abs(trial.params["lr"] - 0.3))
    assert origins[-100:].count("model") > 50


def test_values_that_the_model_draws_are_plain_numbers():
    sampler = TPESampler(numbers(2), 0)
    trials = []
    for number in range(40):
        trials.append(sampler.draw(number, 0))
        sampler.observe(trials[-1], 1, abs(trials[-1].params["x00"] - 0.3))
    drawn = [trial.params for trial in trials if trial.origin == "model"]
    assert {type(value) for params in drawn for value in params.values()} == {float}


class TestAdaptiveBrackets:
    """After one sweep, two of three brackets are of the kind whose winners were best."""

    def kinds(self, metric_of):
        scheduler = drive(sync(Budget(resource=10 * 357), adaptive=True), metric=metric_of)
        return [bracket.plan.s for bracket in scheduler.brackets]

    def test_each_kind_runs_once_at_first(self):
        assert self.kinds(metric)[:4] == [3, 2, 1, 0]

    def test_where_the_first_epochs_tell_the_last_halving_early_wins(self):
        chosen = self.kinds(lambda trial, resource: uniform(trial.seed))[4:]
        assert chosen.count(3) >= 0.6 * len(chosen)

    def test_where_they_mislead_halving_late_wins(self):
        def misleading(trial, resource):
            value = uniform(trial.seed)
            return value if resource == 27 else 1 - value

        chosen = self.kinds(misleading)[4:]
        assert chosen.count(0) >= 0.6 * len(chosen)
        assert {1, 2, 3} <= set(chosen)
