"""Grids: lazy, complete, without repetition; and pseudo-random orders of them."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ato_hyperband import HyperBand, SettingsError, SpaceError

HUGE = {
    f"x{i}": {"param_type": "FLOAT", "param_range": (0, 1), "num_samples": 100} for i in range(8)
}
CONDITIONAL = {
    "optimizer": {"param_type": "CATEGORY", "categories": ["sgd", "adam"]},
    "momentum": {
        "param_type": "FLOAT",
        "param_range": (0, 0.9),
        "num_samples": 4,
        "when": {"optimizer": "sgd"},
    },
}


def size_of(spaces, **options):
    """How many combinations a search of the whole grid begins with."""
    return HyperBand(None, spaces, **options).plans[0].rungs[0].size


def grid_of(spaces, **options):
    """All configurations that a search of the grid tries, in its order."""
    result = HyperBand(None, spaces, seed=0, **options).run(lambda config: 1.0, [])
    return [trial.params for trial in result.trials]


class TestHuge:
    def test_ten_to_the_sixteen_combinations_are_counted_without_being_made(self):
        assert size_of(HUGE) == 100**8

    def test_a_search_draws_only_what_it_runs(self):
        hyperband = HyperBand(None, HUGE, halving_rate=0.3, num_min_samples=3, max_trials=20)
        result = hyperband.run(lambda config: config.x0, [])
        assert len({tuple(t.params.values()) for t in result.trials}) == 20

    def test_what_it_draws_is_spread_over_the_whole_grid(self):
        drawn = grid_of(HUGE, max_trials=200)
        for name in HUGE:
            halves = [params[name] < 0.5 for params in drawn]
            assert 60 < sum(halves) < 140

    def test_every_value_lies_on_the_grid(self):
        on_grid = {i / 99 for i in range(100)}
        for params in grid_of(HUGE, max_trials=50):
            assert all(min(abs(x - g) for g in on_grid) < 1e-12 for x in params.values())

    def test_fewest_generations_larger_than_the_grid_are_refused(self):
        with pytest.raises(SettingsError, match="the space, which has 10000000000000000 combin"):
            HyperBand(None, HUGE, num_min_samples=10**16 + 1)


class TestOrder:
    SPACES = {
        "a": {"param_type": "CATEGORY", "categories": ["x", "y"]},
        "b": {"param_type": "INTEGER", "param_range": (1, 3)},
    }

    def test_a_whole_grid_comes_in_order_the_last_parameter_varying_fastest(self):
        assert [tuple(p.values()) for p in grid_of(self.SPACES)] == [
            *[("x", 1), ("x", 2), ("x", 3)],
            *[("y", 1), ("y", 2), ("y", 3)],
        ]

    def test_a_part_of_a_grid_comes_shuffled_by_the_seed(self):
        def drawn(seed):
            spaces = {"n": {"param_type": "INTEGER", "param_range": (1, 1000)}}
            search = HyperBand(None, spaces, max_trials=10, seed=seed)
            return [t.params["n"] for t in search.run(lambda config: 1.0, []).trials]

        assert drawn(1) == drawn(1)
        assert drawn(1) != drawn(2)
        assert max(drawn(1)) > 100

    @given(n=st.integers(1, 150), seed=st.integers(0, 2**32))
    @settings(max_examples=30, deadline=None)
    def test_a_shuffled_grid_holds_each_combination_once(self, n, seed):
        spaces = {"n": {"param_type": "INTEGER", "param_range": (1, n)}}
        search = HyperBand(None, spaces, max_trials=n, num_min_samples=n, seed=seed)
        drawn = [t.params["n"] for t in search.run(lambda config: 1.0, []).trials]
        assert sorted(drawn) == list(range(1, n + 1))

    def test_more_trials_than_combinations_are_just_the_combinations(self):
        assert len(grid_of(self.SPACES, max_trials=50)) == 6

    def test_with_a_resource_brackets_take_from_the_grid_in_turn(self):
        spaces = {"n": {"param_type": "INTEGER", "param_range": (1, 17)}}
        drawn = grid_of(spaces, resource="epochs", max_resource=9, sampler="grid")
        assert sorted(params["n"] for params in drawn) == list(range(1, 18))


class TestValues:
    def floats(self, low, high, kind, samples):
        field = {"param_type": "FLOAT", "param_range": (low, high)}
        return [
            p["x"] for p in grid_of({"x": {**field, "space_type": kind, "num_samples": samples}})
        ]

    def test_a_linear_grid_is_even(self):
        assert self.floats(0, 1, "LINEAR", 5) == [0, 0.25, 0.5, 0.75, 1]

    def test_a_log_grid_is_geometric_and_its_ends_are_exact(self):
        values = self.floats(1e-5, 1e-1, "LOG", 5)
        assert values == pytest.approx([1e-5, 1e-4, 1e-3, 1e-2, 1e-1])
        assert (values[0], values[-1]) == (1e-5, 1e-1)

    def test_one_sample_is_the_low_end(self):
        assert self.floats(0.5, 1, "LINEAR", 1) == [0.5]

    def test_a_range_of_one_value_needs_no_num_samples(self):
        assert grid_of({"x": {"param_type": "FLOAT", "param_range": (0.5, 0.5)}}) == [{"x": 0.5}]

    def test_an_integer_without_num_samples_takes_every_value(self):
        spaces = {"n": {"param_type": "INTEGER", "param_range": (-2, 2)}}
        assert [p["n"] for p in grid_of(spaces)] == [-2, -1, 0, 1, 2]

    def test_an_integer_with_one_sample_is_its_low_end(self):
        spaces = {"n": {"param_type": "INTEGER", "param_range": (3, 9), "num_samples": 1}}
        assert grid_of(spaces) == [{"n": 3}]

    @given(
        low=st.integers(1, 500),
        width=st.integers(0, 2000),
        samples=st.integers(1, 40),
        kind=st.sampled_from(["LINEAR", "LOG"]),
    )
    @settings(max_examples=40, deadline=None)
    def test_integers_ascend_without_repetition_and_hold_both_ends(self, low, width, samples, kind):
        field = {"param_type": "INTEGER", "param_range": (low, low + width), "space_type": kind}
        values = [p["n"] for p in grid_of({"n": {**field, "num_samples": samples}})]
        assert values == sorted(set(values))
        assert len(values) == min(samples, width + 1)
        assert values[0] == low
        assert samples == 1 or values[-1] == low + width


def conditional_spaces():
    """Spaces of up to four parameters, each possibly depending on an earlier one."""
    sizes = st.lists(
        st.tuples(st.integers(1, 3), st.one_of(st.none(), st.integers(0, 3)), st.integers(0, 2)),
        min_size=1,
        max_size=4,
    )
    return sizes.map(build)


def build(sizes):
    spaces = {}
    for position, (size, parent, value) in enumerate(sizes):
        fields = {"param_type": "CATEGORY", "categories": list(range(size))}
        if parent is not None and parent < position:
            fields["when"] = {f"p{parent}": value % sizes[parent][0]}
        spaces[f"p{position}"] = fields
    return spaces


def combinations(spaces):
    """The product of all categories, without what a condition rules out, computed by hand."""
    found = set()
    for values in itertools.product(*(fields["categories"] for fields in spaces.values())):
        params = {}
        for (name, fields), value in zip(spaces.items(), values):
            if all(params.get(parent) == v for parent, v in fields.get("when", {}).items()):
                params[name] = value
        found.add(tuple(sorted(params.items())))
    return found


class TestConditions:
    @given(conditional_spaces())
    @settings(max_examples=60, deadline=None)
    def test_every_possible_combination_comes_exactly_once(self, spaces):
        configurations = [tuple(sorted(params.items())) for params in grid_of(spaces)]
        assert len(configurations) == len(set(configurations)) == size_of(spaces)
        assert set(configurations) == combinations(spaces)

    def test_a_parameter_that_does_not_exist_multiplies_nothing(self):
        assert size_of(CONDITIONAL) == 5
        assert {"optimizer": "adam"} in grid_of(CONDITIONAL)

    def test_a_shuffled_conditional_grid_is_complete_too(self):
        drawn = grid_of(CONDITIONAL, max_trials=5)
        assert sorted(map(str, drawn)) == sorted(map(str, grid_of(CONDITIONAL)))


@pytest.mark.parametrize("options", [{}, {"sampler": "grid", "resource": "e", "max_resource": 3}])
def test_a_float_without_num_samples_has_no_grid(options):
    with pytest.raises(SpaceError, match="'lr' needs num_samples"):
        HyperBand(None, {"lr": {"param_type": "FLOAT", "param_range": (0, 1)}}, **options)
