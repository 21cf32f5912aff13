"""The labels of axes in a real browser: of numbers of any size, all different, none cut."""

import math

import pytest

pytest.importorskip("starlette", reason="needs the extra ui")
pytest.importorskip("selenium", reason="needs selenium")

from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.support.ui import Select

pytestmark = pytest.mark.browser

# Keeps what is written on each canvas: text, direction, left and right end, the width there is.
WATCH = """
const draw = CanvasRenderingContext2D.prototype.fillText;
CanvasRenderingContext2D.prototype.fillText = function (text, x, y) {
  const width = this.measureText(text).width;
  const left = x - {center: width / 2, right: width}[this.textAlign];
  const kept = this.canvas.labels ||= new Map();
  kept.set(`${this.textBaseline} ${x} ${y}`, {
    text, across: this.textBaseline === "top", left, right: left + width, room: this.canvas.width,
  });
  return draw.call(this, text, x, y);
};
const clear = CanvasRenderingContext2D.prototype.clearRect;
CanvasRenderingContext2D.prototype.clearRect = function (...place) {
  this.canvas.labels = new Map();
  return clear.apply(this, place);
};
"""
LABELS = "return [...(document.querySelector(arguments[0])?.labels || new Map()).values()]"
VALUES = {
    "large": lambda step: 1234567890 + step,
    "near-one": lambda step: 0.99999 + step * 1e-6,
    "whole": lambda step: 123456789 + step,
    "negative": lambda step: -123456.8 - step / 10,
    "beyond-1e32": lambda step: (step + 1) * 1e40,
    "tiny": lambda step: 1e-300 * (step + 1),
    "usual": lambda step: 1 / (step + 1),
    "percent": lambda step: step / 40,
    "both-signs": lambda step: (step - 20) * 1e-9,
    "ends": lambda step: (-1) ** step * 1.7e308,
    "greatest": lambda step: 1.7e308 + step * 1e304,
    "one-end": lambda step: -1.7e308,
}
MOMENT = 1764336000000000000


@pytest.fixture(scope="module")
def extreme(tmp_path_factory, serve):
    """A page over a run with values of all sizes and one with steps of all lengths."""
    from ato.adict import ADict
    from ato.db_routers.sql.manager import SQLLogger

    url = f"sqlite:///{tmp_path_factory.mktemp('axes')}/axes.db"

    def start():
        config = ADict(experiment=ADict(project_name="axes", sql=ADict(db_path=url)))
        return SQLLogger(config).start()

    with start() as run:
        for step in range(41):
            run.log_metrics({key: value(step) for key, value in VALUES.items()}, step=step)
    with start() as run:
        for step in range(30):
            run.log_metric("moments", step, step=MOMENT + step * 10**9)
            run.log_metric("far", step, step=123456789 + step)
            run.log_metric("long", step, step=step * 12345)
            run.log_metric("one", 1.0, step=MOMENT)
            run.log_metric("first", 1.0, step=0)
    return serve(url)


@pytest.fixture
def view(look, extreme):
    view = look(extreme)
    command = "Page.addScriptToEvaluateOnNewDocument"
    script = view.browser.execute_cdp_cmd(command, {"source": WATCH})
    yield view
    view.browser.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", script)
    view.browser.set_window_size(1280, 900)


def number(label):
    """What a label says, of a duration its first part."""
    return float(label.split()[0])


def labels(view, chart):
    """The labels of the x axis and of the y axis; each is whole and differs from the others."""
    canvas = f"[data-key='{chart}'] canvas"
    view.script("document.querySelector(arguments[0]).scrollIntoView()", f"[data-key='{chart}']")
    written = view.wait_for(lambda: view.script(LABELS, canvas))
    for label in written:
        assert label["left"] >= 0, (chart, label)
        assert label["right"] <= label["room"], (chart, label)
    assert not [one for one in written if not math.isfinite(number(one["text"]))]
    axes = [[one["text"] for one in written if one["across"] is across] for across in (True, False)]
    for texts in axes:
        assert texts
        assert len(set(texts)) == len(texts), (chart, texts)
    across = sorted((one["left"], one["right"]) for one in written if one["across"])
    assert all(one[1] < other[0] for one, other in zip(across, across[1:])), (chart, axes)
    return axes


@pytest.mark.parametrize("width", [420, 1400])
class TestLabels:
    @pytest.mark.parametrize("log", [False, True])
    def test_of_values_of_any_size_they_differ_and_none_is_cut(self, view, width, log):
        view.browser.set_window_size(width, 900)
        view.open("/runs/1", ".plot canvas")
        if log:
            view.one(".chart-settings label.switch:nth-child(2) input").click()
        for key in VALUES:
            across, up = labels(view, key)
            assert len(across) >= 2
            assert len(up) >= (1 if log else 2), (key, up)

    def test_of_steps_of_any_length_they_differ_and_none_is_cut(self, view, width):
        view.browser.set_window_size(width, 900)
        view.open("/runs/2", ".plot canvas")
        for key in ("moments", "far", "long"):
            assert len(labels(view, key)[0]) >= 2
        assert len(labels(view, "one")[0]) >= 1

    def test_of_times_they_differ_and_none_is_cut(self, view, width):
        view.browser.set_window_size(width, 900)
        view.open("/runs/1", ".plot canvas")
        Select(view.one("[aria-label='X axis']")).select_by_value("time")
        view.open("/runs/1", ".plot canvas")
        assert labels(view, "usual")[0]

    @pytest.mark.parametrize("key", ["moments", "large", "near-one"])
    def test_those_of_the_curves_of_a_project_neither(self, view, width, key):
        view.browser.set_window_size(width, 900)
        view.open(f"/projects/1/curves?key={key}", ".plot canvas")
        view.script("document.querySelector('.card.chart').dataset.key = 'all'")
        across, up = labels(view, "all")
        assert min(len(across), len(up)) >= 2


# How many pixels within the axes of a chart have a colour, as lines do.
DRAWN = """
const canvas = document.querySelector(arguments[0]);
const ratio = canvas.width / canvas.clientWidth;
const box = canvas.getBoundingClientRect();
const over = canvas.parentElement.querySelector('.u-over').getBoundingClientRect();
const place = [over.left - box.left + 3, over.top - box.top + 3, over.width - 6, over.height - 6];
const {data} = canvas.getContext('2d').getImageData(...place.map((one) => Math.round(one * ratio)));
let count = 0;
for (let at = 0; at < data.length; at += 4) {
  const colour = [data[at], data[at + 1], data[at + 2]];
  count += data[at + 3] > 100 && Math.max(...colour) - Math.min(...colour) > 60;
}
return count;
"""
ENDS = {
    "same": lambda run, step: 1.7e308,
    "far-apart": lambda run, step: (-1) ** run * 1.7e308,
    "turns": lambda run, step: ((run + step) % 3 - 1) * 1.7e308,
    "long": lambda run, step: -1.7e308 + run * 1e306,
}


@pytest.fixture(scope="module")
def at_the_ends(tmp_path_factory, serve):
    """A page over four runs of two groups with values near the ends of floats."""
    from ato.adict import ADict
    from ato.db_routers.sql.manager import SQLLogger

    url = f"sqlite:///{tmp_path_factory.mktemp('ends')}/ends.db"
    for run in range(4):
        experiment = ADict(project_name="ends", sql=ADict(db_path=url))
        with SQLLogger(ADict(experiment=experiment, group=run // 2)).start() as logged:
            for step in range(12):
                for key in ("same", "far-apart", "turns"):
                    logged.log_metric(key, ENDS[key](run, step), step=step)
            for step in range(1500):  # of which the database takes means
                logged.log_metric("long", ENDS["long"](run, step), step=step)
    return serve(url)


@pytest.fixture
def ends_view(view, look, at_the_ends):
    return look(at_the_ends)


def test_a_value_at_step_0_alone_stands_in_the_middle(view):
    view.open("/runs/2", ".plot canvas")
    assert "0" in labels(view, "first")[0]
    assert "20" not in labels(view, "first")[0]


class TestValuesNearTheEndsOfFloats:
    @pytest.mark.parametrize("key", ENDS)
    @pytest.mark.parametrize("log", [False, True])
    def test_are_drawn_in_a_comparison(self, ends_view, key, log):
        if log and key == "long":
            pytest.skip("all of it is below zero")
        view = ends_view.open("/compare?run=1&run=2", ".plot canvas")
        if log:
            view.one_with_text(".chart-settings label", "Log y").click()
        assert labels(view, key)[1]
        view.wait_for(lambda: view.script(DRAWN, f"[data-key='{key}'] canvas") > 50)
        assert view.complaints() == []

    @pytest.mark.parametrize("key", ENDS)
    @pytest.mark.parametrize("asked", ["", "&show=groups&by=group", "&axis=metric:turns"])
    def test_are_drawn_over_each_other(self, ends_view, key, asked):
        view = ends_view.open(f"/projects/1/curves?key={key}{asked}", ".plot canvas")
        view.script("document.querySelector('.card.chart').dataset.key = 'all'")
        assert labels(view, "all")[1]
        view.wait_for(lambda: view.script(DRAWN, "[data-key=all] canvas") > 20)
        assert view.complaints() == []

    def test_are_smoothed_and_read_as_they_are(self, ends_view):
        view = ends_view.open("/runs/1", ".plot canvas")
        slide = "arguments[0].value = 0.5; arguments[0].dispatchEvent(new Event('input'))"
        view.script(slide, view.one("[aria-label=Smoothing]"))
        view.wait_for(lambda: view.script(DRAWN, "[data-key=same] canvas") > 50)
        view.script("document.querySelector('[data-key=same]').scrollIntoView()")

        def read():
            over = view.one("[data-key=same] .u-over")  # drawn anew while the slider moves
            ActionChains(view.browser).move_to_element_with_offset(over, 3, 0).perform()
            return view.texts("[data-key=same] .readout b")

        assert view.wait_for(read) == ["1.7e+308"]
