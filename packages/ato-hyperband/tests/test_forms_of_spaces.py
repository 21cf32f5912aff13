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


class TestConditions:
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
