"""How many configurations run for how long."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ato_hyperband import HyperBand, SettingsError
from ato_hyperband._brackets import grid_halving_plan, hyperband_brackets, largest_affordable


def sizes(plan):
    return [(rung.size, rung.resource) for rung in plan.rungs]


def test_algorithm_1_for_r_81_and_eta_3():
    assert [sizes(plan) for plan in hyperband_brackets(81, 1, 3)] == [
        [(81, 1), (27, 3), (9, 9), (3, 27), (1, 81)],
        [(34, 3), (11, 9), (3, 27), (1, 81)],
        [(15, 9), (5, 27), (1, 81)],
        [(8, 27), (2, 81)],
        [(5, 81)],
    ]


def test_halving_rate_one_third_means_eta_three():
    hyperband = HyperBand(
        None,
        {"x": {"param_type": "FLOAT", "param_range": (0, 1)}},
        halving_rate=1 / 3,
        resource="epochs",
        max_resource=81,
    )
    assert [plan.rungs[0].size for plan in hyperband.plans] == [81, 34, 15, 8, 5]


def test_with_finalists_the_last_few_all_train_to_the_end():
    assert [sizes(plan.with_finalists(3)) for plan in hyperband_brackets(81, 1, 3)] == [
        [(81, 1), (27, 3), (9, 9), (3, 81)],
        [(34, 3), (11, 9), (3, 81)],
        [(15, 9), (5, 27), (1, 81)],
        [(8, 27), (2, 81)],
        [(5, 81)],
    ]


def test_a_search_that_learns_on_a_budget_has_finalists_and_others_have_algorithm_1():
    def last_rungs(**options):
        space = {"x": {"param_type": "FLOAT", "param_range": (0, 1)}}
        hyperband = HyperBand(None, space, resource="epochs", max_resource=81, **options)
        return [plan.rungs[-1].size for plan in hyperband.plans]

    assert last_rungs(max_total_resource=500) == [3, 3, 1, 2, 5]
    assert last_rungs() == [1, 1, 1, 2, 5]
    assert last_rungs(max_total_resource=500, brackets="all") == [1, 1, 1, 2, 5]
    assert last_rungs(max_total_resource=500, sampler="random") == [1, 1, 1, 2, 5]


@pytest.mark.parametrize("s_max", range(1, 9))
@pytest.mark.parametrize("eta", [2, 3, 4, 10])
def test_powers_of_eta_are_not_missed_by_rounding(s_max, eta):
    first = hyperband_brackets(eta**s_max, 1, eta)[0]
    assert sizes(first) == [(eta ** (s_max - i), eta**i) for i in range(s_max + 1)]


@given(
    maximum=st.integers(1, 2000),
    minimum=st.integers(1, 50),
    eta=st.floats(1.3, 8),
    continues=st.booleans(),
)
@settings(max_examples=100, deadline=None)
def test_rungs_shrink_in_size_and_grow_in_resource(maximum, minimum, eta, continues):
    minimum = min(minimum, maximum)
    for plan in hyperband_brackets(maximum, minimum, eta):
        resources = [rung.resource for rung in plan.rungs]
        assert resources == sorted(resources)
        assert minimum <= resources[0]
        assert resources[-1] == maximum
        assert [r.size for r in plan.rungs] == sorted((r.size for r in plan.rungs), reverse=True)


@given(
    budget=st.integers(1, 2000),
    trials=st.one_of(st.none(), st.integers(1, 100)),
    continues=st.booleans(),
    s=st.integers(0, 4),
)
@settings(max_examples=100, deadline=None)
def test_a_shortened_bracket_is_within_both_budgets_and_cannot_be_wider(
    budget, trials, continues, s
):
    plan = hyperband_brackets(81, 1, 3)[4 - s]
    small = largest_affordable(plan, 3, continues, budget, trials)
    if small is None:
        assert plan.rungs[0].resource > budget
        return
    assert small.cost(continues) <= budget
    assert trials is None or small.rungs[0].size <= trials
    if trials is None and small.rungs[0].size < plan.rungs[0].size:
        assert plan.resized(small.rungs[0].size + 1, 3).cost(continues) > budget


def test_ten_trials_make_a_bracket_whose_winner_reaches_the_top():
    small = largest_affordable(hyperband_brackets(81, 1, 3)[0], 3, True, None, 10)
    assert sizes(small) == [(10, 9), (3, 27), (1, 81)]


@pytest.mark.parametrize(
    ("size", "kept", "smallest", "generations"),
    [
        (100, 0.3, 3, [100, 30, 9]),
        (100, 0.5, 1, [100, 50, 25, 12, 6, 3, 1]),
        (20, 0.3, 3, [20, 6]),
        (7, 0.5, 4, [7]),
        (81, 1 / 3, 1, [81, 27, 9, 3, 1]),
        (10, 0.9, 2, [10, 9, 8, 7, 6, 5, 4, 3, 2]),
    ],
)
def test_generations_without_a_resource(size, kept, smallest, generations):
    assert [rung.size for rung in grid_halving_plan(size, kept, smallest).rungs] == generations


class TestPlanning:
    SPACES = {"x": {"param_type": "INTEGER", "param_range": (1, 100)}}

    def test_number_of_generations(self):
        assert HyperBand(None, self.SPACES, 0.3, 3).num_generations() == 3

    def test_training_steps_grow_to_the_given_maximum(self):
        hyperband = HyperBand(None, self.SPACES, 0.3, 3)
        assert hyperband.compute_optimized_initial_training_steps(100) == [9, 30, 100]
        assert hyperband.compute_optimized_initial_training_steps(81) == [8, 25, 81]
        assert hyperband.compute_optimized_initial_training_steps(10) == [1, 3, 10]

    def test_no_steps_are_refused(self):
        with pytest.raises(SettingsError, match="max_steps must be at least 1: 0"):
            HyperBand(None, self.SPACES, 0.3, 3).compute_optimized_initial_training_steps(0)


SETTINGS_MISTAKES = [
    ({"halving_rate": 0}, "halving_rate is the share that goes on.*: 0"),
    ({"halving_rate": 1}, "halving_rate is the share that goes on.*: 1"),
    ({"halving_rate": "0.3"}, "halving_rate.*'0.3'"),
    ({"num_min_samples": 101}, "num_min_samples=101 is larger than the space, which has 100"),
    ({"num_min_samples": 0}, "num_min_samples must be a whole number of at least 1: 0"),
    ({"mode": "maximum"}, "unknown mode 'maximum'; did you mean 'max'"),
    ({"sampler": "tpee"}, "unknown sampler 'tpee'; did you mean 'tpe'"),
    ({"sampler": "random"}, "sampler='random' without a resource needs max_trials"),
    ({"scheduler": "asynch"}, "unknown scheduler 'asynch'; did you mean 'async'"),
    ({"scheduler": "async", "brackets": "all"}, "brackets='all' is for scheduler='sync'"),
    ({"scheduler": "async"}, "scheduler='async' needs a resource"),
    ({"resource": "epochs"}, "resource='epochs' needs max_resource"),
    ({"max_resource": 81}, "max_resource needs the name of the resource"),
    ({"resource": "epochs", "max_resource": 0}, "max_resource must be a positive number: 0"),
    ({"resource": "e", "max_resource": 3, "min_resource": 9}, "min_resource 9 is above max_res"),
    ({"max_trials": 0}, "max_trials must be a whole number of at least 1: 0"),
    ({"max_seconds": -1}, "max_seconds must be a positive number: -1"),
    ({"n_jobs": 0}, "n_jobs must be at least 1"),
    ({"storage": "postgres://x"}, "storage 'postgres://x' is not supported"),
    ({"storage": "sqlite:////no/such/folder/s.db"}, "folder that does not exist: /no/such/folder"),
]


@pytest.mark.parametrize(("given", "message"), SETTINGS_MISTAKES)
def test_a_wrong_argument_is_one_error_at_construction(given, message):
    with pytest.raises(SettingsError, match=message):
        HyperBand(None, TestPlanning.SPACES, **{"halving_rate": 0.3, "num_min_samples": 3, **given})
