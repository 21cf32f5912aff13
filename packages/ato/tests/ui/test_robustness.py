"""Whatever is asked, the answer is JSON and never a failure of the server."""

import json

import pytest

pytest.importorskip("starlette", reason="needs the extra ui")

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

relaxed = settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
# Lone surrogates cannot stand in a URL.
texts = st.text(st.characters(blacklist_categories=["Cs"]), max_size=30)
fields = st.sampled_from(["status", "tag", "lr", "id", "started", "parent", "metric.lr.max", "x"])
terms = st.builds("{}{}{}".format, fields, st.sampled_from([":", "<", ">=", "!=", "="]), texts)


def status(page, path, **params):
    from urllib.parse import urlencode

    reply = page.ask(f"/api/{path}?{urlencode(params, doseq=True)}")
    assert isinstance(reply.json, dict)
    return reply.status


@relaxed
@given(filter=st.one_of(texts, terms))
def test_any_filter_is_answered_or_refused(page, filter):
    assert status(page, "projects/1/runs", filter=filter) in (200, 400)


@relaxed
@given(sort=texts, column=st.lists(texts, max_size=3), limit=texts, offset=texts)
def test_any_table_is_answered_or_refused(page, sort, column, limit, offset):
    params = {"sort": sort, "column": column, "limit": limit, "offset": offset}
    assert status(page, "projects/1/runs", **params) in (200, 400)


@relaxed
@given(key=texts, run=texts, axis=texts, start=texts, points=texts)
def test_any_curve_is_answered_or_refused(page, key, run, axis, start, points):
    params = {"key": key, "run": run, "axis": axis, "from": start, "points": points}
    assert status(page, "metrics", **params) in (200, 400, 404)


@relaxed
@given(number=st.integers(min_value=0, max_value=2**80))
def test_any_number_of_a_run_is_answered(page, number):
    assert status(page, f"runs/{number}") in (200, 404)
    assert status(page, f"searches/{number}") in (200, 404)
    assert status(page, f"projects/{number}/runs") in (200, 404)


@pytest.mark.parametrize("path", ["api/runs/{}", "api/files/{}", "runs/{}", "projects/{}/curves"])
def test_a_number_without_an_end_is_refused(page, path):
    assert page.ask("/" + path.format("9" * 5000)).status == 414


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=12,
)


@pytest.fixture(scope="module")
def stored(tmp_path_factory, serve):
    """A database with one run whose stored config a test may replace, and its page."""
    import sqlite3

    from ato_sql import SQLLogger

    path = tmp_path_factory.mktemp("stored") / "runs.db"
    config = {"experiment": {"project_name": "any", "sql": {"db_path": str(path)}}}
    SQLLogger(config).start().finish()
    page = serve(f"sqlite:///{path}")

    def show(text):
        with sqlite3.connect(str(path)) as connection:
            connection.execute("UPDATE experiments SET config = ?", (text,))
        connection.close()
        return page.get("runs/1")["config"]

    return show


@relaxed
@given(config=st.dictionaries(texts, json_values, max_size=4))
def test_any_config_becomes_leaves_of_text(stored, config):
    shown = stored(json.dumps(config))
    assert {leaf["path"][0] for leaf in shown} == set(config)
    assert all(isinstance(leaf["text"], str) for leaf in shown)


@pytest.mark.parametrize("mark", ['"set"', '["x"]', "{}", "null", '"unknown"', "7"])
@pytest.mark.parametrize("rest", ["", ', "value": 1', ', "value": [1, {"__ato__": []}]'])
def test_marks_that_ato_never_writes_are_shown_as_they_are(stored, mark, rest):
    (leaf,) = stored(f'{{"x": {{"__ato__": {mark}{rest}}}}}')
    assert leaf["path"] == ["x"]
    assert leaf["text"]


def test_a_key_that_is_no_text_is_written_as_in_python(stored):
    (leaf,) = stored('{"x": [{"[1]": "a", "[(1, 2)]": null, "1": true}]}')
    assert leaf["text"] == '[{1: "a", (1, 2): None, "1": True}]'
