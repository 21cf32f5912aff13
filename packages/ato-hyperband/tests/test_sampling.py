"""Which configurations are tried: in their ranges, none twice, first a design, then a model."""

import itertools
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ato_hyperband import HyperBand

MIXED = {
    "lr": {"param_type": "FLOAT", "param_range": (1e-5, 1e-1), "space_type": "LOG"},
    "width": {"param_type": "INTEGER", "param_range": (8, 256), "space_type": "LOG"},
    "kind": {"param_type": "CATEGORY", "categories": ["a", "b", "c"]},
}


def trials_of(spaces, objective, **options):
    options = {"resource": "epochs", "max_resource": 9, "seed": 0, **options}
    return HyperBand(None, spaces, **options).run(objective, []).trials


def drawn(spaces, count, sampler, seed=0):
    """The first configurations of a search, before any result is known."""
    search = HyperBand(
        None, spaces, max_trials=count, num_min_samples=count, sampler=sampler, seed=seed
    )
    return [trial.params for trial in search.run(lambda config: 0.0, []).trials]


def number_fields():
    """(fields, low, high) of FLOAT and INTEGER parameters, spread LINEAR and LOG."""
    floats = st.builds(
        lambda low, factor, kind: ("FLOAT", low, low * factor, kind),
        st.floats(1e-9, 1e3),
        st.floats(1, 1e6),
        st.sampled_from(["LINEAR", "LOG"]),
    )
    negative = st.builds(
        lambda low, width: ("FLOAT", low, low + width, "LINEAR"),
        st.floats(-1e6, 0),
        st.floats(0, 1e6),
    )
    whole = st.builds(
        lambda low, width, kind: ("INTEGER", low, low + width, kind),
        st.integers(1, 10**6),
        st.integers(0, 10**6),
        st.sampled_from(["LINEAR", "LOG"]),
    )
    below = st.builds(
        lambda low, width: ("INTEGER", low, low + width, "LINEAR"),
        st.integers(-1000, 0),
        st.integers(0, 2000),
    )
    return st.one_of(floats, negative, whole, below)


@given(field=number_fields(), seed=st.integers(0, 2**32), samples=st.integers(1, 9))
@settings(max_examples=40, deadline=None)
@pytest.mark.parametrize("sampler", ["random", "tpe", "grid"])
def test_every_sampled_number_lies_in_its_range_and_is_of_its_type(sampler, field, seed, samples):
    kind, low, high, spread = field
    fields = {"param_type": kind, "param_range": (low, high), "space_type": spread}
    spaces = {"x": {**fields, "num_samples": samples}}
    search = HyperBand(
        None, spaces, resource="e", max_resource=3, max_trials=12, sampler=sampler, seed=seed
    )
    values = [trial.params["x"] for trial in search.run(lambda config: float(config.x), []).trials]
    assert all(low <= value <= high for value in values)
    assert {type(value) for value in values} == {float if kind == "FLOAT" else int}


@pytest.mark.parametrize("sampler", ["random", "tpe", "grid"])
def test_every_category_is_drawn_as_it_was_written(sampler):
    categories = ["a", 1, 2.5, None, True, (1, 2)]
    spaces = {"x": {"param_type": "CATEGORY", "categories": categories}}
    trials = trials_of(spaces, lambda config: 0.0, sampler=sampler, max_trials=60)
    found = [(type(t.params["x"]), t.params["x"]) for t in trials]
    assert sorted(map(repr, found)) == sorted(repr((type(c), c)) for c in categories)


@pytest.mark.parametrize("sampler", ["random", "tpe"])
def test_a_conditional_parameter_is_there_exactly_when_its_condition_holds(sampler):
    spaces = {
        "optimizer": {"param_type": "CATEGORY", "categories": ["sgd", "adam", "lion"]},
        "momentum": {
            "param_type": "FLOAT",
            "param_range": (0.5, 0.9),
            "when": {"optimizer": ["sgd", "lion"]},
        },
        "nesterov": {
            "param_type": "CATEGORY",
            "categories": [True, False],
            "when": {"optimizer": "sgd", "momentum": 0.9},
        },
    }
    trials = trials_of(spaces, lambda config: 0.0, sampler=sampler, max_trials=50)
    for params in (t.params for t in trials):
        assert ("momentum" in params) == (params["optimizer"] != "adam")
        both = params["optimizer"] == "sgd" and params.get("momentum") == 0.9
        assert ("nesterov" in params) == both


def test_random_draws_of_a_log_space_are_even_in_the_logarithm():
    values = [params["lr"] for params in drawn({"lr": MIXED["lr"]}, 400, "random")]
    decades = [sum(math.floor(math.log10(v)) == d for v in values) for d in (-5, -4, -3, -2)]
    assert min(decades) > 70


def test_random_draws_of_a_linear_space_are_even():
    field = {"param_type": "INTEGER", "param_range": (0, 3999)}
    values = [params["n"] for params in drawn({"n": field}, 400, "random")]
    quarters = [sum(v // 1000 == q for v in values) for q in range(4)]
    assert min(quarters) > 70


@given(seed=st.integers(0, 2**32))
@settings(max_examples=8, deadline=None)
@pytest.mark.parametrize("sampler", ["random", "tpe"])
def test_no_configuration_is_drawn_twice(sampler, seed):
    trials = trials_of(
        MIXED, lambda config: config.lr, sampler=sampler, seed=seed, max_total_resource=300
    )
    configurations = [tuple(t.params.values()) for t in trials]
    assert len(configurations) == len(set(configurations))


@pytest.mark.parametrize("sampler", ["random", "tpe", "grid"])
@pytest.mark.parametrize("scheduler", ["sync", "async"])
def test_a_small_space_is_used_up_and_the_search_ends(scheduler, sampler):
    spaces = {"kind": MIXED["kind"]}
    trials = trials_of(
        spaces, lambda config: 1.0, scheduler=scheduler, sampler=sampler, max_trials=1000
    )
    assert sorted(t.params["kind"] for t in trials) == ["a", "b", "c"]


@pytest.mark.parametrize("sampler", ["random", "tpe", "grid"])
def test_a_bracket_that_the_space_cannot_fill_still_trains_one_to_the_end(sampler):
    trials = trials_of(
        {"kind": MIXED["kind"]}, lambda config: 1.0, sampler=sampler, max_resource=27
    )
    assert max(t.resource for t in trials) == 27


def test_the_seed_of_a_trial_depends_on_study_seed_and_number_alone():
    def seeds(**options):
        return [t.seed for t in trials_of(MIXED, lambda config: 1.0, **options)]

    random, model = seeds(sampler="random"), seeds(sampler="tpe", max_trials=10)
    assert random[:10] == model
    assert seeds(sampler="random", seed=1)[:10] != model
    assert all(0 <= seed < 2**32 for seed in random)


def numbers(count):
    field = {"param_type": "FLOAT", "param_range": (0.0, 1.0)}
    return {f"x{k:02d}": field for k in range(count)}


def first_draws(spaces, count, seed=0):
    return [tuple(params.values()) for params in drawn(spaces, count, "tpe", seed)]


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
        one, two = (first_draws(numbers(3), 16, seed=seed)[1::2] for seed in (1, 2))
        assert one != two

    def test_categories_have_no_ends_and_come_evenly(self):
        kinds = [params["kind"] for params in drawn(MIXED, 300, "tpe")]
        counts = [kinds.count(kind) for kind in "abc"]
        assert max(counts) - min(counts) <= 6

    def test_ends_of_ranges_are_met_exactly(self):
        spaces = {
            "lr": {"param_type": "FLOAT", "param_range": (1e-4, 0.3), "space_type": "LOG"},
            "width": {"param_type": "INTEGER", "param_range": (7, 300), "space_type": "LOG"},
        }
        ends = set(itertools.product((1e-4, 0.3), (7, 300)))
        assert ends <= set(first_draws(spaces, 8))


def one_by_one(spaces, objective, count, **options):
    """Trials of a search that knows each result before the next draw."""
    options = {"max_resource": 1, "scheduler": "async", "mode": "min", **options}
    return trials_of(spaces, objective, sampler="tpe", max_trials=count, **options)


class TestTheModel:
    def test_it_finds_room_between_the_trials_of_a_small_space(self):
        trials = one_by_one(numbers(1), lambda config: abs(config.x00 - 0.3), 200)
        assert [t.origin for t in trials[-100:]].count("model") > 50

    def test_its_values_are_plain_numbers(self):
        trials = one_by_one(numbers(2), lambda config: abs(config.x00 - 0.3), 40)
        drawn = [t.params for t in trials if t.origin == "model"]
        assert {type(value) for params in drawn for value in params.values()} == {float}

    def test_it_draws_near_what_was_good(self):
        trials = one_by_one(numbers(1), lambda config: abs(config.x00 - 0.3), 100)
        model = [abs(t.params["x00"] - 0.3) for t in trials if t.origin == "model"]
        others = [abs(t.params["x00"] - 0.3) for t in trials if t.origin == "random"]
        assert sorted(model)[len(model) // 2] < sorted(others)[len(others) // 2]

    def test_it_prefers_the_category_that_was_good(self):
        spaces = {**numbers(1), "kind": MIXED["kind"]}
        trials = one_by_one(spaces, lambda config: "abc".index(config.kind) + config.x00 / 10, 100)
        model = [t.params["kind"] for t in trials if t.origin == "model"]
        assert model.count("a") > len(model) / 2

    def test_a_share_of_draws_stays_random(self):
        trials = one_by_one(numbers(2), lambda config: config.x00, 200)
        assert [t.origin for t in trials[100:]].count("random") > 5

    def test_a_search_that_always_fails_never_asks_the_model(self):
        def train(config):
            if config.trial.number:
                raise RuntimeError("on purpose")
            return 1.0

        trials = one_by_one(numbers(1), train, 30)
        assert len(trials) == 30
        assert trials[0].metric == 1.0
        assert all(t.failed for t in trials[1:])
