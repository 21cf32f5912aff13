"""Every number comes back as it was logged."""

import decimal
import fractions
import itertools
import math
import sys
import uuid

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ato_sql import MetricError
from ato_sql.reading import ReadOnlyDatabase, tables

on_one_database = settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
SUMMARIES = tables["metric_summaries"].c


def same(a, b):
    return a == b or (math.isnan(a) and math.isnan(b))


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (True, 1.0),
        (False, 0.0),
        (3, 3.0),
        (2**53, float(2**53)),
        (2**53 + 1, 2**53 + 1),
        (-(2**70), -(2**70)),
        (decimal.Decimal("0.5"), 0.5),
        (fractions.Fraction(1, 4), 0.25),
        (math.inf, math.inf),
        (-math.inf, -math.inf),
        (5e-324, 5e-324),
        (10**400, 10**400),
    ],
)
def test_a_number_of_any_kind_is_accepted(logger, finder, given, kept):
    run_id = logger.run()
    logger.log_metric("value", given, 0)
    value = finder.get_metrics(run_id, "value")[0].value
    assert value == kept
    assert type(value) is type(kept)


def test_negative_zero_keeps_its_sign(logger, finder):
    run_id = logger.run()
    logger.log_metric("value", -0.0, 0)
    assert math.copysign(1, finder.get_metrics(run_id, "value")[0].value) == -1


def test_numpy_scalars_are_accepted(logger, finder):
    numpy = pytest.importorskip("numpy")
    run_id = logger.run()
    scalars = [numpy.float32(0.5), numpy.int64(2**60 + 1), numpy.bool_(True), numpy.array(2.5)]
    for value in [*scalars, numpy.array([3.5]), numpy.array([[4]])]:
        logger.log_metric("value", value)
    found = [p.value for p in finder.get_metrics(run_id, "value")]
    assert found == [0.5, 2**60 + 1, 1.0, 2.5, 3.5, 4.0]


def test_an_array_of_several_numbers_is_refused(logger):
    numpy = pytest.importorskip("numpy")
    logger.run()
    with pytest.raises(MetricError, match="'loss' needs a number.*ndarray"):
        logger.log_metric("loss", numpy.zeros(3), 0)


@pytest.mark.parametrize("value", ["0.5", b"1", None, [1], {}, object(), 1j])
def test_what_is_no_number_is_refused_by_name(logger, value):
    logger.run()
    with pytest.raises(MetricError, match=f"'loss' needs a number.*{type(value).__name__}"):
        logger.log_metric("loss", value, 0)


def test_a_long_wrong_value_is_shortened_in_the_error(logger):
    logger.run()
    with pytest.raises(MetricError) as caught:
        logger.log_metric("loss", "x" * 10_000, 0)
    assert len(str(caught.value)) < 200
    assert "..." in str(caught.value)


@pytest.mark.parametrize("step", [-(2**63), -1, 0, 2**63 - 1])
def test_every_step_of_64_bits_is_kept(logger, finder, step):
    run_id = logger.run()
    logger.log_metric("loss", 0.5, step)
    assert finder.get_metrics(run_id, "loss")[0].step == step


@pytest.mark.parametrize(("step", "kept"), [(3.0, 3), (True, 1)])
def test_a_step_that_is_a_whole_number_of_another_type_is_taken(logger, finder, step, kept):
    run_id = logger.run()
    logger.log_metric("loss", 0.5, step)
    (point,) = finder.get_metrics(run_id, "loss")
    assert point.step == kept


def test_a_numpy_step_is_taken(logger, finder):
    numpy = pytest.importorskip("numpy")
    run_id = logger.run()
    logger.log_metric("loss", 0.5, numpy.int32(7))
    assert finder.get_metrics(run_id, "loss")[0].step == 7


numbers = st.floats() | st.integers() | st.booleans() | st.integers(2**53, 2**70)


@given(st.lists(numbers, min_size=1, max_size=30))
@on_one_database
def test_any_series_of_numbers_comes_back_in_order(logger, finder, values):
    with logger.start() as run:
        for step, value in enumerate(values):
            run.log_metric("x", value, step)
    found = finder.get_metrics(run.id, "x")
    assert [p.step for p in found] == list(range(len(values)))
    assert all(same(p.value, value) for p, value in zip(found, values))


rows = st.lists(
    st.tuples(st.floats() | st.integers(2**53 + 1, 2**70), st.integers(-5, 5)),
    min_size=1,
    max_size=20,
)


@given(st.lists(rows, min_size=1, max_size=3))
@on_one_database
def test_a_summary_is_what_its_rows_say_however_they_were_flushed(logger, finder, batches):
    with logger.start() as run:
        for batch in batches:
            for value, step in batch:
                run.log_metric("k", value, step)
            run.flush()
    summary = finder.get_summaries([run.id])[run.id]["k"]
    pairs = list(itertools.chain(*batches))
    finite = [float(v) for v, _ in pairs if not isinstance(v, float) or math.isfinite(v)]
    assert summary.count == len(pairs)
    assert summary.min == min(finite, default=None)
    assert summary.max == max(finite, default=None)
    if finite:
        steps_of_min = [s for v, s in pairs if v == v and float(v) == summary.min]
        steps_of_max = [s for v, s in pairs if v == v and float(v) == summary.max]
        assert (summary.min_step, summary.max_step) == (steps_of_min[0], steps_of_max[0])
    assert summary.last_step == max(step for _, step in pairs)
    last = [value for value, step in pairs if step == summary.last_step][-1]
    rows = finder.search({"metric.k": ("exists", True)}, limit=1, order_by="-id")
    assert rows[0].id == run.id
    assert same(finder.compare(run.id, run.id).metrics["k"].a, last)


@given(st.text(min_size=1, max_size=20))
@on_one_database
def test_a_metric_name_is_kept_or_refused_but_never_changed(logger, finder, key):
    with logger.start() as run:
        try:
            run.log_metric(key, 1.0, 0)
        except MetricError:
            assert "\0" in key or any("\ud800" <= c <= "\udfff" for c in key)
            return
    assert finder.get_metric_keys(run.id) == [key]
    assert finder.get_metrics(run.id, key)[0].value == 1.0


def test_a_name_of_255_characters_is_the_longest(logger, finder):
    run_id = logger.run()
    logger.log_metric("ä" * 255, 1.0, 0)
    assert finder.get_metric_keys(run_id) == ["ä" * 255]
    with pytest.raises(MetricError, match="1 to 255 characters, not 256"):
        logger.log_metric("ä" * 256, 1.0, 0)


def test_large_integers_are_ordered_among_floats(logger, finder):
    for value in (1e300, 2**60 + 1, 10**400, -(10**400)):
        with logger.start() as run:
            run.log_metric("x", value, 0)
    found = finder.search({"metric.x": ("exists", True)}, order_by="metric.x")
    assert [finder.get_metrics(r.id, "x")[0].value for r in found] == [
        -(10**400),
        2**60 + 1,
        1e300,
        10**400,
    ]


def test_the_tables_say_how_special_numbers_are_kept(logger, path):
    run = logger.start()
    for key, value in (("nan", math.nan), ("inf", math.inf), ("int", 2**60 + 1)):
        run.log_metric(key, value, 0)
    run.flush()
    query = SUMMARIES.run_id == run.id
    with ReadOnlyDatabase(path).connect() as connection:
        from sqlalchemy import select

        found = connection.execute(
            select(SUMMARIES.key, SUMMARIES.last, SUMMARIES.last_special).where(query)
        )
        kept = {key: (last, special) for key, last, special in found}
    assert kept == {
        "nan": (None, "nan"),
        "inf": (None, "inf"),
        "int": (float(2**60), str(2**60 + 1)),
    }


def test_a_uuid_is_unique_and_found(logger, finder):
    runs = [logger.start() for _ in range(3)]
    assert len({uuid.UUID(run.uuid) for run in runs}) == 3
    assert [finder.get_run(run.uuid).id for run in runs] == [run.id for run in runs]


def test_integers_beyond_all_floats_are_compared_with_floats(logger, finder):
    for value in (0.5, 10**400):
        with logger.start() as run:
            run.log_metric("m", value)
    found = finder.compare(1, run.id).metrics["m"]
    assert (found.a, found.b, found.delta) == (0.5, 10**400, sys.float_info.max)


class TestWhatIsNoText:
    @pytest.mark.parametrize(
        "value",
        [10**5000, range(10**30), {1}, [], b"a", 5],
        ids=["huge", "range", "set", "list", "bytes", "int"],
    )
    def test_as_a_name_is_refused_at_once(self, logger, value):
        with logger.start() as run:
            for log in (
                lambda: run.log_metric(value, 1.0),
                lambda: run.log_input(b"1", name=value),
                lambda: run.log_text(value, "a text"),
                lambda: run.log_table(value, [{"a": 1}]),
                lambda: run.log_histogram(value, [1.0]),
                lambda: run.log_image(value, b"no image"),
            ):
                with pytest.raises(MetricError, match="string|text"):
                    log()

    def test_as_a_text_is_refused_where_it_has_none(self, logger, tmp_path):
        (tmp_path / "a.bin").write_bytes(b"1")

        class Broken:
            def __str__(self):
                raise RuntimeError("broken")

        with logger.start() as run:
            for log in (
                lambda: run.log_note(Broken()),
                lambda: run.log_text("t", Broken()),
                lambda: run.log_artifact(tmp_path / "a.bin", Broken()),
            ):
                with pytest.raises(MetricError, match="must be a text, not Broken: broken"):
                    log()
