"""What a wrong space or argument is called: one exact line that names the thing and the fix."""

import math

import pytest

from ato_hyperband import DistributedHyperBand, HyperBand, SearchError, SettingsError, SpaceError

FLOAT = {"param_type": "FLOAT", "param_range": (1e-5, 1e-1)}
CATEGORY = {"param_type": "CATEGORY", "categories": ["sgd", "adam"]}
NUMBER_FIELDS = "param_type, param_range, num_samples, space_type, base, when"

FIELDS = [
    (
        {"param_range": (0, 1)},
        "search space 'lr' has no param_type; give one of FLOAT, INTEGER, CATEGORY",
    ),
    (
        {"param_tpye": "FLOAT", "param_range": (0, 1)},
        "unknown field 'param_tpye' of search space 'lr'; did you mean 'param_type'?",
    ),
    (
        {"param_type": "FLAOT"},
        "unknown param_type 'FLAOT' of search space 'lr'; did you mean 'FLOAT'?; "
        "give one of FLOAT, INTEGER, CATEGORY",
    ),
    (
        {"param_type": 3},
        "unknown param_type 3 of search space 'lr'; give one of FLOAT, INTEGER, CATEGORY",
    ),
    (
        {"param_type": "CATEGORY", "categories": []},
        "categories of 'lr' is empty; give at least one value",
    ),
    (
        {"param_type": "CATEGORY", "categories": "abc"},
        "categories of 'lr' must be a list of values, got 'abc'",
    ),
    (
        {"param_type": "CATEGORY"},
        "categories of 'lr' must be a list of values, got None",
    ),
    (
        {"param_type": "CATEGORY", "categories": [1, 1]},
        "categories of 'lr' holds 1 twice",
    ),
    (
        {**FLOAT, "param_range": (1, 0)},
        "param_range of 'lr' is reversed: 1 is above 0",
    ),
    (
        {**FLOAT, "param_range": (0, 1), "space_type": "LOG"},
        "param_range of 'lr' starts at 0; a LOG space needs a positive range",
    ),
    (
        {**FLOAT, "param_range": (-1, 1), "space_type": "log"},
        "param_range of 'lr' starts at -1; a LOG space needs a positive range",
    ),
    ({**FLOAT, "param_range": 3}, "param_range of 'lr' must be (low, high), got 3"),
    ({**FLOAT, "param_range": (1, 2, 3)}, "param_range of 'lr' must be (low, high), got (1, 2, 3)"),
    ({"param_type": "FLOAT"}, "param_range of 'lr' must be (low, high), got None"),
    (
        {**FLOAT, "param_range": (0, math.inf)},
        "param_range of 'lr' holds inf, which is not a finite number",
    ),
    (
        {**FLOAT, "param_range": (0, "1")},
        "param_range of 'lr' holds '1', which is not a finite number",
    ),
    (
        {**FLOAT, "param_range": (False, 1)},
        "param_range of 'lr' holds False, which is not a finite number",
    ),
    (
        {**FLOAT, "param_range": (0, [1])},
        "param_range of 'lr' holds [1], which is not a finite number",
    ),
    (
        {**FLOAT, "num_samples": 0},
        "num_samples of 'lr' must be a whole number of at least 1: 0",
    ),
    (
        {**FLOAT, "num_samples": 2.5},
        "num_samples of 'lr' must be a whole number of at least 1: 2.5",
    ),
    (
        {**FLOAT, "num_samples": "3"},
        "num_samples of 'lr' must be a whole number of at least 1: '3'",
    ),
    (
        {**FLOAT, "space_type": "LGO"},
        "unknown space_type 'LGO' of search space 'lr'; did you mean 'LOG'?; "
        "give one of LINEAR, LOG",
    ),
    (
        {**FLOAT, "base": 1, "space_type": "LOG"},
        "base of 'lr' is 1; it must be positive, not 1, and go with a LOG space",
    ),
    (
        {**FLOAT, "base": 2},
        "base of 'lr' is 2; it must be positive, not 1, and go with a LOG space",
    ),
    (
        {**FLOAT, "num_sample": 3},
        "unknown field 'num_sample' of search space 'lr'; did you mean 'num_samples'?; "
        f"FLOAT takes {NUMBER_FIELDS}",
    ),
    (
        {**CATEGORY, "param_range": (0, 1)},
        "unknown field 'param_range' of search space 'lr'; did you mean 'param_type'?; "
        "CATEGORY takes param_type, categories, num_samples, when",
    ),
    (
        {"param_type": "INTEGER", "param_range": (1, 2.5)},
        "param_range of 'lr' holds 2.5; INTEGER needs whole numbers",
    ),
    (
        {**FLOAT, "when": {"optimiser": "sgd"}},
        "when of 'lr' names 'optimiser', which is no parameter of this search",
    ),
    (
        {**FLOAT, "when": "optimizer"},
        "when of 'lr' must map a parameter to its value or list of values: "
        "when={'optimizer': 'adam'}; got 'optimizer'",
    ),
    (
        {**FLOAT, "when": {}},
        "when of 'lr' must map a parameter to its value or list of values: "
        "when={'optimizer': 'adam'}; got {}",
    ),
    (
        3,
        "search space 'lr' must be a mapping of fields such as param_type and param_range, not int",
    ),
]
SPACES = [
    ({}, "search_spaces is empty; give at least one parameter"),
    (
        {"optimizer": CATEGORY, "momentum": {**FLOAT, "when": {"optimizer": "sdg"}}},
        "when of 'momentum' needs optimizer='sdg', which is none of its categories "
        "['sgd', 'adam']; did you mean 'sgd'?",
    ),
    (
        {"optimizer": CATEGORY, "momentum": {**FLOAT, "when": {"optimiser": "sgd"}}},
        "when of 'momentum' names 'optimiser', which is no parameter of this search; "
        "did you mean 'optimizer'?",
    ),
    (
        {"lr": FLOAT, "decay": {**FLOAT, "when": {"lr": 3}}},
        "when of 'decay' needs lr=3, which is outside its range (1e-05, 0.1)",
    ),
    (
        {"lr": FLOAT, "decay": {**FLOAT, "when": {"lr": "high"}}},
        "when of 'decay' needs lr='high', which is outside its range (1e-05, 0.1)",
    ),
    (
        {"a": {**CATEGORY, "when": {"b": "sgd"}}, "b": {**CATEGORY, "when": {"a": "sgd"}}},
        "the conditions of 'a', 'b' depend on each other in a circle",
    ),
    (
        {"model": {"lr": {"param_range": (0, 1)}}},
        "search space 'model.lr' has no param_type; give one of FLOAT, INTEGER, CATEGORY",
    ),
]
EPOCHS = {"resource": "epochs", "max_resource": 9}
ARGUMENTS = [
    ({"halving_rate": 0}, "halving_rate is the share that goes on and must be between 0 and 1: 0"),
    ({"halving_rate": 1}, "halving_rate is the share that goes on and must be between 0 and 1: 1"),
    (
        {"halving_rate": "0.3"},
        "halving_rate is the share that goes on and must be between 0 and 1: '0.3'",
    ),
    (
        {"num_min_samples": 101},
        "num_min_samples=101 is larger than the space, which has 100 combinations",
    ),
    ({"num_min_samples": 0}, "num_min_samples must be a whole number of at least 1: 0"),
    ({"num_min_samples": 1.5}, "num_min_samples must be a whole number of at least 1: 1.5"),
    ({"mode": "maximum"}, "unknown mode 'maximum'; did you mean 'max'?; give one of max, min"),
    ({"mode": None}, "unknown mode None; give one of max, min"),
    (
        {"sampler": "tpee"},
        "unknown sampler 'tpee'; did you mean 'tpe'?; give one of random, grid, tpe",
    ),
    (
        {"sampler": "random"},
        "sampler='random' without a resource needs max_trials: how many configurations to draw",
    ),
    (
        {"sampler": "tpe"},
        "sampler='tpe' without a resource needs max_trials: how many configurations to draw",
    ),
    (
        {"scheduler": "asynch"},
        "unknown scheduler 'asynch'; did you mean 'async'?; give one of sync, async",
    ),
    (
        {"scheduler": "async", "brackets": "adaptive"},
        "brackets='adaptive' is for scheduler='sync'; asynchronous halving takes 'all' or 'one'",
    ),
    (
        {"brackets": "al"},
        "unknown brackets 'al'; did you mean 'all'?; give one of all, one, adaptive",
    ),
    (
        {"scheduler": "async"},
        "scheduler='async' needs a resource: resource='epochs', max_resource=81",
    ),
    ({"resource": "epochs"}, "resource='epochs' needs max_resource, such as 81"),
    ({"resource": 3, "max_resource": 9}, "resource is the name of a config key: 3"),
    ({"resource": "", "max_resource": 9}, "resource is the name of a config key: ''"),
    (
        {"max_resource": 81},
        "max_resource needs the name of the resource: resource='epochs', max_resource=81",
    ),
    ({**EPOCHS, "max_resource": 0}, "max_resource must be a positive number: 0"),
    ({**EPOCHS, "max_resource": math.inf}, "max_resource must be a positive number: inf"),
    ({**EPOCHS, "min_resource": -1}, "min_resource must be a positive number: -1"),
    ({**EPOCHS, "min_resource": 10}, "min_resource 10 is above max_resource 9"),
    ({"max_trials": 0}, "max_trials must be a whole number of at least 1: 0"),
    ({"max_trials": 2.5}, "max_trials must be a whole number of at least 1: 2.5"),
    ({"max_total_resource": 0}, "max_total_resource must be a positive number: 0"),
    ({"max_seconds": -1}, "max_seconds must be a positive number: -1"),
    ({"trial_timeout": "1"}, "trial_timeout must be a positive number: '1'"),
    ({"n_jobs": 0}, "n_jobs must be at least 1, or -1 for one per CPU: 0"),
    ({"n_jobs": -2}, "n_jobs must be at least 1, or -1 for one per CPU: -2"),
    ({"n_jobs": True}, "n_jobs must be at least 1, or -1 for one per CPU: True"),
    ({"n_jobs": 1.5}, "n_jobs must be at least 1, or -1 for one per CPU: 1.5"),
    (
        {"storage": "mongodb://x"},
        "storage 'mongodb://x' is not supported; give 'sqlite:///study.db' (an absolute path has "
        "four slashes), 'postgresql://…', 'mysql://…', or a tracker that logs to one of these",
    ),
    (
        {"storage": "sqlite:////no/such/folder/s.db"},
        "storage 'sqlite:////no/such/folder/s.db' is in a folder that does not exist: "
        "/no/such/folder",
    ),
    ({"storage": 3}, "storage is 3; give 'sqlite:///study.db' or a tracker such as SQLLogger"),
]


def ids(table):
    return [message for _, message in table]


@pytest.mark.parametrize(("fields", "message"), FIELDS, ids=ids(FIELDS))
def test_a_wrong_field_is_one_line_that_names_the_parameter(fields, message):
    with pytest.raises(SpaceError) as caught:
        HyperBand(None, {"lr": fields}, max_trials=3, sampler="random")
    assert str(caught.value) == message


@pytest.mark.parametrize(("spaces", "message"), SPACES, ids=ids(SPACES))
def test_a_wrong_space_is_one_line_that_names_the_parameters(spaces, message):
    with pytest.raises(SpaceError) as caught:
        HyperBand(None, spaces, max_trials=3, sampler="random")
    assert str(caught.value) == message


@pytest.mark.parametrize(("given", "message"), ARGUMENTS, ids=ids(ARGUMENTS))
def test_a_wrong_argument_is_one_line_at_construction(given, message):
    spaces = {"x": {"param_type": "INTEGER", "param_range": (1, 100)}}
    with pytest.raises(SettingsError) as caught:
        HyperBand(None, spaces, **{"halving_rate": 0.3, "num_min_samples": 3, **given})
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"backend": "mpi"}, "unknown backend 'mpi'; give 'pytorch'"),
        ({"n_jobs": 2}, "n_jobs does not go with DistributedHyperBand: its ranks do the work"),
        (
            {"executor": object()},
            "executor does not go with DistributedHyperBand: its ranks do the work",
        ),
    ],
)
def test_a_wrong_argument_of_a_distributed_search_is_one_line(given, message):
    with pytest.raises(SettingsError) as caught:
        DistributedHyperBand(None, {"lr": FLOAT}, max_trials=3, sampler="random", **given)
    assert str(caught.value) == message


@pytest.mark.parametrize("error", [SpaceError, SettingsError])
def test_errors_of_input_are_search_errors_and_value_errors(error):
    assert issubclass(error, SearchError)
    assert issubclass(error, ValueError)


def test_one_combination_is_one_combination():
    spaces = {"x": {"param_type": "CATEGORY", "categories": ["only"]}}
    with pytest.raises(SettingsError, match="the space, which has 1 combination$"):
        HyperBand(None, spaces, num_min_samples=2)
