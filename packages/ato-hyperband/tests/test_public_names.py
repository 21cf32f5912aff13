"""What users import, and what that costs them."""

import multiprocessing
import operator
import os
import pickle
import subprocess
import sys

import pytest

import ato_hyperband
from ato_hyperband import HyperBand, SearchSpace

SPACES = {
    "lr": {"param_type": "FLOAT", "param_range": (1e-5, 1e-1), "space_type": "LOG"},
    "width": {"param_type": "INTEGER", "param_range": (8, 256), "when": {"kind": "wide"}},
    "kind": {"param_type": "CATEGORY", "categories": ["wide", "deep"]},
}
CLASSES = [name for name in ato_hyperband.__all__ if not name.startswith("_")]


def search(**options):
    return HyperBand(None, SPACES, resource="epochs", max_resource=9, seed=0, **options)


def train(config):
    if config.trial.number == 1:
        raise RuntimeError("on purpose")
    return config.lr * config.epochs


@pytest.mark.parametrize("name", CLASSES)
def test_a_public_class_names_the_package_and_not_its_file(name):
    public = getattr(ato_hyperband, name)
    assert (public.__module__, public.__qualname__) == ("ato_hyperband", name)
    assert pickle.loads(pickle.dumps(public)) is public


def test_a_name_that_is_not_there_gets_a_suggestion():
    with pytest.raises(AttributeError, match="'DistributedHyperband'.*'DistributedHyperBand'"):
        ato_hyperband.DistributedHyperband


def facts(result):
    return (
        [(t.number, t.params, t.seed, t.origin, t.evaluations) for t in result.trials],
        result.best.number,
        result.config,
        result.history(),
        result.importance(),
        repr(result),
    )


def test_a_result_survives_pickling():
    result = search(max_total_resource=60).run(train, [])
    assert facts(pickle.loads(pickle.dumps(result))) == facts(result)


def test_a_pickle_of_a_result_names_no_file_of_the_package():
    pickled = pickle.dumps(search().run(train, []))
    assert b"ato_hyperband" in pickled
    assert b"ato_hyperband._" not in pickled


@pytest.mark.parametrize("method", multiprocessing.get_all_start_methods())
def test_a_result_can_be_sent_to_another_process(method):
    result = search().run(train, [])
    with multiprocessing.get_context(method).Pool(1) as pool:
        # Functions that every process has: what a test module defines only this one can import.
        for facts_of in (repr, operator.attrgetter("metric", "config", "total_resource")):
            assert pool.apply(facts_of, (result,)) == facts_of(result)


@pytest.mark.parametrize(
    "thing", [SearchSpace(SPACES), search().plans[0]], ids=["space", "plan of a bracket"]
)
def test_what_a_search_is_made_of_can_be_pickled(thing):
    assert pickle.dumps(pickle.loads(pickle.dumps(thing))) == pickle.dumps(thing)


def test_a_plan_is_printed_as_the_trials_and_the_resource_of_each_rung():
    assert [str(plan) for plan in search().plans] == [
        "bracket s=2: 9@1 → 3@3 → 1@9",
        "bracket s=1: 5@3 → 1@9",
        "bracket s=0: 3@9",
    ]


def loaded_by(program):
    """The modules that a program has loaded when it ends."""
    program += "\nimport sys; print(*sys.modules)"
    # Coverage would load modules of its own.
    env = {k: v for k, v in os.environ.items() if not k.startswith("COVERAGE_PROCESS")}
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, capture_output=True, check=True, env=env)
    return set(done.stdout.decode().split())


def test_importing_the_package_loads_nothing_that_only_a_search_needs():
    loaded = loaded_by("from ato_hyperband import HyperBand")
    heavy = {"numpy", "sqlite3", "multiprocessing", "concurrent.futures", "torch", "pandas"}
    assert loaded & heavy == set()


def test_a_search_at_random_in_one_process_loads_neither_numpy_nor_multiprocessing():
    loaded = loaded_by(
        "from ato_hyperband import HyperBand\n"
        "x = {'param_type': 'FLOAT', 'param_range': (0, 1)}\n"
        "HyperBand(None, {'x': x}, sampler='random', max_trials=3).run(lambda c: c.x, [])"
    )
    assert loaded & {"numpy", "sqlite3", "multiprocessing", "torch"} == set()


@pytest.mark.parametrize("value", [0, -1, "long"])
def test_grace_is_a_positive_number_of_seconds(value):
    with pytest.raises(ato_hyperband.SettingsError, match=f"grace must be a positive.*{value!r}"):
        search(grace=value)


def test_rank_timeout_is_a_positive_number_of_seconds():
    with pytest.raises(ato_hyperband.SettingsError, match="rank_timeout must be a positive"):
        ato_hyperband.DistributedHyperBand(None, SPACES, max_trials=3, rank_timeout=0)


def test_a_search_goes_on_with_more_grace_than_it_was_begun_with(tmp_path):
    options = {"storage": f"sqlite:///{tmp_path}/s.db", "study_name": "s"}
    begun = search(grace=1, **options).run(train, [])
    assert facts(search(grace=2, **options).run(train, [])) == facts(begun)
