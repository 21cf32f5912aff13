"""Who goes on to the next rung: exactly the best, whatever order results arrive in."""

import math
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ato_hyperband import AllTrialsFailedError, HyperBand

SPACES = {
    "lr": {"param_type": "FLOAT", "param_range": (1e-5, 1e-1), "space_type": "LOG"},
    "width": {"param_type": "INTEGER", "param_range": (8, 256), "space_type": "LOG"},
    "kind": {"param_type": "CATEGORY", "categories": ["a", "b", "c"]},
}


class Task:
    def __init__(self, executor, call):
        self.executor, self.call = executor, call

    def done(self):
        return self.executor.next_to_end() is self

    def result(self):
        self.executor.end(self)
        return self.call()

    def cancel(self):
        pass


class Shuffled:
    """An executor whose tasks end one at a time, in an order that a seed settles."""

    def __init__(self, workers, order):
        self.num_workers, self.pick = workers, random.Random(order)
        self.pending, self.chosen = [], None

    def submit(self, function, *args):
        self.pending.append(Task(self, lambda: function(*args)))
        return self.pending[-1]

    def next_to_end(self):
        if self.chosen is None:
            self.chosen = self.pick.choice(self.pending)
        return self.chosen

    def end(self, task):
        self.pending.remove(task)
        self.chosen = None


def hyperband(**options):
    options = {"resource": "epochs", "max_resource": 27, "sampler": "random", "seed": 0, **options}
    return HyperBand(None, SPACES, **options)


def objective(broken=1, sign=1, continues=True):
    """A metric that improves with the resource, differently for each trial; some trials fail."""

    def check(config):
        if config.trial.seed % broken == 1:
            raise RuntimeError("on purpose")

    def yields(config):
        check(config)
        for epoch in range(1, config.epochs + 1):
            yield sign * config.trial.seed / 2**32 * (1 - 0.9**epoch)

    def returns(config):
        check(config)
        return sign * config.trial.seed / 2**32 * (1 - 0.9**config.epochs)

    return yields if continues else returns


def run(search, function):
    """The result, or None where no trial gave a metric."""
    try:
        return search.run(function, [])
    except AllTrialsFailedError:
        return None


def story(result):
    return result and [
        (t.number, t.bracket, t.params, [(e.rung, e.resource) for e in t.evaluations])
        for t in result.trials
    ]


limits = st.one_of(
    st.fixed_dictionaries({"max_total_resource": st.integers(1, 600)}),
    st.fixed_dictionaries({"max_trials": st.integers(1, 80)}),
    st.fixed_dictionaries(
        {"max_trials": st.integers(1, 80), "max_total_resource": st.integers(1, 600)}
    ),
    st.just({}),
)


@given(limits=limits, continues=st.booleans(), workers=st.integers(1, 8), order=st.integers(0, 9))
@settings(max_examples=30, deadline=None)
@pytest.mark.parametrize("scheduler", ["sync", "async"])
def test_no_budget_is_ever_exceeded(scheduler, limits, continues, workers, order):
    search = hyperband(scheduler=scheduler, executor=Shuffled(workers, order), **limits)
    result = search.run(objective(continues=continues), [])
    used = sum(
        e.resource - (before.resource if continues and before else 0)
        for t in result.trials
        for before, e in zip([None, *t.evaluations], t.evaluations)
    )
    assert used == result.total_resource == sum(added for added, _ in result.history())
    assert used <= limits.get("max_total_resource", used)
    assert len(result.trials) <= limits.get("max_trials", len(result.trials))


@given(
    limits=limits,
    workers=st.integers(2, 40),
    order=st.integers(0, 99),
    broken=st.integers(1, 6),
)
@settings(max_examples=15, deadline=None)
@pytest.mark.parametrize("brackets", ["all", "adaptive"])
@pytest.mark.parametrize("sampler", ["random", "tpe"])
def test_trials_do_not_depend_on_the_number_of_workers(
    sampler, brackets, limits, workers, order, broken
):
    options = {"sampler": sampler, "brackets": brackets, **limits}
    alone = run(hyperband(**options), objective(broken))
    together = run(hyperband(executor=Shuffled(workers, order), **options), objective(broken))
    assert story(alone) == story(together)
    if alone is not None:
        assert alone.total_resource == together.total_resource
        assert (alone.metric, alone.best.number) == (together.metric, together.best.number)


@given(seed=st.integers(0, 2**32), broken=st.integers(1, 4))
@settings(max_examples=25, deadline=None)
@pytest.mark.parametrize("mode", ["max", "min"])
@pytest.mark.parametrize("brackets", ["all", "adaptive"])
def test_exactly_the_best_third_goes_on(brackets, mode, seed, broken):
    search = hyperband(brackets=brackets, seed=seed, mode=mode)
    sizes = [[rung.size for rung in plan.rungs] for plan in search.plans]
    result = search.run(objective(broken), [])
    for bracket, planned in enumerate(sizes):
        trials = [t for t in result.trials if t.bracket == bracket]
        for rung in range(len(planned) - 1):
            here = [t for t in trials if len(t.evaluations) > rung]
            alive = [t for t in here if t.evaluations[rung].outcome.metric is not None]
            alive.sort(key=lambda t: t.evaluations[rung].outcome.metric, reverse=mode == "max")
            above = {t.number for t in trials if len(t.evaluations) > rung + 1}
            assert above == {t.number for t in alive[: planned[rung] // 3]}


@given(seed=st.integers(0, 2**32))
@settings(max_examples=5, deadline=None)
@pytest.mark.parametrize("sampler", ["random", "tpe"])
@pytest.mark.parametrize("scheduler", ["sync", "async"])
def test_min_mirrors_max(scheduler, sampler, seed):
    options = {"scheduler": scheduler, "sampler": sampler, "seed": seed, "max_total_resource": 90}
    up = hyperband(**options).run(objective(), [])
    down = hyperband(mode="min", **options).run(objective(sign=-1), [])
    assert story(up) == story(down)
    assert (up.metric, up.best.number) == (-down.metric, down.best.number)


def test_of_equal_metrics_the_earlier_trials_go_on():
    result = hyperband(max_resource=9).run(lambda config: 1.0, [])
    assert [t.number for t in result.trials if t.resource == 9] == [0, 9, 14, 15, 16]


def test_trials_that_fail_leave_their_places_empty():
    def train(config):
        if config.trial.number < 8:
            raise RuntimeError("on purpose")
        return config.lr

    result = hyperband(max_resource=9).run(train, [])
    first = [t for t in result.trials if t.bracket == 0]
    assert [len(t.evaluations) for t in first] == [1] * 8 + [3]


@pytest.mark.parametrize("scheduler", ["sync", "async"])
@pytest.mark.parametrize("mode", ["max", "min"])
def test_a_trial_that_is_out_is_closed_once_and_not_asked_again(scheduler, mode):
    closed, asked = [], []

    def train(config):
        number = config.trial.number
        try:
            while True:
                assert number not in closed
                asked.append(number)
                yield config.lr
        finally:
            closed.append(number)

    result = hyperband(scheduler=scheduler, mode=mode, max_trials=40).run(train, [])
    assert sorted(closed) == sorted(set(asked)) == [t.number for t in result.trials]


class TestAsynchronousHalving:
    def order(self, metric, **options):
        asked = []

        def train(config):
            asked.append((config.trial.number, config.trial.rung))
            return metric(config.trial.number)

        hyperband(scheduler="async", brackets="one", **options).run(train, [])
        return asked

    def test_a_trial_is_promoted_as_soon_as_it_is_in_the_best_third(self):
        asked = self.order(lambda number: -number, max_trials=9)
        assert asked[:4] == [(0, 0), (1, 0), (2, 0), (0, 1)]

    def test_the_highest_rung_is_served_first(self):
        asked = self.order(lambda number: -number, max_trials=9)
        assert asked == [
            *[(0, 0), (1, 0), (2, 0), (0, 1)],
            *[(3, 0), (4, 0), (5, 0), (1, 1)],
            *[(6, 0), (7, 0), (8, 0), (2, 1), (0, 2)],
            (0, 3),  # nothing else is left to do, and no trial was trained to the end
        ]

    def test_one_that_gets_better_late_is_promoted_late(self):
        asked = self.order(lambda number: number, max_trials=6)
        assert asked[:4] == [(0, 0), (1, 0), (2, 0), (2, 1)]
        assert (5, 1) in asked

    def test_failures_count_as_reports_but_never_go_on(self):
        def train(config):
            if config.trial.number in (0, 1):
                raise RuntimeError("on purpose")
            return config.lr

        result = hyperband(scheduler="async", max_trials=3).run(train, [])
        assert [len(t.evaluations) for t in result.trials] == [1, 1, 3]  # to the end at last

    def test_newcomers_go_to_one_bracket_after_the_other(self):
        search = hyperband(scheduler="async")
        result = search.run(lambda config: config.lr, [])
        begun = [trial.evaluations[0].resource for trial in result.trials]
        assert begun == [1] * 27 + [27] * 4 + [3] * 12 + [9] * 6

    @pytest.mark.parametrize("brackets", ["all", "one"])
    @pytest.mark.parametrize("continues", [True, False])
    @given(seed=st.integers(0, 99), budget=st.integers(28, 150), n_failing=st.integers(0, 3))
    @settings(max_examples=6, deadline=None)
    def test_some_trial_is_trained_to_the_end_within_any_budget_that_allows_it(
        self, brackets, continues, seed, budget, n_failing
    ):
        def train(config):
            if config.trial.number < n_failing:
                raise RuntimeError("on purpose")
            return config.lr * config.trial.resource

        def generate(config):
            yield from (train(config) for _ in range(config.epochs))

        options = {"scheduler": "async", "brackets": brackets, "seed": seed}
        options["max_total_resource"] = budget + 27  # failures may take some of it
        result = hyperband(**options).run(generate if continues else train, [])
        assert result.resource == 27
        assert result.total_resource <= budget + 27

    @pytest.mark.parametrize("max_trials", [1, 2, 5, 11])
    def test_some_trial_is_trained_to_the_end_however_few_there_are(self, max_trials):
        result = hyperband(scheduler="async", max_trials=max_trials).run(lambda c: c.lr, [])
        assert (len(result.trials), result.resource) == (max_trials, 27)

    def test_workers_wait_for_the_best_of_those_trained_furthest(self):
        options = {"scheduler": "async", "max_trials": 5, "n_jobs": 2}
        assert hyperband(**options).run(lambda config: config.lr, []).resource == 27

    def test_without_a_budget_it_draws_as_many_as_a_sweep_of_hyperband(self):
        search = hyperband(scheduler="async")
        result = search.run(lambda config: config.lr, [])
        assert len(result.trials) == sum(plan.rungs[0].size for plan in search.plans)

    @given(seed=st.integers(0, 2**32))
    @settings(max_examples=20, deadline=None)
    def test_who_is_promoted_is_in_the_best_third_at_that_moment(self, seed):
        reported = [[] for _ in range(4)]

        def train(config):
            trial, value = config.trial, config.trial.seed / 2**32
            if trial.rung:
                below = reported[trial.rung - 1]
                better = sum(other > value for other in below)
                assert better < len(below) // 3
            reported[trial.rung].append(value)
            return value

        options = {"scheduler": "async", "brackets": "one", "seed": seed}
        result = hyperband(max_trials=60, **options).run(train, [])
        assert result.failed == []
        assert len(reported[1]) >= 20


class TestAdaptiveBrackets:
    """After one sweep, brackets are of the kind whose winners were best."""

    HALVINGS = {1: 3, 3: 2, 9: 1, 27: 0}

    def kinds(self, metric_of):
        return self.kinds_by(lambda trial, epoch: metric_of(trial.seed / 2**32, epoch))

    def kinds_by(self, metric_of):
        def train(config):
            for epoch in range(1, 28):
                yield metric_of(config.trial, epoch)

        result = hyperband(brackets="adaptive", max_total_resource=10 * 357).run(train, [])
        kinds = {}
        for trial in result.trials:
            kinds[trial.bracket] = self.HALVINGS[trial.evaluations[0].resource]
        return [kind for _, kind in sorted(kinds.items())]

    def test_each_kind_runs_once_at_first(self):
        assert self.kinds(lambda value, epoch: value * (1 - 0.9**epoch))[:4] == [3, 2, 1, 0]

    def bracket(self, number):
        """The trials of a bracket; even ones fall from behind to the front, odd ones stay."""

        def train(config):
            trial = config.trial.number
            for epoch in range(1, 28):
                yield 3 * trial + (0 if trial % 2 else 11 - 15 * math.log(epoch, 27))

        options = {"sampler": "tpe", "max_total_resource": 10 * 357, "mode": "min"}
        result = hyperband(**options).run(train, [])
        assert "model" in {trial.origin for trial in result.trials}
        return [trial for trial in result.trials if trial.bracket == number]

    def test_the_second_bracket_owes_the_model_nothing(self):
        assert {trial.origin for trial in self.bracket(1)} == {"random"}

    def test_in_the_first_bracket_those_go_on_that_are_ahead(self):
        assert [t.number for t in self.bracket(0) if t.resource == 27] == [0, 1, 3]

    def test_in_the_second_bracket_those_go_on_whose_losses_lead_furthest(self):
        second = self.bracket(1)
        looked_at = {t.number: t.evaluations[1].outcome.metric for t in second if t.rung >= 1}
        assert min(looked_at, key=looked_at.get) == 27
        assert [t.number for t in second if t.resource == 27] == [28]

    def test_where_the_first_epochs_tell_the_last_halving_early_wins(self):
        chosen = self.kinds(lambda value, epoch: value)[4:]
        assert chosen.count(3) >= 0.6 * len(chosen)

    def test_where_they_mislead_halving_late_wins(self):
        chosen = self.kinds(lambda value, epoch: value if epoch == 27 else 1 - value)[4:]
        assert chosen.count(0) >= 0.6 * len(chosen)

    def test_a_kind_that_ceases_to_win_is_left(self):
        """Whatever found the best in the first sweep finds nothing from the second on."""
        first, *later = self.kinds_by(lambda trial, epoch: 9 - trial.bracket)[4:]
        assert first == 3
        assert set(later) >= {0, 1, 2}


class TestWhereEarlyResultsMislead:
    """Two signs of it after two brackets, and all that follow choose at 27 epochs or never."""

    FIRST = [1, 3]

    def searched(self, slope, **options):
        """Losses are lines in the logarithm of the epoch, which lead down by 1 - slope * value."""

        def train(config):
            value = config.trial.seed / 2**32
            for epoch in range(1, 82):
                yield value + (1 - slope * value) * math.log(epoch, 81)

        options = {"sampler": "tpe", "max_resource": 81, "mode": "min", **options}
        return hyperband(**{"max_total_resource": 40 * 81, **options}).run(train, [])

    def looks(self, result):
        """By bracket, the epoch of its first look."""
        found = {trial.bracket: trial.evaluations[0].resource for trial in result.trials}
        return [resource for _, resource in sorted(found.items())]

    def test_no_bracket_after_the_second_chooses_early(self):
        first, second, *others = self.looks(self.searched(slope=1.6))
        assert [first, second] == self.FIRST
        assert others[:2] == [81, 27]
        assert len(others) >= 5
        assert set(others) == {27, 81}

    def test_the_model_learns_from_whole_trainings_only(self):
        trials = self.searched(slope=1.6).trials
        origins = {b: {t.origin for t in trials if t.bracket == b} for b in range(2, 6)}
        # Six such trainings are known when the third bracket begins: too few for a model.
        assert origins[2] == origins[3] == {"random"}
        assert "model" in origins[4] | origins[5]

    @pytest.mark.parametrize("slope", [0, 0.5, 0.9])
    def test_where_who_leads_stays_ahead_all_brackets_have_their_turn(self, slope):
        assert self.looks(self.searched(slope))[:5] == [*self.FIRST, 9, 27, 81]

    def test_a_limit_of_trials_buys_no_longer_ones(self):
        limits = {"max_trials": 160, "max_total_resource": None}
        assert self.looks(self.searched(slope=1.6, **limits))[:4] == [*self.FIRST, 9, 27]

    @pytest.mark.parametrize("workers", [2, 5, 40])
    def test_trials_are_the_same_for_any_number_of_workers(self, workers):
        for slope in (0.5, 1.6):
            together = self.searched(slope, executor=Shuffled(workers, order=workers))
            assert story(together) == story(self.searched(slope))


@pytest.mark.parametrize("continues", [True, False])
@pytest.mark.parametrize("brackets", ["all", "one"])
@pytest.mark.parametrize("total", range(1, 60))
def test_any_budget_that_holds_a_trial_finds_one_asynchronously(total, brackets, continues):
    search = hyperband(scheduler="async", brackets=brackets, max_total_resource=total)
    result = run(search, objective(continues=continues))
    cheapest = min(plan.rungs[0].resource for plan in search.plans)
    assert (result is not None) == (total >= cheapest)
    if brackets == "all" and total >= 27:
        assert result.resource == 27
