"""PostgreSQL and MariaDB answer as SQLite does."""

import datetime as dt
import json
import math
import random

import pytest

from ato_adict import ADict
from ato_sql import SQLFinder, SQLLogger
from helping import Print

pytestmark = [pytest.mark.databases, pytest.mark.timeout(300)]


def config_of(url, **more):
    return ADict(experiment=ADict(project_name="p", sql=ADict(db_path=url)), **more)


def fill(url):
    """Log the same forty runs wherever it is; return a finder."""
    chance = random.Random(7)
    logger = SQLLogger(config_of(url))
    for number in range(40):
        config = {
            "lr": chance.choice([0.1, 0.01, 1, 2**60, None]),
            "name": chance.choice(["mlp", "MLP", "cnn", "ä", 'say "hi"', "back\\slash", ""]),
            "deep": {"flag": chance.random() < 0.5, "list": [1, chance.randint(0, 1)]},
        }
        tags = chance.sample(["a", "B", "b", "日本", "x'y"], chance.randint(0, 3))
        made = Print(f"code{number % 3}", source=f"version {number % 3}")
        prints = {"static": {"f": made}}
        with logger.start(tags=tags, config=config, fingerprints=prints) as run:
            for step in range(chance.randint(0, 30)):
                value = chance.choice([0.5, -1.5, 1e300, math.nan, math.inf, 2**60 + 1, 3.25])
                run.log_metric("acc", value, step)
                run.log_metric("Acc", float(step), -step)
            if number % 7 == 0:
                run.finish("failed", error=f"no. {number}")
    logger.close()
    return SQLFinder(config_of(url))


@pytest.fixture
def both(url, tmp_path):
    finders = [fill(url), fill(str(tmp_path / "local.sqlite"))]
    yield finders
    for finder in finders:
        finder.close()


def test_searches_find_the_same_runs(both):
    values = [0.1, 1, 2**60, None, "mlp", "ä", 'say "hi"', "back\\slash", "", True, [1, 0], -1.5]
    questions = [
        {f"config.{key}": (sign, value)}
        for key in ("lr", "name", "deep.flag", "deep.list", "nothing")
        for sign in ("=", "!=", "<", ">=", "in", "not in", "contains", "exists")
        for value in values
        for value in ([[value, 1]] if "in" in sign.split() else [value])
        if sign not in ("<", ">=") or isinstance(value, (int, float))
        if sign != "exists" or isinstance(value, bool)
    ]
    questions += [
        {f"metric.{key}.{what}": (sign, value)}
        for key in ("acc", "Acc")
        for what in ("min", "max", "last", "count", "max_step")
        for sign in ("=", "<", ">=")
        for value in (0.5, -1.5, 10)
    ]
    questions += [
        {"status": "failed"},
        {"status": ("!=", "failed")},
        {"error": ("contains", "no. 7")},
        {"error": ("contains", "No. 7")},
        {"fingerprint.f": "code1"},
        {"project": ("contains", "P")},
    ]
    for where in questions:
        found = [[run.id for run in finder.search(where)] for finder in both]
        assert found[0] == found[1], where
    assert len(questions) > 200


@pytest.mark.parametrize("falling", ["", "-"])
@pytest.mark.parametrize("field", ["config.lr", "metric.acc.max", "metric.Acc.min", "status", "id"])
def test_orders_and_pages_are_the_same(both, field, falling):
    for limit, offset in ((None, 0), (7, 0), (7, 35), (None, 30)):
        found = [
            [r.id for r in finder.search(order_by=falling + field, limit=limit, offset=offset)]
            for finder in both
        ]
        assert found[0] == found[1]


@pytest.mark.parametrize("tags", [["a"], ["b"], ["B", "b"], ["日本"], ["x'y"], ["A"]])
def test_tags_find_the_same_runs(both, tags):
    found = [[run.id for run in finder.search(tags=tags)] for finder in both]
    assert found[0] == found[1]


def test_curves_whole_and_thinned_are_the_same(both):
    for run in both[1].search({"metric.acc": ("exists", True)}):
        for most in (None, 4, 9):
            found = [
                [(p.step, repr(p.value)) for p in finder.get_metrics(run.id, key, most)]
                for finder in both
                for key in ("acc", "Acc")
            ]
            assert found[:2] == found[2:]


def test_best_runs_histories_and_comparisons_are_the_same(both):
    for at in ("best", "last"):
        for mode in ("max", "min"):
            ids = {finder.find_best_run("p", "acc", mode, at).id for finder in both}
            assert len(ids) == 1
    assert both[0].history("f") == both[1].history("f")
    here, there = ({**finder.compare(1, 2).to_dict(), "environment": None} for finder in both)
    assert json.dumps(here) == json.dumps(there)


def test_moments_of_any_zone_are_compared_in_utc(both):
    zone = dt.timezone(dt.timedelta(hours=-7))
    for finder in both:
        third = finder.get_run(3).start_time
        assert third.utcoffset() == dt.timedelta(0)
        found = finder.search({"start_time": ("<=", third.astimezone(zone))})
        assert {1, 2, 3} <= {run.id for run in found}


def test_merging_across_is_idempotent(both, url):
    remote, local = both
    assert len(local.merge(url).added) == 40
    assert len(local.merge(url).known) == 40
    assert local.count() == 80
    for run in remote.search(limit=5):
        same = local.get_run(run.uuid)
        assert (same.config, same.tags, same.start_time) == (run.config, run.tags, run.start_time)
        summaries = (remote.get_summaries([run.id]), local.get_summaries([same.id]))
        counts = [{k: s.count for k, s in one.popitem()[1].items()} for one in summaries]
        assert counts[0] == counts[1]


def test_a_search_is_archived_with_its_trials(url):
    logger, finder = SQLLogger(config_of(url)), SQLFinder(config_of(url))
    with logger.start() as search:
        for _ in range(3):
            with logger.start(parent=search):
                pass
    assert finder.archive(search.id) == 3
    assert finder.count("archived:false") == 0
    assert finder.archive(search.id, archived=False) == 3
    assert finder.count("archived:false") == 4
    finder.close()
