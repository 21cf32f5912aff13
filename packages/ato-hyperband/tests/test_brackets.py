"""How many configurations run for how long: Algorithm 1, generations, what budgets leave."""

import math

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from ato_hyperband import HyperBand, SettingsError

X = {"x": {"param_type": "FLOAT", "param_range": (0, 1)}}


def hyperband(**options):
    options = {"resource": "epochs", "max_resource": 81, "sampler": "random", "seed": 0, **options}
    return HyperBand(None, X, **options)


def planned(**options):
    return [[(r.size, r.resource) for r in plan.rungs] for plan in hyperband(**options).plans]


def ran(result):
    """(size, resource) of each rung, bracket by bracket, as the trials tell it."""
    brackets = {}
    for trial in result.trials:
        rungs = brackets.setdefault(trial.bracket, {})
        for evaluation in trial.evaluations:
            rungs[evaluation.resource] = rungs.get(evaluation.resource, 0) + 1
    return [
        [(size, resource) for resource, size in sorted(rungs.items())]
        for _, rungs in sorted(brackets.items())
    ]


def yields(config):
    for epoch in range(1, config.epochs + 1):
        yield config.x * epoch


def algorithm_1(maximum, eta):
    """Li et al., JMLR 18, page 8, for whole numbers: the rungs of each bracket."""
    s_max = 0
    while eta ** (s_max + 1) <= maximum:
        s_max += 1
    brackets = []
    for s in range(s_max, -1, -1):
        n = -(-(s_max + 1) * eta**s // (s + 1))
        sizes = [n // eta**i for i in range(s + 1)]
        resources = [
            max(1, (2 * maximum + eta ** (s - i)) // (2 * eta ** (s - i))) for i in range(s + 1)
        ]
        brackets.append(list(zip(sizes, resources)))
    return brackets


R_81 = [
    [(81, 1), (27, 3), (9, 9), (3, 27), (1, 81)],
    [(34, 3), (11, 9), (3, 27), (1, 81)],
    [(15, 9), (5, 27), (1, 81)],
    [(8, 27), (2, 81)],
    [(5, 81)],
]


def test_algorithm_1_for_r_81_and_eta_3():
    assert planned() == R_81


def test_a_search_runs_the_brackets_it_planned():
    assert ran(hyperband().run(lambda config: config.x, [])) == R_81


def test_a_generator_runs_the_same_brackets_as_a_function():
    assert ran(hyperband().run(yields, [])) == R_81


def test_halving_rate_one_third_means_eta_three():
    assert planned(halving_rate=1 / 3) == planned(halving_rate=0.3333333333333333) == R_81


@given(maximum=st.integers(1, 1000), eta=st.integers(2, 7))
@settings(max_examples=100, deadline=None)
def test_the_plan_is_algorithm_1_computed_by_hand(maximum, eta):
    assert planned(max_resource=maximum, halving_rate=1 / eta) == algorithm_1(maximum, eta)


@given(maximum=st.integers(1, 40), eta=st.integers(2, 4))
@settings(max_examples=25, deadline=None)
def test_trials_and_resources_of_each_bracket_are_those_of_algorithm_1(maximum, eta):
    result = hyperband(max_resource=maximum, halving_rate=1 / eta).run(lambda config: config.x, [])
    expected = algorithm_1(maximum, eta)
    assert ran(result) == expected
    assert len(result.trials) == sum(bracket[0][0] for bracket in expected)
    assert result.total_resource == sum(n * r for bracket in expected for n, r in bracket)


@pytest.mark.parametrize("s_max", range(1, 9))
@pytest.mark.parametrize("eta", [2, 3, 4, 10])
def test_powers_of_eta_are_not_missed_by_rounding(s_max, eta):
    first = planned(max_resource=eta**s_max, halving_rate=1 / eta)[0]
    assert first == [(eta ** (s_max - i), eta**i) for i in range(s_max + 1)]


@given(maximum=st.integers(1, 2000), minimum=st.integers(1, 50), eta=st.floats(1.3, 8))
@settings(max_examples=100, deadline=None)
def test_rungs_shrink_in_size_and_grow_in_resource(maximum, minimum, eta):
    minimum = min(minimum, maximum)
    for rungs in planned(max_resource=maximum, min_resource=minimum, halving_rate=1 / eta):
        sizes, resources = zip(*rungs)
        assert list(resources) == sorted(resources)
        assert minimum <= resources[0]
        assert resources[-1] == maximum
        assert list(sizes) == sorted(sizes, reverse=True)


def test_a_resource_may_be_a_fraction():
    first = planned(max_resource=1.0, min_resource=0.1)[0]
    assert [size for size, _ in first] == [9, 3, 1]
    assert [resource for _, resource in first] == pytest.approx([1 / 9, 1 / 3, 1])


class TestFinalists:
    """In a search that learns on a budget the last few all train to the end."""

    def test_the_last_choice_among_eta_or_fewer_is_not_made(self):
        assert planned(brackets="adaptive") == [
            [(81, 1), (27, 3), (9, 9), (3, 81)],
            [(34, 3), (11, 9), (3, 81)],
            [(15, 9), (5, 27), (1, 81)],
            [(8, 27), (2, 81)],
            [(5, 81)],
        ]

    @pytest.mark.parametrize(
        ("options", "last_rungs"),
        [
            ({"sampler": "tpe", "max_total_resource": 500}, [3, 3, 1, 2, 5]),
            ({"sampler": "tpe", "max_trials": 50}, [3, 3, 1, 2, 5]),
            ({"sampler": "tpe", "max_seconds": 5}, [3, 3, 1, 2, 5]),
            ({"sampler": "tpe"}, [1, 1, 1, 2, 5]),
            ({"sampler": "tpe", "max_total_resource": 500, "brackets": "all"}, [1, 1, 1, 2, 5]),
            ({"sampler": "random", "max_total_resource": 500}, [1, 1, 1, 2, 5]),
        ],
    )
    def test_finalists_are_the_default_of_a_search_that_learns_on_a_budget(
        self, options, last_rungs
    ):
        assert [rungs[-1][0] for rungs in planned(**options)] == last_rungs


def cost(rungs, continues):
    befores = [0, *(resource for _, resource in rungs)] if continues else [0] * len(rungs)
    return sum(size * (resource - before) for (size, resource), before in zip(rungs, befores))


class TestWhatABudgetLeaves:
    @given(budget=st.integers(1, 120), continues=st.booleans())
    @settings(max_examples=40, deadline=None)
    def test_a_bracket_is_as_wide_as_the_budget_allows_and_no_wider(self, budget, continues):
        whole = [(27, 1), (9, 3), (3, 9), (1, 27)]
        assume(budget < cost(whole, continues))
        search = hyperband(max_resource=27, max_total_resource=budget)
        first = ran(search.run(yields if continues else (lambda config: config.x), []))[0]
        assert cost(first, continues) <= budget
        wider = [((first[0][0] + 1) // 3**i, 3**i) for i in range(4)]
        assert cost(wider, continues) > budget
        assert [size for size, _ in first] == [first[0][0] // 3**i for i in range(len(first))]

    @given(trials=st.integers(1, 26), budget=st.one_of(st.none(), st.integers(30, 500)))
    @settings(max_examples=40, deadline=None)
    def test_few_trials_are_spent_on_brackets_that_are_within_both_budgets(self, trials, budget):
        search = hyperband(max_resource=27, max_trials=trials, max_total_resource=budget)
        result = search.run(lambda config: config.x, [])
        assert len(result.trials) <= trials
        assert budget is None or result.total_resource <= budget
        if budget is None:
            assert len(result.trials) == trials

    def test_ten_trials_make_a_bracket_whose_winner_reaches_the_top(self):
        result = hyperband(max_trials=10).run(lambda config: config.x, [])
        assert ran(result) == [[(10, 9), (3, 27), (1, 81)]]

    def test_brackets_are_repeated_until_the_budget_is_used(self):
        result = hyperband(max_resource=9, max_trials=17 * 2 + 3).run(lambda config: config.x, [])
        sweep = [[(9, 1), (3, 3), (1, 9)], [(5, 3), (1, 9)], [(3, 9)]]
        assert ran(result) == [*sweep, *sweep, [(3, 3), (1, 9)]]


def generations(size, kept, smallest):
    """Sizes of halving without a resource, computed by hand."""
    sizes = [size]
    while True:
        following = math.floor(sizes[-1] * kept + 1e-9)
        if following < smallest or following == sizes[-1]:
            return sizes
        sizes.append(following)


@pytest.mark.parametrize(
    ("size", "kept", "smallest", "expected"),
    [
        (100, 0.3, 3, [100, 30, 9]),
        (100, 0.5, 1, [100, 50, 25, 12, 6, 3, 1]),
        (20, 0.3, 3, [20, 6]),
        (7, 0.5, 4, [7]),
        (81, 1 / 3, 1, [81, 27, 9, 3, 1]),
        (10, 0.9, 2, [10, 9, 8, 7, 6, 5, 4, 3, 2]),
    ],
)
def test_generations_without_a_resource(size, kept, smallest, expected):
    spaces = {"x": {"param_type": "INTEGER", "param_range": (1, size)}}
    hyperband = HyperBand(None, spaces, kept, smallest)
    assert [rung.size for rung in hyperband.plans[0].rungs] == expected
    assert expected == generations(size, kept, smallest)


@given(size=st.integers(1, 200), kept=st.floats(0.05, 0.95), smallest=st.integers(1, 60))
@settings(max_examples=100, deadline=None)
def test_each_generation_is_the_share_of_the_one_before(size, kept, smallest):
    spaces = {"x": {"param_type": "INTEGER", "param_range": (1, size)}}
    plan = HyperBand(None, spaces, kept, min(size, smallest)).plans[0]
    assert [rung.size for rung in plan.rungs] == generations(size, kept, min(size, smallest))


@given(size=st.integers(1, 60), kept=st.floats(0.05, 0.95))
@settings(max_examples=40, deadline=None)
def test_each_generation_holds_the_best_of_the_one_before(size, kept):
    spaces = {"x": {"param_type": "INTEGER", "param_range": (1, size)}}
    logs = HyperBand(None, spaces, kept).run(lambda config: config.x, []).logs
    assert len(logs[0]) == size
    for generation in logs:
        assert [e.x for e in generation] == list(range(size, size - len(generation), -1))


def generations_run(size, kept):
    spaces = {"x": {"param_type": "INTEGER", "param_range": (1, size)}}
    hyperband = HyperBand(None, spaces, kept)
    planned = [rung.size for rung in hyperband.plans[0].rungs]
    logs = hyperband.run(lambda config: config.x, []).logs
    return planned, [len(generation) for generation in logs]


@pytest.mark.parametrize(("size", "kept"), [(81, 1 / 3), (100, 0.5), (100, 0.3), (5, 0.1)])
def test_the_generations_that_run_are_those_planned(size, kept):
    planned, ran = generations_run(size, kept)
    assert ran == planned


@pytest.mark.parametrize(("size", "kept"), [(10, 0.9), (20, 0.7)])
def test_the_generations_that_run_are_those_planned_whatever_the_rounding(size, kept):
    planned, ran = generations_run(size, kept)
    assert ran == planned


class TestPlanning:
    SPACES = {"x": {"param_type": "INTEGER", "param_range": (1, 100)}}

    def test_number_of_generations(self):
        assert HyperBand(None, self.SPACES, 0.3, 3).num_generations() == 3

    def test_number_of_rungs_with_a_resource(self):
        assert hyperband().num_generations() == 5

    def test_training_steps_grow_to_the_given_maximum(self):
        hyperband = HyperBand(None, self.SPACES, 0.3, 3)
        assert hyperband.compute_optimized_initial_training_steps(100) == [9, 30, 100]
        assert hyperband.compute_optimized_initial_training_steps(81) == [8, 25, 81]
        assert hyperband.compute_optimized_initial_training_steps(10) == [1, 3, 10]

    @given(steps=st.integers(1, 10**6), kept=st.floats(0.1, 0.9))
    @settings(max_examples=50, deadline=None)
    def test_training_steps_ascend_and_none_is_zero(self, steps, kept):
        found = HyperBand(None, self.SPACES, kept).compute_optimized_initial_training_steps(steps)
        assert found == sorted(found)
        assert found[0] >= 1
        assert found[-1] == steps

    def test_no_steps_are_refused(self):
        with pytest.raises(SettingsError, match="max_steps must be at least 1: 0"):
            HyperBand(None, self.SPACES, 0.3, 3).compute_optimized_initial_training_steps(0)
