"""Charts in a real browser: what is drawn, where it lies, what can be done with it."""

import math

import pytest

pytest.importorskip("starlette", reason="needs the extra ui")
pytest.importorskip("selenium", reason="needs selenium")

from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.support.ui import Select

pytestmark = pytest.mark.browser

# How many pixels of a chart have the colour of its line.
DRAWN = """
const canvas = document.querySelector(arguments[0]);
const {data} = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
let count = 0;
for (let at = 0; at < data.length; at += 4) {
  count += data[at + 2] > 150 && data[at] < 120 && data[at + 3] > 200;
}
return count;
"""
# The text of elements, and where each ends.
ENDS = """
return [...document.querySelectorAll(arguments[0])]
  .map((cell) => [cell.textContent, cell.getBoundingClientRect().right]);
"""
# What the page gives to be kept: kind and size, and the texts.
KEEP = """
window.kept = [];
window.texts = [];
window.pictures = [];
const made = URL.createObjectURL;
URL.createObjectURL = (blob) => {
  kept.push([blob.type, blob.size]);
  if (blob.type === "text/csv") {
    blob.text().then((text) => texts.push(text));
  } else {
    pictures.push(blob);
  }
  return made(blob);
};
"""
# What share of the lowest line of a plot is painted.
AT_THE_BOTTOM = """
const canvas = document.querySelector('.plot canvas');
const over = document.querySelector('.plot .u-over').getBoundingClientRect();
const box = canvas.getBoundingClientRect();
const ratio = canvas.width / box.width;
const place = [over.left - box.left, over.bottom - box.top - 3, over.width, 1 / ratio];
const {data} = canvas.getContext('2d').getImageData(...place.map((one) => Math.round(one * ratio)));
return data.filter((value, at) => at % 4 === 3 && value > 30).length / (data.length / 4);
"""
# The colours of the legend that are in the part of a kept picture below the chart.
LEGEND_IN = """
const seen = document.querySelector('dialog canvas');
const image = await createImageBitmap(pictures[0]);
const canvas = new OffscreenCanvas(image.width, image.height);
const context = canvas.getContext('2d');
context.drawImage(image, 0, 0);
const top = seen.height + 34 * devicePixelRatio;
const {data} = context.getImageData(0, top, image.width, Math.max(1, image.height - top));
const found = new Set();
for (let at = 0; at < data.length; at += 4) {
  found.add(`rgb(${data[at]}, ${data[at + 1]}, ${data[at + 2]})`);
}
const swatches = [...document.querySelectorAll('dialog .legend .swatch')];
return swatches.filter((one) => found.has(getComputedStyle(one).backgroundColor)).length;
"""
BOX = (
    "const box = document.querySelector(arguments[0]).getBoundingClientRect();"
    "return [box.top, box.bottom];"
)


@pytest.fixture(scope="module")
def charted(tmp_path_factory, serve):
    """A page over a run with odd metrics, two with 400 and twelve of two models."""
    from ato.adict import ADict
    from ato.db_routers.sql.manager import SQLLogger

    url = f"sqlite:///{tmp_path_factory.mktemp('charts')}/charts.db"

    def start(project, **config):
        experiment = ADict(project_name=project, sql=ADict(db_path=url))
        return SQLLogger(ADict(experiment=experiment, **config)).start()

    with start("odd") as run:
        run.log_metric("single", 0.5, step=7)
        for step in range(30):
            run.log_metric("islands", float(step) if step % 3 == 0 else math.nan, step=step)
            run.log_metric("nothing", math.nan, step=step)
            run.log_metric("huge", 12345678901234567890 * (step + 1), step=step)
            run.log_metric("square", float(step * step), step=step)
            run.log_metric("spiked", 1e6 if step == 11 else 1.0 + step / 100, step=step)
    with start("many") as run:
        for number in range(400):
            run.log_metrics({f"layer{number // 20}/w{number % 20}": number}, step=0)
    with start("many") as run:
        run.log_metrics({f"w{number}": number for number in range(400)}, step=0)
    for number in range(12):
        with start("models", model="cnn" if number % 2 else "mlp") as run:
            for step in range(20):
                run.log_metric("loss", 1 / (step + 1) + number / 50, step=step)
                run.log_metric("width", 10.0 + step, step=step)
    return serve(url)


def point_into(view, card, heights):
    """Move the pointer down the middle of a chart until it reads a value."""

    def try_all():
        over = view.wait(f"{card} .u-over")
        for height in heights:
            ActionChains(view.browser).move_to_element_with_offset(over, 3, height).perform()
            if view.all(f"{card} .readout:not([hidden])"):
                return True
        return False

    view.wait_for(try_all)


class TestCharts:
    def test_a_value_that_stands_alone_is_drawn(self, look, charted):
        view = look(charted).open("/runs/1", ".plot canvas")
        for key in ("single", "islands"):
            view.wait(f"[data-key={key}] canvas")
            view.wait_for(lambda key=key: view.script(DRAWN, f"[data-key={key}] canvas") >= 6)
        assert view.script(DRAWN, "[data-key=nothing] canvas") == 0
        assert "30 × nan not drawn" in view.texts("[data-key=nothing] .chart-note")[0]

    def test_an_integer_of_any_length_is_short_and_whole_when_pointed_at(self, look, charted):
        view = look(charted).open("/runs/1", "[data-key=huge] header b")
        assert view.texts("[data-key=huge] header b") == ["3.704e+20"]
        title = view.one("[data-key=huge] header b").get_attribute("title")
        assert title == str(12345678901234567890 * 30)

    @pytest.mark.parametrize("width", [420, 1400])
    def test_the_readout_covers_no_curve(self, look, charted, width):
        view = look(charted)
        view.browser.set_window_size(width, 900)
        view.open("/runs/1", ".plot canvas")
        view.script("document.querySelector('[data-key=square]').scrollIntoView()")
        point_into(view, "[data-key=square]", [0])
        readout, plot = (
            view.script(BOX, f"[data-key=square] {part}") for part in (".readout", ".plot")
        )
        view.browser.set_window_size(1280, 900)
        assert readout[0] >= plot[1] - 1

    def test_without_outliers_the_axis_holds_the_others(self, look, charted):
        view = look(charted).open("/runs/1", "[data-key=spiked] canvas")
        before = view.script(DRAWN, "[data-key=spiked] canvas")
        view.one("label[title*=quartile] input").click()
        view.wait_for(lambda: view.script(DRAWN, "[data-key=spiked] canvas") not in (0, before))

    def test_another_metric_may_stand_on_the_x_axis(self, look, charted):
        view = look(charted).open("/runs/1", "[data-key=square] canvas")
        axis = Select(view.one("select[aria-label='X axis']"))
        axis.select_by_visible_text("islands")
        view.wait_for(
            lambda: (
                "20 without a value on the x axis"
                in str(view.texts("[data-key=square] .chart-note"))
            )
        )
        assert view.complaints() == []

    def test_a_chart_is_enlarged_and_kept_as_picture_and_numbers(self, look, charted):
        view = look(charted).open("/runs/1", "[data-key=square] canvas")
        view.script(KEEP)
        view.one("[data-key=square] .enlarge").click()
        view.wait("dialog canvas")
        png, csv = view.all("dialog .button")
        png.click()
        view.wait_for(lambda: view.script("return kept.length"))
        ((kind, size),) = view.script("return kept")
        assert kind == "image/png"
        assert size > 1000
        text = view.script(
            "return fetch(arguments[0]).then((r) => r.text())", csv.get_attribute("href")
        )
        assert len(text.splitlines()) == 31
        assert view.complaints() == []

    def test_one_of_several_runs_that_is_enlarged_says_which_colour_is_which(self, look, charted):
        view = look(charted).open("/compare?run=4&run=5", "[data-key=loss] canvas")
        view.script(KEEP)
        view.one("[data-key=loss] .enlarge").click()
        view.wait("dialog canvas")
        assert len(view.texts("dialog .legend > span")) == 2
        for run, text in zip((4, 5), view.texts("dialog .legend > span")):
            assert text.strip().startswith(f"run {run}")
        view.one_with_text("dialog .button", "PNG").click()
        view.wait_for(lambda: view.script("return pictures.length"))
        assert view.script(LEGEND_IN) == 2
        assert view.complaints() == []

    def test_the_ends_of_the_y_axis_can_be_set(self, look, charted):
        view = look(charted).open("/runs/1", "[data-key=square] canvas")
        view.one("[data-key=square] .enlarge").click()
        view.wait("dialog canvas")
        before = view.wait_for(lambda: view.script(DRAWN, "dialog canvas"))
        view.one("[aria-label='Y axis, greatest']").send_keys("50")
        view.wait_for(lambda: view.script(DRAWN, "dialog canvas") not in (0, before))


class TestManyMetrics:
    def test_they_lie_folded_in_sections_by_what_stands_before_the_slash(self, look, charted):
        view = look(charted).open("/runs/2", ".charts-section")
        names = view.texts(".charts-section summary b")
        assert (len(names), names[:3]) == (20, ["layer0", "layer1", "layer2"])
        assert view.script("return document.documentElement.scrollHeight") < 6000

    def test_finding_a_metric_opens_its_section_alone(self, look, charted):
        view = look(charted).open("/runs/2", ".charts-section")
        view.one("[aria-label='Find a metric']").send_keys("layer7/w3")
        view.wait_for(
            lambda: view.texts(".charts-section:not([hidden]) b:first-child")[0] == "layer7"
        )
        view.wait("[data-key='layer7/w3'] canvas")
        assert len(view.shown(".chart")) == 1


class TestManyMetricsOfRunsThatAreCompared:
    ROWS = "[aria-label^=Metrics].matrix tbody tr"

    def test_their_table_lies_in_folded_sections_too(self, look, serve, new_database):
        logger = new_database()
        for _ in range(2):
            with logger.start() as run:
                run.log_metrics({f"layer{n // 20}/w{n % 20}": n for n in range(400)}, step=0)
        view = look(serve(new_database.url)).open("/compare?run=1&run=2", ".matrix-section")
        assert view.texts(".matrix-section b")[:3] == ["layer0", "layer1", "layer2"]
        assert view.script("return document.documentElement.scrollHeight") < 6000
        assert len(view.shown(self.ROWS)) == 12
        view.all(".matrix-section > summary")[7].click()
        view.wait_for(lambda: len(view.shown(self.ROWS)) == 24)
        view.script("document.querySelector('.matrix-section .button.more').click()")
        view.wait_for(lambda: len(view.shown(self.ROWS)) == 32)
        assert len(view.all(self.ROWS)) == 400
        Select(view.one("[aria-label=Statistic]")).select_by_visible_text("max")
        assert len(view.shown(self.ROWS)) == 32  # what lies open stays
        assert view.complaints() == []


class TestManyMetricsWithoutASlash:
    @pytest.mark.parametrize("width", [420, 1400])
    def test_the_first_dozen_is_in_sight_and_the_rest_a_click_away(self, look, charted, width):
        view = look(charted)
        view.browser.set_window_size(width, 900)
        view.open("/runs/3", ".plot canvas")
        height = view.script("return document.documentElement.scrollHeight")
        view.browser.set_window_size(1280, 900)
        assert height < 8000
        assert len(view.shown(".chart")) == 12
        # By script: the page may still move after the window became another size.
        view.script("document.querySelector('.button.more').click()")
        view.wait_for(lambda: len(view.shown(".chart")) == 400)
        assert not view.shown(".button.more")

    def test_any_of_them_is_found_by_its_name(self, look, charted):
        view = look(charted).open("/runs/3", ".plot canvas")
        find = view.one("[aria-label='Find a metric']")
        find.send_keys("w39")
        view.wait_for(lambda: len(view.shown(".chart")) == 11)
        find.send_keys("7")
        view.wait("[data-key=w397] canvas")
        assert len(view.shown(".chart")) == 1


class TestCurvesOfAProject:
    def test_all_runs_are_drawn_and_coloured_by_a_config_key(self, look, charted):
        view = look(charted).open("/projects/3/curves", ".plot canvas")
        Select(view.one("[aria-label=By]")).select_by_visible_text("model")
        view.wait_for(lambda: len(view.all(".legend .swatch")) == 2)
        assert "cnn × 6" in view.texts(".legend")[0]
        assert "by=model" in view.path
        assert view.complaints() == []

    def test_numbers_of_any_length_are_short_in_the_legend(self, look, serve, new_database):
        for number in range(1, 13):
            with new_database(lr=number / 700).start() as run:
                run.log_metric("loss", 1.0)
        path = "/projects/1/curves?by=lr"
        view = look(serve(new_database.url)).open(path, ".legend .swatch")
        texts = [text.strip() for text in view.texts(".legend > span")]
        assert texts == ["lr", "0.0014286", "0.01", "0.017143"]

    def test_groups_show_their_mean_and_how_many_runs(self, look, charted):
        view = look(charted).open("/projects/3/curves?by=model&show=groups", ".plot canvas")
        point_into(view, ".chart", range(-180, 200, 20))
        assert "(6 runs)" in view.texts(".readout")[0]

    @pytest.mark.parametrize(
        "asked", ["", "&log=y", "&log=xy", "&show=groups", "&show=groups&log=y"]
    )
    def test_a_value_that_stands_alone_is_drawn_here_too(self, look, charted, asked):
        view = look(charted).open(f"/projects/1/curves?key=islands{asked}", ".plot canvas")
        view.wait_for(lambda: view.script(DRAWN, ".plot canvas") >= 60)
        assert view.script(DRAWN, ".plot canvas") < 500  # points, and no line across the gaps
        assert "20 × nan not drawn" in view.texts(".chart-note")[0]
        view.one(".enlarge").click()
        view.wait_for(lambda: view.script(DRAWN, "dialog canvas") >= 60)
        assert "20 × nan not drawn" in view.texts("dialog .chart-note")[0]

    def test_a_group_of_one_point_is_drawn_beside_a_line_with_its_spread(
        self, look, serve, new_database
    ):
        for rate, values in ((0.1, [1.0]), (0.1, [2.0]), (0.2, [1.0] * 10)):
            with new_database(lr=rate).start() as run:
                for step, value in enumerate(values):
                    run.log_metric("one", value, step=step)
        path = "/projects/1/curves?key=one&by=lr&show=groups"
        view = look(serve(new_database.url)).open(f"{path}&filter=id!=2", ".plot canvas")
        point = view.wait_for(lambda: view.script(DRAWN, ".plot canvas"))
        view.open(path, ".plot canvas")
        view.wait_for(lambda: view.script(DRAWN, ".plot canvas") > point + 50)

    def test_a_mean_that_a_log_axis_cannot_show_is_counted(self, look, charted):
        asked = "key=islands&show=groups&log=y"
        view = look(charted).open(f"/projects/1/curves?{asked}", ".plot canvas")
        view.wait_for(lambda: "1 ≤ 0 not on a log axis" in view.texts(".chart-note")[0])

    @pytest.mark.parametrize("outliers", ["", "&outliers=no"])
    def test_on_a_log_axis_a_spread_that_reaches_below_zero_goes_down_to_its_bottom(
        self, look, serve, new_database, outliers
    ):
        for value in (1.0, 1.0, 10.0):
            with new_database().start() as run:
                for step in range(10):
                    run.log_metric("wide", value, step=step)
                    run.log_metric("small", 2 + value / 10, step=step)
        path = f"/projects/1/curves?show=groups&log=y{outliers}"
        view = look(serve(new_database.url)).open(f"{path}&key=wide", ".plot canvas")
        view.wait_for(lambda: view.script(AT_THE_BOTTOM) > 0.9)
        assert view.complaints() == []
        view.open(f"{path}&key=small", ".plot canvas")
        view.wait_for(lambda: view.script(DRAWN, ".plot canvas"))
        assert view.script(AT_THE_BOTTOM) < 0.1

    def test_they_have_the_tools_that_the_charts_of_a_run_have(self, look, charted):
        view = look(charted).open("/projects/3/curves", ".plot canvas")
        for name in ("Log y", "Log x", "Outliers"):
            view.one_with_text(".chart-settings label", name).click()
        view.wait_for(lambda: "log=xy" in view.path and "outliers=no" in view.path)
        view.wait_for(lambda: "not on a log axis" in view.texts(".chart-note")[0])
        Select(view.one("[aria-label='X axis']")).select_by_visible_text("width")
        view.wait_for(lambda: "axis=metric%3Awidth" in view.path)
        view.wait_for(lambda: view.script(DRAWN, ".plot canvas") > 0)
        view.open(view.path, ".plot canvas")
        assert view.one("[aria-label='X axis']").get_attribute("value") == "metric:width"
        assert view.complaints() == []

    def test_they_are_enlarged_and_kept_as_picture_and_as_the_numbers_drawn(self, look, charted):
        view = look(charted).open("/projects/3/curves?by=model&show=groups", ".plot canvas")
        view.script(KEEP)
        view.one(".enlarge").click()
        view.wait("dialog canvas")
        before = view.wait_for(lambda: view.script(DRAWN, "dialog canvas"))
        view.one("[aria-label='Y axis, least']").send_keys("0.5")
        view.wait_for(lambda: view.script(DRAWN, "dialog canvas") not in (0, before))
        for button in view.all("dialog .toolbar .button"):
            button.click()
        view.wait_for(lambda: view.script("return kept.length") == 2)
        assert sorted(kind for kind, _ in view.script("return kept")) == ["image/png", "text/csv"]
        text = view.script("return texts[0]")
        head, first, *others = text.splitlines()
        assert head.startswith("x,mlp mean,mlp low,mlp high,mlp runs,cnn mean")
        assert first.split(",")[4] == "6"
        assert len(others) == 19
        assert view.complaints() == []

    def test_the_ends_of_the_y_axis_may_be_given_in_either_order(self, look, charted):
        view = look(charted).open("/projects/3/curves?by=model&show=groups", ".plot canvas")
        view.one(".enlarge").click()
        view.wait("dialog canvas")
        whole = view.wait_for(lambda: view.script(DRAWN, "dialog canvas"))
        pictures = []
        for least, greatest in [("0.4", "0.6"), ("0.6", "0.4")]:
            for name, end in [("least", least), ("greatest", greatest)]:
                field = view.one(f"[aria-label='Y axis, {name}']")
                field.clear()
                field.send_keys(end)
            view.wait_for(lambda: view.script(DRAWN, "dialog canvas") not in (0, whole))
            pictures.append(
                view.script("return arguments[0].toDataURL()", view.one("dialog canvas"))
            )
        assert pictures[0] == pictures[1]
        assert view.complaints() == []

    @pytest.mark.parametrize("show", ["runs", "groups"])
    def test_what_the_colours_mean_is_in_the_picture(self, look, charted, show):
        view = look(charted).open(f"/projects/3/curves?by=model&show={show}", ".plot canvas")
        view.script(KEEP)
        view.one(".enlarge").click()
        view.wait("dialog canvas")
        view.one_with_text("dialog .toolbar .button", "PNG").click()
        view.wait_for(lambda: view.script("return pictures.length"))
        assert view.script(LEGEND_IN) == 2
        assert view.complaints() == []

    def test_a_click_on_a_curve_leads_to_its_run(self, look, charted):
        view = look(charted).open("/projects/3/curves?filter=id=4", ".plot canvas")
        over = view.wait(".u-over")
        height = over.size["height"]
        ActionChains(view.browser).move_to_element_with_offset(over, 0, height // 2 - 30).perform()
        view.wait(".readout:not([hidden])")
        over.click() if view.path.startswith("/runs") else ActionChains(
            view.browser
        ).click().perform()
        view.wait_for(lambda: view.path == "/runs/4")


class TestPages:
    def test_cards_of_the_first_page_stand_in_line(self, look, charted):
        view = look(charted).open("/", ".project")
        tops = {card.location["y"] for card in view.all(".project")}
        assert len(tops) == 1

    def test_from_a_page_that_is_not_there_a_link_leads_home(self, look, charted):
        view = look(charted).open("/nowhere", ".trouble a")
        view.one(".trouble a").click()
        view.wait(".project")

    def test_in_a_narrow_window_the_name_and_the_first_metric_are_in_sight(self, look, charted):
        view = look(charted)
        view.browser.set_window_size(420, 900)
        view.open("/projects/3", "tbody tr")
        ends = {text: right for text, right in view.script(ENDS, "thead th") if right}
        room = view.script("return innerWidth")
        view.browser.set_window_size(1280, 900)
        assert list(ends)[1:] == ["Run ↓", "Name", "Status", "loss last", "width last", "model"]
        assert ends["loss last"] < room
