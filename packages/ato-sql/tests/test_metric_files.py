"""All values of all metrics as a table in a file."""

import csv
import math
import sys

import pytest

from ato_sql import NotFoundError, SettingsError


@pytest.fixture
def run(logger):
    with logger.start(tags=["a"], fingerprints={"static": {"f": "abc"}}) as run:
        for step, value in enumerate([0.5, math.nan, -math.inf, 2**60 + 1]):
            run.log_metric("loss", value, step)
        run.log_note("hello")
        run.log_artifact(__file__, "code")
    return run


class TestMetricFiles:
    def test_csv_has_every_value_exactly(self, finder, run, tmp_path):
        finder.export_metrics(tmp_path / "metrics.csv")
        with open(tmp_path / "metrics.csv", newline="") as file:
            rows = list(csv.DictReader(file))
        assert [row["value"] for row in rows] == ["0.5", "nan", "-inf", str(2**60 + 1)]
        assert rows[0]["project"] == "digits"

    def test_parquet_holds_an_integer_that_no_float_holds_as_infinite(
        self, finder, logger, tmp_path
    ):
        pandas = pytest.importorskip("pandas")
        pytest.importorskip("pyarrow")
        with logger.start() as run:
            run.log_metrics({"n": -(10**309), "loss": 0.5}, step=0)
        finder.export_metrics(tmp_path / "x.parquet")
        frame = pandas.read_parquet(tmp_path / "x.parquet")
        assert dict(zip(frame["key"], frame["value"])) == {"n": -math.inf, "loss": 0.5}

    def test_a_pandas_that_cannot_be_loaded_is_named(self, finder, run, tmp_path, monkeypatch):
        (tmp_path / "pandas.py").write_text("raise ValueError('numpy.dtype size changed')")
        monkeypatch.syspath_prepend(str(tmp_path))
        monkeypatch.delitem(sys.modules, "pandas", raising=False)
        with pytest.raises(SettingsError, match="pandas cannot be loaded: ValueError: numpy.dtype"):
            finder.to_dataframe()

    def test_of_some_runs_only(self, finder, trials, tmp_path):
        assert finder.export_metrics(tmp_path / "metrics.csv", run_ids=trials[:1]) == 1
        assert finder.export_metrics(tmp_path / "all.csv", project_name="digits") == 3
        assert len((tmp_path / "metrics.csv").read_text().splitlines()) == 3
        with pytest.raises(NotFoundError, match="did you mean 'digits'"):
            finder.export_metrics(tmp_path / "none.csv", project_name="digit")
        assert not (tmp_path / "none.csv").exists()

    def test_moments_are_iso_in_utc(self, finder, run, tmp_path):
        finder.export_metrics(tmp_path / "metrics.csv")
        with open(tmp_path / "metrics.csv", newline="") as file:
            row = next(csv.DictReader(file))
        logged = finder.get_metrics(run.id, "loss")[0].timestamp
        assert row["timestamp"] == logged.isoformat()
        assert row["timestamp"].endswith("+00:00")

    def test_names_with_commas_and_quotes_read_back(self, logger, finder, tmp_path):
        with logger.start() as run:
            run.log_metric('a,"b"', 0.5, 0)
        finder.export_metrics(tmp_path / "metrics.csv")
        with open(tmp_path / "metrics.csv", newline="") as file:
            assert [row["key"] for row in csv.DictReader(file)] == ['a,"b"']

    def test_parquet_without_pandas_says_what_to_install(self, finder, run, tmp_path, monkeypatch):
        monkeypatch.setitem(sys.modules, "pandas", None)
        with pytest.raises(SettingsError, match=r"pip install 'ato-sql\[pandas\]'"):
            finder.export_metrics(tmp_path / "metrics.parquet")
        assert not (tmp_path / "metrics.parquet").exists()

    def test_parquet_reads_back(self, finder, run, tmp_path):
        pandas = pytest.importorskip("pandas")
        pytest.importorskip("pyarrow")
        finder.export_metrics(tmp_path / "metrics.parquet")
        frame = pandas.read_parquet(tmp_path / "metrics.parquet")
        assert list(frame["step"]) == [0, 1, 2, 3]
