"""What differs between two runs."""

import json
import math

import pytest

from ato_adict import MISSING
from ato_sql import Change, CodeChange, Comparison, MetricChange, NotFoundError, SQLLogger
from helping import Print


@pytest.fixture
def compare(open_logger, config, finder):
    """Make two runs, each with its own `start` options and metrics, and compare them."""

    def compare(first, second):
        ids = []
        for options in (first, second):
            options = dict(options)
            metrics = options.pop("metrics", {})
            settings = options.pop("settings", config)
            with open_logger(settings).start(**options) as run:
                for key, values in metrics.items():
                    for step, value in enumerate(values):
                        run.log_metric(key, value, step)
            ids.append(run.id)
        return finder.compare(*ids)

    return compare


def test_a_run_does_not_differ_from_itself(finder, trials):
    found = finder.compare(trials[0], trials[0])
    assert [found.config, found.code, found.outputs, found.environment] == [{}] * 4
    assert found.metrics["acc"].delta == 0


def test_runs_are_named_by_id_or_uuid(finder, trials):
    uuid = finder.get_run(trials[1]).uuid
    found = finder.compare(trials[0], uuid)
    assert isinstance(found, Comparison)
    assert (found.run_a, found.run_b) == (trials[0], trials[1])


def test_an_unknown_run_is_an_error(finder, trials):
    with pytest.raises(NotFoundError, match="no run 99"):
        finder.compare(trials[0], 99)
    with pytest.raises(NotFoundError, match="no run 'nope'"):
        finder.compare("nope", trials[0])


class TestConfig:
    @pytest.mark.parametrize(
        ("a", "b", "expected"),
        [
            ({"lr": 0.1}, {"lr": 0.1}, {}),
            ({"lr": 0.1}, {"lr": 0.2}, {"lr": (0.1, 0.2)}),
            ({"m": {"x": 1, "y": 2}}, {"m": {"x": 1, "y": 3}}, {"m.y": (2, 3)}),
            ({"x": [1, 2]}, {"x": [1, 2, 3]}, {"x": ([1, 2], [1, 2, 3])}),
            ({"x": 1}, {"x": 1.0}, {"x": (1, 1.0)}),
            ({"x": 1}, {"x": True}, {"x": (1, True)}),
            ({"x": None}, {"x": 0}, {"x": (None, 0)}),
            ({"a": 1, "b": 2}, {"b": 2, "a": 1}, {}),
        ],
    )
    def test_values_that_differ_are_listed_by_key(self, compare, a, b, expected):
        found = compare({"config": a}, {"config": b}).config
        assert found == expected
        assert all(isinstance(change, Change) for change in found.values())

    def test_what_one_run_lacks_is_false_and_left_out_of_the_dict(self, compare):
        found = compare({"config": {"a": 1}}, {"config": {"b": None}})
        assert not found.config["a"].b
        assert found.config["a"].b is MISSING
        assert found.to_dict()["config"] == {"a": {"a": 1}, "b": {"b": None}}

    def test_a_mapping_made_empty_is_a_difference(self, compare):
        found = compare({"config": {"m": {"x": 1}}}, {"config": {"m": {}}}).to_dict()
        assert found["config"] == {"m.x": {"a": 1}, "m": {"b": {}}}


class TestCode:
    def test_the_sources_of_changed_functions_are_compared_line_by_line(self, compare):
        old = Print("1" * 64, source="def f():\n    return 1\n")
        new = Print("2" * 64, source="def f():\n    return 2\n")
        found = compare(
            {"fingerprints": {"static": {"f": old}, "runtime": {"o": old}}},
            {"fingerprints": {"static": {"f": new}, "runtime": {"o": new}}},
        )
        assert isinstance(found.code["f"], CodeChange)
        assert found.code["f"][:2] == (("1" * 64,), ("2" * 64,))
        assert "--- f 11111111\n+++ f 22222222" in found.code["f"].diff
        assert "-    return 1\n+    return 2" in found.code["f"].diff
        assert list(found.outputs) == ["o"]

    def test_where_only_the_canonical_form_is_known_that_is_compared(self, compare):
        old, new = Print("1" * 64, canonical="A\nB"), Print("2" * 64, canonical="A\nC")
        found = compare({"fingerprints": {"f": old}}, {"fingerprints": {"f": new}})
        assert "-B\n+C" in found.code["f"].diff

    def test_without_a_source_there_is_no_diff(self, compare):
        found = compare(
            {"fingerprints": {"f": "1"}}, {"fingerprints": {"f": Print("2", source="x")}}
        )
        assert found.code == {"f": CodeChange(("1",), ("2",), "")}

    def test_a_function_of_one_run_only_is_a_difference(self, compare):
        found = compare({"fingerprints": {"f": "1", "g": "2"}}, {"fingerprints": {"f": "1"}})
        assert found.code == {"g": CodeChange(("2",), (), "")}

    def test_several_fingerprints_of_one_trace_are_compared_in_order(self, compare):
        found = compare(
            {"fingerprints": {"runtime": {"o": ["1", "2"]}}},
            {"fingerprints": {"runtime": {"o": ["1", "3"]}}},
        )
        assert found.outputs == {"o": CodeChange(("1", "2"), ("1", "3"), "")}


class TestEnvironment:
    def test_the_command_line_is_compared(self, compare, finder, config, monkeypatch):
        monkeypatch.setattr("sys.argv", ["train.py", "lr=1"])
        with SQLLogger(config).start() as first:
            pass
        monkeypatch.setattr("sys.argv", ["train.py", "lr=2"])
        with SQLLogger(config).start() as second:
            pass
        found = finder.compare(first.id, second.id).environment["command"]
        assert (found.a[-1], found.b[-1]) == ("lr=1", "lr=2")

    def test_the_folder_is_compared(self, finder, config, monkeypatch, tmp_path):
        ids = []
        for name in ("a", "b"):
            (tmp_path / name).mkdir()
            monkeypatch.chdir(tmp_path / name)
            with SQLLogger(config).start() as run:
                pass
            ids.append(run.id)
        assert finder.compare(*ids).environment == {
            "directory": (str(tmp_path / "a"), str(tmp_path / "b"))
        }

    def test_versions_of_packages_are_compared_by_name(self, finder, logger, path, tmp_path):
        logger.start().finish()
        finder.export(tmp_path / "runs.jsonl")
        records = [json.loads(line) for line in open(str(tmp_path / "runs.jsonl"))]
        for record in records:
            if record["type"] == "run":
                record["environment"]["packages"] = {"numpy": "1.0", "new": "2"}
                record["environment"]["python"] = "2.7"
                record.update(uuid="other", environment_hash="other")
        (tmp_path / "other.jsonl").write_text("\n".join(map(json.dumps, records)))
        finder.import_(tmp_path / "other.jsonl")
        found = finder.compare(1, "other").environment
        assert found["python"].b == "2.7"
        assert found["package new"].b == "2"
        assert not found["package new"].a
        assert found[
            "package sqlalchemy" if "package sqlalchemy" in found else "package SQLAlchemy"
        ]


class TestMetrics:
    def test_last_values_extremes_and_the_change_are_told(self, compare):
        found = compare({"metrics": {"acc": [0.5, 0.25]}}, {"metrics": {"acc": [1.0, 0.75]}})
        change = found.metrics["acc"]
        assert isinstance(change, MetricChange)
        assert change == (0.25, 0.75, 0.5, 0.25, 0.5, 0.75, 1.0)

    def test_a_metric_of_one_run_only_has_no_change(self, compare):
        change = compare({"metrics": {"acc": [0.5]}}, {}).metrics["acc"]
        assert (change.a, change.delta, change.b_min) == (0.5, None, None)
        assert not change.b

    def test_nan_and_large_integers_are_told_as_logged(self, compare):
        found = compare(
            {"metrics": {"n": [2**60 + 1], "x": [math.nan]}},
            {"metrics": {"n": [2**60 + 3], "x": [math.inf]}},
        ).metrics
        assert found["n"].delta == 2
        assert math.isnan(found["x"].a)
        assert found["x"].b == math.inf

    def test_a_difference_of_metrics_alone_is_none_of_the_causes(self, compare):
        found = compare({"metrics": {"acc": [0.5]}}, {"metrics": {"acc": [0.6]}})
        assert [found.config, found.code, found.outputs, found.environment] == [{}] * 4


def test_the_dict_is_json(compare):
    found = compare(
        {"config": {"x": 1}, "fingerprints": {"f": "1"}, "metrics": {"a": [1]}},
        {"config": {"x": None}, "fingerprints": {"f": "2"}, "metrics": {"b": [1]}},
    )
    data = json.loads(json.dumps(found.to_dict()))
    assert set(data) == {*Comparison._fields}
    assert data["code"]["f"] == {"a": ["1"], "b": ["2"], "diff": ""}
    assert data["metrics"]["a"]["delta"] is None
