"""Grids: lazy, complete, without repetition; and pseudo-random orders of them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ato_hyperband import HyperBand, SearchSpace, SpaceError
from ato_hyperband._grid import Grid
from ato_hyperband._random import Permutation

HUGE = {
    f"x{i}": {"param_type": "FLOAT", "param_range": (0, 1), "num_samples": 100} for i in range(8)
}


def test_a_grid_of_ten_to_the_sixteen_is_indexed_without_being_made():
    grid = Grid(SearchSpace(HUGE))
    assert len(grid) == 100**8
    assert set(grid[100**8 - 1].values()) == {1.0}


def test_a_search_of_a_huge_grid_draws_only_what_it_runs():
    hyperband = HyperBand(None, HUGE, halving_rate=0.3, num_min_samples=3, max_trials=20)
    result = hyperband.run(lambda config: config.x0, [])
    assert len({tuple(t.params.values()) for t in result.trials}) == 20


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
    return SearchSpace(spaces)


@given(conditional_spaces())
@settings(max_examples=100, deadline=None)
def test_no_two_indices_give_the_same_configuration(space):
    grid = Grid(space)
    keys = [space.key(params) for params in grid]
    assert len(keys) == len(grid) == len(set(keys))


def test_a_parameter_that_does_not_exist_multiplies_nothing():
    space = SearchSpace(
        {
            "optimizer": {"param_type": "CATEGORY", "categories": ["sgd", "adam"]},
            "momentum": {
                "param_type": "FLOAT",
                "param_range": (0, 0.9),
                "num_samples": 4,
                "when": {"optimizer": "sgd"},
            },
        }
    )
    assert len(Grid(space)) == 5


def test_a_float_without_num_samples_has_no_grid():
    with pytest.raises(SpaceError, match="'lr' needs num_samples"):
        HyperBand(None, {"lr": {"param_type": "FLOAT", "param_range": (0, 1)}})


@given(n=st.integers(1, 2000), seed=st.integers(0, 2**32))
@settings(max_examples=50, deadline=None)
def test_a_permutation_holds_each_number_once(n, seed):
    assert sorted(Permutation(n, seed)) == list(range(n))
