"""Search spaces: what is accepted, what each sample is, and what a mistake is called."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ato_hyperband import SearchSpace, SpaceError


def space(**fields):
    return SearchSpace({"x": fields})


def only(parameters):
    (parameter,) = parameters
    return parameter


class TestFloat:
    @given(
        low=st.floats(1e-9, 1e3),
        factor=st.floats(1, 1e6),
        u=st.floats(0, 1),
        log=st.sampled_from(["LINEAR", "LOG"]),
    )
    @settings(max_examples=100, deadline=None)
    def test_every_sample_is_inside_the_range(self, low, factor, u, log):
        high = low * factor
        x = only(space(param_type="FLOAT", param_range=(low, high), space_type=log))
        assert low <= x.from_unit(u) <= high

    def test_end_points_are_exact(self):
        x = only(
            space(param_type="FLOAT", param_range=(1e-5, 1e-1), space_type="LOG", num_samples=20)
        )
        assert x.grid_value(0) == 1e-5
        assert x.grid_value(19) == 1e-1

    def test_a_log_grid_is_geometric(self):
        x = only(
            space(param_type="FLOAT", param_range=(1e-5, 1e-1), space_type="LOG", num_samples=5)
        )
        values = [x.grid_value(i) for i in range(5)]
        assert values == pytest.approx([1e-5, 1e-4, 1e-3, 1e-2, 1e-1])

    def test_base_changes_no_value(self):
        fields = {"param_type": "FLOAT", "param_range": (1, 8), "space_type": "LOG"}
        two = only(space(num_samples=4, base=2, **fields))
        ten = only(space(num_samples=4, base=10, **fields))
        assert [two.grid_value(i) for i in range(4)] == [ten.grid_value(i) for i in range(4)]


class TestInteger:
    @given(
        low=st.integers(1, 500),
        width=st.integers(0, 2000),
        samples=st.integers(1, 60),
        kind=st.sampled_from(["LINEAR", "LOG"]),
    )
    @settings(max_examples=100, deadline=None)
    def test_the_grid_ascends_inside_the_range_and_holds_both_ends(self, low, width, samples, kind):
        high = low + width
        x = only(
            space(
                param_type="INTEGER",
                param_range=(low, high),
                space_type=kind,
                num_samples=samples,
            )
        )
        values = [x.grid_value(i) for i in range(x.grid_size())]
        assert values == sorted(set(values))
        assert len(values) == min(samples, width + 1)
        assert values[0] == low
        assert samples == 1 or values[-1] == high

    def test_the_documented_batch_sizes(self):
        x = only(
            space(param_type="INTEGER", param_range=(16, 128), space_type="LOG", num_samples=5)
        )
        assert [x.grid_value(i) for i in range(5)] == [16, 27, 45, 76, 128]

    @given(
        low=st.integers(1, 50), width=st.integers(0, 50), kind=st.sampled_from(["LINEAR", "LOG"])
    )
    @settings(max_examples=50, deadline=None)
    def test_each_value_lies_in_its_own_share_of_the_unit_interval(self, low, width, kind):
        x = only(space(param_type="INTEGER", param_range=(low, low + width), space_type=kind))
        for value in range(low, low + width + 1):
            assert x.from_unit(x.to_unit(value)) == value

    def test_linear_draws_are_uniform(self):
        x = only(space(param_type="INTEGER", param_range=(1, 4)))
        counts = [sum(x.from_unit((i + 0.5) / 400) == v for i in range(400)) for v in range(1, 5)]
        assert counts == [100, 100, 100, 100]


class TestCategory:
    def test_a_mutable_category_is_each_trials_own(self):
        x = only(space(param_type="CATEGORY", categories=[[64, 64], [128]]))
        x.grid_value(0).append(1)
        assert x.grid_value(0) == [64, 64]

    def test_true_and_one_are_two_categories(self):
        x = only(space(param_type="CATEGORY", categories=[1, True]))
        assert [x.index(1), x.index(True)] == [0, 1]


class TestConditions:
    CONDITIONAL = {
        "optimizer": {"param_type": "CATEGORY", "categories": ["sgd", "adam"]},
        "momentum": {
            "param_type": "FLOAT",
            "param_range": (0, 0.9),
            "num_samples": 4,
            "when": {"optimizer": "sgd"},
        },
    }

    def test_a_parameter_exists_only_when_its_condition_holds(self):
        s = SearchSpace(self.CONDITIONAL)
        assert set(s.from_unit([0.1, 0.5])) == {"optimizer", "momentum"}
        assert set(s.from_unit([0.9, 0.5])) == {"optimizer"}

    def test_parents_may_be_written_after_their_children(self):
        turned = dict(reversed(list(self.CONDITIONAL.items())))
        assert [p.name for p in SearchSpace(turned)] == ["optimizer", "momentum"]

    def test_fixing_a_parent_settles_the_condition(self):
        s = SearchSpace(self.CONDITIONAL)
        assert [p.name for p in s.without({"optimizer": "sgd"})] == ["momentum"]
        assert [p.name for p in s.without({"optimizer": "adam"})] == []

    def test_a_circle_is_named(self):
        circle = {
            "a": {"param_type": "CATEGORY", "categories": [1], "when": {"b": 1}},
            "b": {"param_type": "CATEGORY", "categories": [1], "when": {"a": 1}},
        }
        with pytest.raises(SpaceError, match="'a', 'b' depend on each other"):
            SearchSpace(circle)


def test_nested_spaces_are_joined_by_dots():
    s = SearchSpace({"model": {"lr": {"param_type": "FLOAT", "param_range": (0, 1)}}})
    assert [p.name for p in s] == ["model.lr"]
