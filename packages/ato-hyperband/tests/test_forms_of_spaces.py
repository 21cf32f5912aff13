"""The forms in which a space may be written, and what searches make of its rarer kinds."""

import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ato_adict import ADict
from ato_hyperband import FloatParameter, HyperBand, SearchSpace, SettingsError, SpaceError

OPTIMIZER = {"param_type": "CATEGORY", "categories": ["sgd", "adam", "lion"]}
UNIT = {"param_type": "FLOAT", "param_range": (0, 1), "num_samples": 2}


def grid(spaces, **options):
    """The parameters of all trials of a search over the whole grid."""
    trials = HyperBand(None, spaces, **options).run(lambda config: 0.0, []).trials
    return [trial.params for trial in trials]


class TestForms:
    def test_kinds_may_be_written_in_small_letters(self):
        small = {"param_type": "integer", "param_range": (1, 9), "space_type": "log"}
        large = {"param_type": "INTEGER", "param_range": (1, 9), "space_type": "LOG"}
        described = [SearchSpace({"n": fields}).describe() for fields in (small, large)]
        assert described[0] == described[1]

    def test_whole_numbers_may_be_written_as_floats(self):
        fields = {"param_type": "INTEGER", "param_range": (1.0, 8.0), "num_samples": 2.0}
        assert [(type(p["n"]), p["n"]) for p in grid({"n": fields})] == [(int, 1), (int, 8)]

    def test_ends_may_be_scalars_of_numpy(self):
        fields = {"param_type": "FLOAT", "param_range": [np.float32(0.5), np.int64(2)]}
        values = [p["x"] for p in grid({"x": {**fields, "num_samples": 2}})]
        assert [(type(value), value) for value in values] == [(float, 0.5), (float, 2.0)]

    def test_an_adict_is_a_space_and_is_left_as_it_was(self):
        spaces = ADict(model=ADict(optimizer=ADict(OPTIMIZER)))
        before = pickle.dumps(spaces)
        assert [p["model.optimizer"] for p in grid(spaces)] == ["sgd", "adam", "lion"]
        assert pickle.dumps(spaces) == before

    def test_categories_may_come_from_an_iterator(self):
        fields = {"param_type": "CATEGORY", "categories": (2**i for i in range(3))}
        assert [p["n"] for p in grid({"n": fields})] == [1, 2, 4]

    def test_a_category_has_no_use_for_num_samples_but_may_have_it(self):
        assert len(grid({"optimizer": {**OPTIMIZER, "num_samples": 2}})) == 3

    def test_functions_may_be_categories(self):
        fields = {"param_type": "CATEGORY", "categories": [min, max]}
        result = HyperBand(None, {"f": fields}).run(lambda config: config.f(1, 2), [])
        assert (result.config.f, result.metric) == (max, 2.0)

    @pytest.mark.filterwarnings("error")
    @pytest.mark.parametrize("wrap", [lambda array: array, lambda array: [array], np.transpose])
    def test_arrays_may_be_categories(self, wrap):
        arrays = [
            wrap(np.array([[1.0, 2.0]])),
            wrap(np.array([[3.0, 4.0]])),
            wrap(np.zeros((9, 3))),
        ]
        fields = {"param_type": "CATEGORY", "categories": arrays}
        found = HyperBand(None, {"w": fields, "x": UNIT}, sampler="tpe", max_trials=30, seed=1).run(
            lambda config: float(np.sum(config.w)), []
        )
        assert (len(found.trials), found.metric) == (30, 7.0)

    def test_an_array_given_twice_is_found(self):
        fields = {"param_type": "CATEGORY", "categories": [np.arange(3), np.arange(3)]}
        with pytest.raises(SpaceError, match="twice"):
            SearchSpace({"w": fields})

    def test_nan_is_a_category_like_others(self):
        fields = {"param_type": "CATEGORY", "categories": [float("nan"), 1.0]}
        (parameter,) = SearchSpace({"k": fields})
        assert [parameter.index(float("nan")), parameter.index(1.0)] == [0, 1]
        with pytest.raises(SpaceError, match="twice"):
            SearchSpace({"k": {**fields, "categories": [float("nan"), -float("nan")]}})

    def test_a_pickled_space_is_without_its_constraint(self):
        space = SearchSpace({"x": UNIT}, lambda config: config.x < 0.5)
        copy = pickle.loads(pickle.dumps(space))
        assert (space.allows({"x": 1.0}), copy.allows({"x": 1.0})) == (False, True)

    def test_a_constraint_cannot_change_what_is_tried(self):
        def spoils(config):
            config.y = 3
            config.x = 7
            return True

        assert grid({"x": UNIT}, constraint=spoils) == [{"x": 0.0}, {"x": 1.0}]


class TestNames:
    @pytest.mark.parametrize(
        ("spaces", "message"),
        [
            ({"a.b": UNIT, "a": {"b": UNIT}}, "'a.b' is given twice"),
            ({"a": {"b": UNIT}, "a.b": OPTIMIZER}, "'a.b' is given twice"),
            ({"a.b": UNIT, "a": UNIT}, "'a.b' lies below 'a', which is a parameter"),
            ({"a": UNIT, "a.b.c": UNIT}, "'a.b.c' lies below 'a', which is a parameter"),
            ({"trial": UNIT}, "'trial' is named as config.trial"),
            ({"trial": {"number": UNIT}}, "'trial.number' is named as config.trial"),
            ({"model": {"trial": UNIT}}, "'model.trial' is named as config.trial"),
        ],
    )
    def test_each_leads_to_a_place_of_its_own(self, spaces, message):
        with pytest.raises(SpaceError, match=message):
            SearchSpace(spaces)

    def test_a_beginning_in_common_is_no_clash(self):
        assert len(SearchSpace({"trials": UNIT, "a": UNIT, "ab.c": UNIT, "a_b": UNIT})) == 4

    @pytest.mark.parametrize(
        ("resource", "message"),
        [("trial", "'trial' is where a search tells"), ("x", "'x' is the resource of the search")],
    )
    def test_the_resource_is_neither_a_parameter_nor_the_trial(self, resource, message):
        with pytest.raises(SettingsError, match=message):
            HyperBand(None, {"x": UNIT}, resource=resource, max_resource=9)


class TestNumbers:
    @pytest.mark.parametrize("value", [float("inf"), float("nan"), -float("inf"), "3", True, 2.5])
    def test_a_count_is_a_whole_number(self, value):
        with pytest.raises(SpaceError, match="num_samples of 'x' must be a whole number"):
            SearchSpace({"x": {**UNIT, "num_samples": value}})
        for name in ("max_trials", "num_min_samples"):
            with pytest.raises(SettingsError, match=f"{name} must be a whole number"):
                HyperBand(None, {"x": UNIT}, **{name: value})

    @pytest.mark.parametrize("value", [float("inf"), float("nan"), 1, 0, -2, "10"])
    def test_a_base_is_a_positive_number_but_not_1(self, value):
        fields = {**UNIT, "param_range": (1, 9), "space_type": "LOG"}
        with pytest.raises(SpaceError, match="base of 'x'"):
            SearchSpace({"x": {**fields, "base": value}})

    @pytest.mark.parametrize("value", ["abc", 1.5, float("nan"), float("inf"), [1]])
    def test_a_seed_is_a_whole_number(self, value):
        with pytest.raises(SettingsError, match="seed must be a whole number"):
            HyperBand(None, {"x": UNIT}, seed=value)

    @pytest.mark.parametrize("value", [3, "x < 1", {"x": 1}])
    def test_a_constraint_is_a_function(self, value):
        with pytest.raises(SpaceError, match="constraint must be a function"):
            HyperBand(None, {"x": UNIT}, constraint=value)


class TestConditions:
    FLAG = {"param_type": "CATEGORY", "categories": [True, False]}

    @pytest.mark.parametrize("value", [1, 1.0, 0])
    def test_a_number_is_no_truth_value(self, value):
        with pytest.raises(SpaceError, match="none of its categories"):
            SearchSpace({"flag": self.FLAG, "x": {**UNIT, "when": {"flag": value}}})

    def test_where_both_are_categories_each_has_its_own_children(self):
        flag = {**self.FLAG, "categories": [True, 1]}
        found = grid({"flag": flag, "x": {**UNIT, "when": {"flag": 1}}})
        assert [(repr(p["flag"]), p.get("x")) for p in found] == [
            ("True", None),
            ("1", 0.0),
            ("1", 1.0),
        ]

    def test_a_number_may_be_written_as_a_float(self):
        depth = {"param_type": "INTEGER", "param_range": (1, 2)}
        found = grid({"depth": depth, "x": {**UNIT, "when": {"depth": 2.0}}})
        assert [(p["depth"], p.get("x")) for p in found] == [(1, None), (2, 0.0), (2, 1.0)]

    def test_a_scalar_of_numpy_is_a_number(self):
        depth = {"param_type": "CATEGORY", "categories": [1, np.int64(2)]}
        found = grid({"depth": depth, "x": {**UNIT, "when": {"depth": [np.float32(1), 2]}}})
        assert [p["x"] for p in found] == [0.0, 1.0, 0.0, 1.0]

    @pytest.mark.filterwarnings("error")
    def test_an_array_may_be_the_condition(self):
        weights = {"param_type": "CATEGORY", "categories": [np.zeros(3), np.ones(2)]}
        found = grid({"w": weights, "x": {**UNIT, "when": {"w": [np.ones(2)]}}})
        assert [(p["w"][0], p.get("x")) for p in found] == [(0, None), (1, 0.0), (1, 1.0)]

    def test_a_nested_parent_is_named_with_its_dots(self):
        spaces = {"model": {"optimizer": OPTIMIZER, "x": {**UNIT, "when": {"optimizer": "sgd"}}}}
        with pytest.raises(SpaceError, match="did you mean 'model.optimizer'"):
            SearchSpace(spaces)
        spaces["model"]["x"]["when"] = {"model.optimizer": "sgd"}
        assert len(grid(spaces)) == 4

    def test_absent_it_is_not_the_constraints_to_see(self):
        seen = set()
        spaces = {"optimizer": OPTIMIZER, "x": {**UNIT, "when": {"optimizer": "sgd"}}}
        grid(spaces, constraint=lambda config: seen.add((config.optimizer, "x" in config)) or True)
        assert seen == {("sgd", True), ("adam", False), ("lion", False)}

    def test_what_cannot_hold_beside_other_values_is_not_enqueued(self):
        spaces = {"optimizer": OPTIMIZER, "x": {**UNIT, "when": {"optimizer": ["sgd", "lion"]}}}
        with pytest.raises(SettingsError, match=r"it needs \{'optimizer': \('sgd', 'lion'\)\}"):
            HyperBand(None, spaces).enqueue({"optimizer": "adam", "x": 0.0})

    def test_a_known_result_needs_only_what_exists_beside_it(self):
        spaces = {"optimizer": OPTIMIZER, "x": {**UNIT, "when": {"optimizer": "sgd"}}}
        search = HyperBand(None, spaces, sampler="tpe", max_trials=3)
        search.add_result({"optimizer": "adam"}, 1.0)
        with pytest.raises(SettingsError, match="known result has no x"):
            search.add_result({"optimizer": "sgd"}, 1.0)


class TestTheUnitInterval:
    @given(
        low=st.floats(1e-6, 1e3), factor=st.floats(1.5, 1e6), log=st.booleans(), u=st.floats(0, 1)
    )
    @settings(max_examples=100, deadline=None)
    def test_a_float_goes_there_and_back(self, low, factor, log, u):
        parameter = FloatParameter("x", low, low * factor, log, None, {})
        assert parameter.to_unit(parameter.from_unit(u)) == pytest.approx(u, abs=1e-6)

    @given(count=st.integers(1, 40), u=st.floats(0, 1))
    @settings(max_examples=60, deadline=None)
    def test_each_category_has_an_equal_share(self, count, u):
        (parameter,) = SearchSpace(
            {"x": {"param_type": "CATEGORY", "categories": list(range(count))}}
        )
        assert parameter.from_unit(u) == min(int(u * count), count - 1)
        assert parameter.to_unit(parameter.from_unit(u)) == pytest.approx(u, abs=0.5 / count + 1e-9)

    @given(
        categories=st.lists(st.integers(), min_size=1, max_size=8, unique=True), u=st.floats(0, 1)
    )
    @settings(max_examples=40, deadline=None)
    def test_what_is_stored_of_a_configuration_gives_it_back(self, categories, u):
        space = SearchSpace({"k": {"param_type": "CATEGORY", "categories": categories}, "x": UNIT})
        params = space.from_unit([u, 1 - u])
        assert space.encode(params)["k"] == categories.index(params["k"])
        assert space.decode(space.encode(params)) == params
