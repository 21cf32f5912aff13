"""A damaged row takes down its own run at most: the page shows all else as before."""

import contextlib
import logging
import sqlite3

import pytest

pytest.importorskip("starlette", reason="needs the extra ui")

BLOB = b"\xff\xfe\x00"
DAMAGE = [
    ("experiments", "project_id", 99),
    ("experiments", "status", BLOB),
    ("experiments", "tags", '{"a": 1}'),
    ("experiments", "config", "7"),
    ("experiments", "provenance", "99"),
    ("experiments", "value_hash", BLOB),
    ("experiments", "start_time", "x"),
    ("metrics", "step", "x"),
    ("metrics", "step", float("inf")),
    ("metrics", "step", BLOB),
    ("metrics", "timestamp", None),
    ("metric_summaries", "key", BLOB),
    ("metric_summaries", "min", '{"a":'),
    ("params", "text", BLOB),
    ("notes", "text", BLOB),
    ("artifacts", "step", None),
    ("artifacts", "step", "x"),
    ("artifacts", "key", "x" * 5000),
    ("artifacts", "key", BLOB),
    ("artifacts", "data_type", None),
    ("artifacts", "data_info", "7"),
    ("artifacts", "path", BLOB),
]


@pytest.fixture
def damaged(new_database, serve):
    """The page over three runs of one project, of which the first is damaged, and a fourth."""

    def damaged(table, column, value):
        for number, project in enumerate(["p", "p", "p", "other"]):
            with new_database(project, lr=0.1 + number).start(tags=["a"]) as run:
                run.log_note("a remark")
                run.log_text("said", "hello", step=0)
                for step in range(5):
                    run.log_metric("loss", 1 / (step + 1 + number), step)
        with contextlib.closing(sqlite3.connect(new_database.url[len("sqlite:///") :])) as opened:
            key = "id" if table == "experiments" else "run_id"
            one = f"SELECT min(rowid) FROM {table} WHERE {key} = 1"
            opened.execute(f"UPDATE {table} SET {column} = ? WHERE rowid = ({one})", (value,))
            opened.commit()
        return serve(new_database.url)

    return damaged


@pytest.mark.parametrize(("table", "column", "value"), DAMAGE)
def test_all_other_runs_are_shown(damaged, table, column, value):
    page = damaged(table, column, value)
    assert {one["name"] for one in page.get("projects")["projects"]} == {"p", "other"}
    asked = {"column": ["config.lr", "metric.loss.min"]}
    rows = {row["id"]: row for row in page.get("projects/1/runs", **asked)["rows"]}
    assert rows[2]["values"] == {"config.lr": 1.1, "metric.loss.min": 1 / 6}
    assert {2, 3} <= set(rows)
    assert "metric.loss.last" in page.get("projects/1")["default_columns"]
    assert "loss" in page.get("projects/1/columns")["metrics"]
    curves = {one["id"]: one["y"] for one in page.get("projects/1/curves", key="loss")["runs"]}
    assert len(curves[2]) == len(curves[3]) == 5
    both = page.get("metrics", key="loss", run=[1, 2])["series"]
    assert both[1]["count"] == 5
    page.get("metrics", key="loss", run=[1, 2], axis="time")
    timed = page.get("projects/1/curves", key="loss", axis="time")["runs"]
    assert {2, 3} <= {one["id"] for one in timed}
    page.get("compare", run=[1, 2])
    page.get("compare", run=[2, 1])
    assert page.get("runs/2")["run"]["status"] == "completed"


@pytest.mark.parametrize(("table", "column", "value"), [DAMAGE[1], DAMAGE[7], DAMAGE[12]])
def test_the_damaged_run_shows_what_it_has_and_says_so(damaged, table, column, value):
    page = damaged(table, column, value)
    page.get("projects/1/curves", key="loss")
    page.get("projects/1/runs", column="metric.loss.min")
    page.get("runs/1") if table == "experiments" else page.get("metrics", key="loss", run=1)
    shown = page.get("runs/1")
    assert shown["run"]["status"] == "damaged"
    assert shown["notes"][0]["text"] == "a remark"


def test_what_is_damaged_prints_no_traceback(damaged, caplog, monkeypatch):
    monkeypatch.delenv("ATO_TRACEBACK", raising=False)
    page = damaged("metric_summaries", "min", '{"a":')
    with caplog.at_level(logging.ERROR):
        page.get("runs/1")
        page.get("projects/1/runs", column="metric.loss.min")
    assert not any(record.exc_info for record in caplog.records)


def test_a_config_that_is_none_is_shown_as_damaged(damaged):
    page = damaged("experiments", "config", '{"lr":')
    (leaf,) = page.get("runs/1")["config"]
    assert leaf["path"] == ["(all)"]
    assert leaf["text"].startswith("damaged: ")
