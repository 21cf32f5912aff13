"""The arithmetic behind the curves, run where it runs: in the browser."""

import pytest

pytest.importorskip("starlette", reason="needs the extra ui")
pytest.importorskip("selenium", reason="needs selenium")

pytestmark = pytest.mark.browser


@pytest.fixture
def call(view):
    """Call a function of a script of the page with JSON arguments."""
    view.open("/", ".project")

    def calling(module, name, *arguments):
        return view.browser.execute_async_script(
            """
            const [module, name, args, done] = arguments;
            import(`/static/js/${module}.js`).then((found) => done(found[name](...args)));
            """,
            module,
            name,
            arguments,
        )

    return calling


def test_without_smoothing_a_curve_is_itself(call):
    assert call("series", "smooth", [0, 1, 2], [5, 1, 3], 0) == [5, 1, 3]


def test_a_constant_stays_the_constant_from_the_first_point_on(call):
    assert call("series", "smooth", [0, 1, 2, 3], [2, 2, 2, 2], 0.9) == [2, 2, 2, 2]


def test_smoothing_lies_between_the_values_and_keeps_gaps(call):
    smooth = call("series", "smooth", [0, 1, 2, 3], [0, 4, None, 0], 1)
    assert smooth[0] == 0
    assert 0 < smooth[1] < 4
    assert smooth[2] is None
    assert 0 < smooth[3] < smooth[1]


def test_smoothing_does_not_depend_on_how_densely_the_points_lie(call):
    def end(count):
        x = [10 * index / count for index in range(count + 1)]
        return call("series", "smooth", x, [value / 10 for value in x], 0.7)[-1]

    assert end(50) == pytest.approx(end(400), abs=0.02)


def test_a_log_axis_drops_what_has_no_logarithm_and_counts_it(call):
    points = {"x": [0, 1, 2, 3], "y": [1, -1, None, 2]}
    kept = call("series", "positiveOnly", points, {"x": True, "y": True})
    assert kept == {"points": {"x": [2, 3], "y": [None, 2]}, "dropped": 2}


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "–"),
        (0, "0"),
        (12, "12"),
        (0.1234567, "0.12346"),
        (1234567, "1.235e+6"),
        (-0.00001, "-1e-5"),
        ("nan", "nan"),
        (1e-4, "0.0001"),
        (str(12345 * 10**18), "1.234e+22"),
        (str(-12 * 10**400), "-1.2e+401"),
        (str(10**400 - 1), "1e+400"),
    ],
)
def test_numbers_are_short(call, value, text):
    assert call("format", "number", value) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (None, "–"),
        (0.0004, "1 ms"),
        (3.21, "3.2 s"),
        (59, "59 s"),
        (3700, "1 h 1 min"),
        (90000, "1 d 1 h"),
    ],
)
def test_durations_are_short(call, seconds, text):
    assert call("format", "duration", seconds) == text
