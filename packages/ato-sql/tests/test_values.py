"""Every number comes back as it was logged."""

import decimal
import fractions
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ato_sql import MetricError
from ato_sql._summary import summarise
from ato_sql._values import as_number, join, split


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (True, 1.0),
        (3, 3.0),
        (2**53 + 1, 2**53 + 1),
        (-(2**70), -(2**70)),
        (decimal.Decimal("0.5"), 0.5),
        (fractions.Fraction(1, 4), 0.25),
        (math.inf, math.inf),
    ],
)
def test_a_number_of_any_kind_is_accepted(logger, finder, given, kept):
    run_id = logger.run()
    logger.log_metric("value", given, 0)
    value = finder.get_metrics(run_id, "value")[0].value
    assert value == kept
    assert type(value) is type(kept)


def test_numpy_scalars_are_accepted(logger, finder):
    numpy = pytest.importorskip("numpy")
    run_id = logger.run()
    for value in (numpy.float32(0.5), numpy.int64(2**60 + 1), numpy.bool_(True), numpy.array(2.5)):
        logger.log_metric("value", value)
    found = [p.value for p in finder.get_metrics(run_id, "value")]
    assert found == [0.5, 2**60 + 1, 1.0, 2.5]


@pytest.mark.parametrize("value", ["0.5", b"1", None, [1], {}, object(), 1j])
def test_what_is_no_number_is_refused_by_name(logger, value):
    logger.run()
    with pytest.raises(MetricError, match=f"'loss' needs a number.*{type(value).__name__}"):
        logger.log_metric("loss", value, 0)


@given(st.floats() | st.integers() | st.booleans())
def test_taking_a_number_apart_and_joining_it_loses_nothing(value):
    number = as_number("x", value)
    again = join(*split(number))
    assert again == number or (math.isnan(again) and math.isnan(number))
    assert split(number)[0] is None or math.isfinite(split(number)[0])


values = st.floats() | st.integers(min_value=2**53 + 1, max_value=2**70)
rows = st.lists(st.tuples(values, st.integers(-5, 5)), min_size=1, max_size=20)


@given(rows)
@settings(max_examples=200, deadline=None)
def test_a_summary_is_what_its_rows_say(pairs):
    metrics = [("u", "k", value, step, 0.0) for value, step in pairs]
    (summary,) = summarise({"u": (1, 2)}, metrics)
    finite = [split(v)[0] for v, _ in pairs if split(v)[0] is not None]
    assert summary["count"] == len(pairs)
    assert summary["min"] == min(finite, default=None)
    assert summary["max"] == max(finite, default=None)
    last_step = max(step for _, step in pairs)
    last = [value for value, step in pairs if step == last_step][-1]
    kept = join(summary["last"], summary["last_special"])
    assert kept == last or (math.isnan(kept) and math.isnan(last))
