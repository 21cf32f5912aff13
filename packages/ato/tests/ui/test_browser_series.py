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

    calling.view = view
    return calling


def test_without_smoothing_a_curve_is_itself(call):
    assert call("charts/series", "smooth", [0, 1, 2], [5, 1, 3], 0) == [5, 1, 3]


def test_a_constant_stays_the_constant_from_the_first_point_on(call):
    assert call("charts/series", "smooth", [0, 1, 2, 3], [2, 2, 2, 2], 0.9) == [2, 2, 2, 2]


def test_smoothing_lies_between_the_values_and_keeps_gaps(call):
    smooth = call("charts/series", "smooth", [0, 1, 2, 3], [0, 4, None, 0], 1)
    assert smooth[0] == 0
    assert 0 < smooth[1] < 4
    assert smooth[2] is None
    assert 0 < smooth[3] < smooth[1]


def test_smoothing_does_not_depend_on_how_densely_the_points_lie(call):
    def end(count):
        x = [10 * index / count for index in range(count + 1)]
        return call("charts/series", "smooth", x, [value / 10 for value in x], 0.7)[-1]

    assert end(50) == pytest.approx(end(400), abs=0.02)


def test_a_log_axis_drops_what_has_no_logarithm_and_counts_it(call):
    points = {"x": [0, 1, 2, 3], "y": [1, -1, None, 2]}
    kept = call("charts/series", "positiveOnly", points, {"x": True, "y": True})
    assert kept == {"points": {"x": [2, 3], "y": [None, 2]}, "dropped": 2}


class TestTheMeanOfAGroup:
    def test_it_is_of_all_runs_under_way_whatever_steps_they_log_at(self, call):
        tens = {"by": "a", "x": [0, 10, 20, 30], "y": [1, 1, 1, 1]}
        fives = {"by": "a", "x": [5, 15, 25], "y": [3, 3, 3]}
        found = call("charts/groups", "grouped", [tens, fives])
        (group,) = found["groups"]
        assert found["x"] == [0, 5, 10, 15, 20, 25, 30]
        assert group["mean"] == [1, 2, 2, 2, 2, 2, 1]
        assert group["low"] == [1, 1, 1, 1, 1, 1, 1]
        assert group["high"] == [1, 3, 3, 3, 3, 3, 1]
        assert group["count"] == [1, 2, 2, 2, 2, 2, 1]

    def test_a_run_goes_straight_from_value_to_value_and_counts_in_no_gap(self, call):
        sparse = {"x": [0, 4, 6, 8], "y": [0, 4, None, 8]}
        dense = {"x": list(range(9)), "y": [2] * 9}
        (group,) = call("charts/groups", "grouped", [sparse, dense])["groups"]
        assert group["mean"] == [1, 1.5, 2, 2.5, 3, 2, 2, 2, 5]
        assert group["count"] == [2, 2, 2, 2, 2, 1, 1, 1, 2]

    def test_where_no_run_of_the_group_has_a_value_its_line_has_a_gap(self, call):
        gapped = {"by": "a", "x": [0, 1, 2], "y": [1, None, 2]}
        other = {"by": "b", "x": [0, 1, 2, 3], "y": [1, 1, 1, 1]}
        group, _ = call("charts/groups", "grouped", [gapped, other])["groups"]
        assert group["mean"] == group["low"] == group["high"] == [1, None, 2, None]

    def test_a_value_is_not_lost_to_a_gap_less_than_a_pixel_away(self, call):
        runs = [
            {"x": [step + number / 500 for step in range(100)], "y": [number] * 100}
            for number in range(100)
        ]
        runs[0]["x"].insert(51, 50 + 1e-6)
        runs[0]["y"].insert(51, None)
        column = call("charts/groups", "aligned", runs)[1]
        assert sum(value == 0 for value in column) == 100

    def test_the_mean_of_equal_values_is_that_value(self, call):
        runs = [{"x": [0], "y": [0.1]}] * 10
        (group,) = call("charts/groups", "grouped", runs)["groups"]
        assert (group["mean"], group["low"], group["high"]) == ([0.1], [0.1], [0.1])

    def test_the_spread_of_large_values_does_not_overflow(self, call):
        runs = [{"x": [0], "y": [value]} for value in (1e300, 3e300)]
        (group,) = call("charts/groups", "grouped", runs)["groups"]
        assert group["mean"] == [2e300]
        assert group["high"] == [pytest.approx(3e300)]

    def test_runs_with_places_of_their_own_share_those_less_than_a_pixel_apart(self, call):
        runs = [
            {"x": [step + number / 500 for step in range(100)], "y": [number] * 100}
            for number in range(100)
        ]
        x, *columns = call("charts/groups", "aligned", runs)
        assert len(x) <= 4001
        assert x == sorted(x)
        assert all(len(column) == len(x) for column in columns)
        assert sum(value is not None for value in columns[3]) == 100


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
    assert call("base/format", "number", value) == text


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
    assert call("base/format", "duration", seconds) == text


class TestWhatIsSaidBelowAChart:
    ANSWER = {"special": {}, "sampled": False, "count": 100, "x": [0.001], "mean_x": []}

    def said(self, call, axis, **about):
        return call("panels/remarks", "remarks", [{**self.ANSWER, **about}], 0, axis)

    def test_values_of_one_millisecond_are_counted(self, call):
        text = self.said(call, "time")
        assert text.startswith("99 values in one millisecond with a later one, which is drawn")

    def test_so_are_those_that_lie_over_each_other(self, call):
        about = {"sampled": True, "mean_x": [0.5, 0.5]}
        assert "values in one millisecond lie over each other" in self.said(call, "time", **about)
        assert "over each other" not in self.said(call, "time", sampled=True, mean_x=[0.5, 0.6])

    def test_and_those_that_were_logged_again(self, call):
        text = self.said(call, "step", count=2)
        assert text == "1 value logged again at its step; the last is drawn"
        assert self.said(call, "step", count=1) == ""

    def test_integers_beyond_floats_are_said_not_to_be_drawn(self, call):
        text = self.said(call, "step", count=1, special={"beyond floats": 3})
        assert text == "3 × beyond floats not drawn"


class TestLabelsOfAnAxis:
    @pytest.mark.parametrize(
        ("values", "texts"),
        [
            ([0, 0.5, 1], ["0", "0.5", "1"]),
            ([1234567890, 1234567900], ["1234567890", "1234567900"]),
            ([0.99999, 1, 1.00001], ["0.99999", "1", "1.00001"]),
            ([0, 1e6, 2e6], ["0", "1e+6", "2e+6"]),
            ([1.764336e18, 1.76433601e18], ["1.764336e+18", "1.76433601e+18"]),
            ([-123460.8, -123456.8], ["-123460.8", "-123456.8"]),
            ([None, "nan", 2.0], ["–", "nan", "2"]),
        ],
    )
    def test_numbers_have_as_many_digits_as_tell_them_apart(self, call, values, texts):
        assert call("base/format", "numbers", values) == texts

    @pytest.mark.parametrize(
        ("seconds", "texts"),
        [
            ([0, 0.005, 0.01], ["0", "5 ms", "10 ms"]),
            ([0, 30, 60, 90], ["0", "30 s", "1 min", "1 min 30 s"]),
            ([3600, 3610], ["1 h", "1 h 10 s"]),
            ([86400, 90000], ["1 d", "1 d 1 h"]),
            ([61.5, 62], ["1 min 1.5 s", "1 min 2 s"]),
        ],
    )
    def test_durations_have_the_parts_that_tell_them_apart(self, call, seconds, texts):
        assert call("base/format", "durations", seconds) == texts

    @pytest.mark.parametrize(
        ("low", "high", "log", "ends"),
        [
            (1e40, 5e40, False, [6e39, 5.4e40]),
            (1e-300, 4e-299, False, [0, 4.39e-299]),
            (5, 5, False, [0, 10]),
            (0, 0, False, [-1, 1]),
            (1e-310, 1e300, True, [1e-310, 1e300]),
        ],
    )
    def test_the_ends_fit_the_values_however_large_or_small(self, call, low, high, log, ends):
        found = call("charts/ticks", "paddedLog" if log else "padded", low, high)
        assert found == pytest.approx(ends, rel=1e-6)

    def test_a_figure_of_a_search_tells_close_numbers_apart(self, call):
        values = [0.99999 + step * 1e-6 for step in range(20)]
        script = """
        const [values, done] = arguments;
        import("/static/js/search/scale.js").then(({makeScale}) => done(makeScale(values).ticks));
        """
        ticks = call.view.browser.execute_async_script(script, values)
        assert len({label for _, label in ticks}) == 5
