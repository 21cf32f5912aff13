"""The order of runs, and pages of them; a search against a plain loop over the same runs."""

import math
import operator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ato_sql import QuestionError, SQLFinder, SQLLogger


def ids(finder, *arguments, **options):
    return [run.id for run in finder.search(*arguments, **options)]


class TestOrder:
    def test_by_default_as_they_started(self, finder, trials):
        assert ids(finder) == trials

    @pytest.mark.parametrize(
        ("order_by", "expected"),
        [
            ("config.lr", [2, 1, 0]),
            ("-config.lr", [0, 1, 2]),
            ("+config.lr", [2, 1, 0]),
            ("metric.acc.max", [0, 2, 1]),
            ("-metric.acc.max", [1, 2, 0]),
            ("metric.acc", [0, 1, 2]),
            ("-metric.acc", [0, 1, 2]),
            ("config.name", [2, 1, 0]),
            ("-id", [2, 1, 0]),
            ("-start_time", [2, 1, 0]),
            ("project", [0, 1, 2]),
            ("-status", [0, 1, 2]),
        ],
    )
    def test_by_a_field(self, finder, trials, order_by, expected):
        assert ids(finder, order_by=order_by) == [trials[i] for i in expected]

    def test_runs_without_the_value_come_last(self, finder, trials, logger):
        bare = logger.run()
        for order_by in ("metric.acc.max", "-metric.acc.max", "config.name", "-config.name"):
            assert ids(finder, order_by=order_by)[-1] == bare

    def test_a_run_whose_last_value_is_nan_comes_last(self, finder, trials, logger):
        with logger.start() as run:
            run.log_metric("acc", math.nan, 0)
        assert ids(finder, order_by="metric.acc")[-1] == run.id
        assert ids(finder, order_by="-metric.acc")[-1] == run.id

    def test_statuses_are_ordered_with_the_lost_ones_among_them(self, finder, logger):
        found = []
        for status in ("zeta", "alpha", "mu"):
            with logger.start() as run:
                run.finish(status)
            found.append(run.id)
        assert ids(finder, order_by="status") == [found[1], found[2], found[0]]

    def test_numbers_are_ordered_as_numbers(self, finder, logger):
        found = {}
        for value in (10, 9, 100, -1, 0.5):
            with logger.start(config={"n": value}) as run:
                found[run.id] = value
        assert [found[i] for i in ids(finder, order_by="config.n")] == [-1, 0.5, 9, 10, 100]


class TestPages:
    @pytest.fixture
    def ten(self, logger):
        runs = [logger.start() for _ in range(10)]
        for run in runs:
            run.finish()
        return [run.id for run in runs]

    @pytest.mark.parametrize("size", [1, 3, 5, 10, 11])
    def test_pages_together_are_the_whole(self, finder, ten, size):
        pages = [ids(finder, limit=size, offset=start) for start in range(0, 10, size)]
        assert sum(pages, []) == ten
        assert all(len(page) <= size for page in pages)

    def test_an_offset_needs_no_limit(self, finder, ten):
        assert ids(finder, offset=7) == ten[7:]

    def test_beyond_the_end_there_is_nothing(self, finder, ten):
        assert ids(finder, limit=5, offset=10) == []

    def test_no_run_at_all_is_asked_for(self, finder, ten):
        assert ids(finder, limit=0) == []

    def test_pages_of_equals_neither_miss_nor_repeat_a_run(self, finder, ten):
        pages = [ids(finder, order_by="-status", limit=3, offset=n) for n in (0, 3, 6, 9)]
        assert sum(pages, []) == ten


RUNS = [
    {"config": {"lr": lr, "name": name, "deep": {"n": n}}, "tags": tags, "acc": acc}
    for lr, name, n, tags, acc in [
        (0.1, "mlp", 1, ["a"], [0.5, 0.7]),
        (0.01, "mlp", 2, ["a", "b"], [0.9]),
        (0.001, "cnn", 2, [], [math.nan, 0.3]),
        (1, "", 3, ["b"], [-1.0, 2.0, 0.5]),
        (1, "MLP", 1, ["A"], []),
        (-0.5, "cnn2", 0, ["a", "a"], [math.inf]),
        (2**60, "z", -1, ["b", "c"], [0.5]),
        (None, None, None, None, [0.5, 0.5]),
    ]
]


@pytest.fixture(scope="module")
def generated(tmp_path_factory):
    """A finder of the database that has RUNS, in this order, and their ids."""
    path = str(tmp_path_factory.mktemp("oracle") / "runs.sqlite")
    config = {"experiment": {"project_name": "p", "sql": {"db_path": path}}}
    logger, found = SQLLogger(config), []
    for one in RUNS:
        with logger.start(config=one["config"], tags=one["tags"]) as run:
            for step, value in enumerate(one["acc"]):
                run.log_metric("acc", value, step)
        found.append(run.id)
    logger.close()
    finder = SQLFinder(config)
    yield finder, found
    finder.close()


def config_value(field):
    return lambda run: run["config"]["deep"]["n"] if field == "deep.n" else run["config"][field]


def finite(run):
    return [v for v in run["acc"] if math.isfinite(v)]


def last(run):
    return run["acc"][-1] if run["acc"] and not math.isnan(run["acc"][-1]) else None


FIELDS = {
    "config.lr": (config_value("lr"), st.sampled_from([0.1, 0.01, 1, -0.5, 0.05, 2.0**60])),
    "config.name": (config_value("name"), st.sampled_from(["mlp", "cnn", "", "z", "m", "MLP"])),
    "config.deep.n": (config_value("deep.n"), st.integers(-1, 4)),
    "metric.acc": (last, st.sampled_from([0.5, 0.3, 0.9, 0.0])),
    "metric.acc.max": (lambda r: max(finite(r), default=None), st.sampled_from([0.5, 0.7, 2.0])),
    "metric.acc.min": (lambda r: min(finite(r), default=None), st.sampled_from([0.5, -1.0, 0.3])),
    "metric.acc.count": (lambda r: len(r["acc"]) or None, st.integers(0, 4)),
}
COMPARE = {
    "=": operator.eq,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "in": lambda a, b: a in b,
}


@st.composite
def conditions(draw):
    field = draw(st.sampled_from(sorted(FIELDS)))
    sign = draw(st.sampled_from(sorted(COMPARE)))
    values = FIELDS[field][1]
    return field, (sign, draw(st.lists(values, max_size=3) if sign == "in" else values))


def meets(run, condition):
    field, (sign, wanted) = condition
    value = FIELDS[field][0](run)
    return value is not None and COMPARE[sign](value, wanted)


tag_lists = st.lists(st.sampled_from(["a", "b", "c", "A"]), max_size=2)
against_a_loop = settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.mark.slow
@given(st.lists(conditions(), max_size=3), tag_lists)
@against_a_loop
def test_a_search_finds_what_a_loop_over_all_runs_finds(generated, chosen, tags):
    finder, found = generated
    where = {}
    for field, condition in chosen:
        where.setdefault(field, []).append(condition)
    expected = [
        run_id
        for run_id, run in zip(found, RUNS)
        if all(meets(run, one) for one in chosen) and set(tags) <= set(run["tags"] or ())
    ]
    assert ids(finder, where, tags=tags) == expected
    assert finder.count(where, tags=tags) == len(expected)


numeric = st.sampled_from([f for f in sorted(FIELDS) if f != "config.name"])


@given(numeric, st.booleans(), st.integers(0, 9), st.integers(0, 9))
@against_a_loop
def test_an_order_is_that_of_a_stable_sort(generated, field, falling, offset, limit):
    finder, found = generated
    pairs = [(FIELDS[field][0](run), run_id) for run_id, run in zip(found, RUNS)]
    there = [pair for pair in pairs if pair[0] is not None]
    there.sort(key=lambda pair: -pair[0] if falling else pair[0])
    expected = [i for _, i in there] + [i for value, i in pairs if value is None]
    order_by = f"-{field}" if falling else field
    assert ids(finder, order_by=order_by) == expected
    page = ids(finder, order_by=order_by, limit=limit, offset=offset)
    assert page == expected[offset : offset + limit]


@pytest.mark.slow
@given(st.lists(conditions(), max_size=2), numeric, st.integers(1, 4))
@against_a_loop
def test_pages_of_a_search_are_its_parts(generated, chosen, field, size):
    finder, _ = generated
    where = dict(chosen)
    whole = ids(finder, where, field)
    pages = [ids(finder, where, field, limit=size, offset=n) for n in range(0, len(RUNS), size)]
    assert sum(pages, []) == whole


@pytest.mark.parametrize("mode", ["max", "min"])
@pytest.mark.parametrize("at", ["best", "last"])
def test_the_best_run_is_the_one_a_loop_finds(generated, mode, at):
    finder, found = generated
    pick = max if mode == "max" else min
    of_runs = [last(run) if at == "last" else pick(finite(run), default=None) for run in RUNS]
    best = pick(value for value in of_runs if value is not None and math.isfinite(value))
    expected = found[of_runs.index(best)]
    assert finder.find_best_run("p", "acc", mode, at).id == expected


@pytest.mark.parametrize(
    ("order_by", "meant"),
    [("config.lrr", "config.lr"), ("-metric.acc.maxx", "acc"), ("stat_time", "start_time")],
)
def test_a_field_that_no_run_has_is_an_error_with_a_suggestion(finder, trials, order_by, meant):
    with pytest.raises(QuestionError, match=f"did you mean '.*{meant}"):
        finder.search(order_by=order_by)


def test_an_empty_project_has_an_order_by_anything(finder, logger):
    logger.get_or_create_project()
    assert finder.search("digits", order_by="config.lr") == []
