"""Whatever is asked, the answer is JSON and never a failure of the server."""

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


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=12,
)


@relaxed
@given(config=st.dictionaries(texts, json_values, max_size=4))
def test_any_config_becomes_leaves_of_text(config):
    from ato._ui._answer import plain
    from ato._ui._leaves import leaves

    found = leaves(config)
    assert {leaf["path"][0] for leaf in found} == set(config)
    assert all(isinstance(leaf["text"], str) for leaf in found)
    assert plain(found) == found
