"""The config tree, the curves and the figures of a search in a real browser."""

import json

import pytest

pytest.importorskip("starlette", reason="needs the extra ui")
pytest.importorskip("selenium", reason="needs selenium")

from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select

pytestmark = pytest.mark.browser

RESOURCES = "return performance.getEntriesByType('resource').map((entry) => entry.name)"


class TestRunPage:
    def test_a_focused_value_tells_where_it_came_from(self, view):
        view.open("/runs/1", ".tree")
        item = "[data-search^='lr ']"
        view.script("document.querySelector(arguments[0]).focus()", item)
        steps = view.texts("#tip li")
        assert len(steps) == 2
        assert "view defaults" in steps[0]
        assert "command line lr=" in steps[1]

    def test_the_config_is_a_tree_for_the_keyboard(self, view):
        view.open("/runs/1", ".tree")
        view.script("document.querySelector('.tree [tabindex=\"0\"]').focus()")
        view.press(Keys.ARROW_LEFT)
        assert view.all(".tree [aria-expanded=false]")
        view.press(Keys.ARROW_DOWN)
        assert view.script("return document.activeElement.dataset.search").startswith("lr ")
        view.press(Keys.HOME, Keys.ARROW_RIGHT)
        assert not view.all(".tree [aria-expanded=false]")

    def test_curves_can_be_smoothed_and_drawn_on_log_axes(self, view):
        view.open("/runs/13", ".plot canvas")
        for label in view.all(".chart-settings label.switch"):
            if label.text.startswith("Log"):
                label.click()
        view.script(
            "const s = document.querySelector('input[type=range]'); s.value = 0.8;"
            "s.dispatchEvent(new Event('input'))"
        )
        view.wait_for(lambda: "not on a log axis" in " ".join(view.texts(".chart-note")))
        assert view.complaints() == []
        view.open("/runs/13", ".plot canvas")
        assert json.loads(view.script("return localStorage['ato-charts']"))["smoothing"] == 0.8

    def test_the_x_axis_can_be_time(self, view):
        view.open("/runs/13", ".plot canvas")
        Select(view.one(".chart-settings select")).select_by_value("time")
        view.wait_for(lambda: "axis=time" in str(view.script(RESOURCES)))
        assert view.complaints() == []

    def test_dragging_over_a_curve_zooms_in_and_the_button_out(self, view):
        view.open("/runs/13", ".plot canvas")
        over = view.wait(".u-over")
        chain = ActionChains(view.browser).move_to_element_with_offset(over, -80, 0)
        chain.click_and_hold().move_by_offset(120, 0).release().perform()
        view.wait_for(lambda: "from=" in str(view.script(RESOURCES)))
        buttons = ".chart button:not(.enlarge)"
        reset = [one for one in view.all(buttons) if one.is_displayed()]
        assert [one.text for one in reset] == ["Reset zoom"]
        reset[0].click()
        assert not [one for one in view.all(buttons) if one.is_displayed()]

    def test_the_cursor_reads_the_values_below_it(self, view):
        view.open("/compare?run=1&run=13", ".plot canvas")
        ActionChains(view.browser).move_to_element(view.wait(".u-over")).perform()
        view.wait_for(lambda: view.texts(".readout:not([hidden])"))
        text = view.texts(".readout:not([hidden])")[0]
        assert "run 1" in text
        assert "run 13" in text


@pytest.fixture(scope="module")
def searched(tmp_path_factory, serve):
    """A page over a search."""
    from ui_example import make_search

    url = f"sqlite:///{tmp_path_factory.mktemp('search')}/search.db"
    make_search(url)
    return serve(url)


class TestSearch:
    def test_rungs_best_over_budget_and_parameters_are_drawn(self, look, searched):
        view = look(searched)
        view.open("/projects/1/searches", "tbody .row-link")
        view.one("tbody .row-link").click()
        view.wait(".plot canvas")
        assert len(view.all(".brackets figure")) == 3
        assert view.texts(".parallel .axis-title") == ["lrlr", "modelmodel", "metricmetric"]
        assert view.texts("main h2")[:2] == ["Best over budget", "Parameters"]

    def test_below_the_rungs_it_says_whether_early_results_tell(self, look, searched):
        view = look(searched).open("/searches/1", ".early li")
        first, *_, last = view.texts(".early li")
        assert first == "1 → 3: too few trials (3) to say"
        assert last.startswith("1 → 9: ")

    def test_history_and_slices_show_every_trial(self, look, searched):
        view = look(searched).open("/searches/1", ".scatter")
        figures = ".scatter:not(.contour)"
        assert view.texts(f"{figures} .strong") == ["trial", "lr", "model"]
        trials = len(view.all("[data-id]"))
        assert [len(one.find_elements("css selector", "circle")) for one in view.all(figures)] == [
            trials
        ] * 3

    def test_in_the_history_a_trial_without_a_value_keeps_its_place(
        self, look, serve, new_database
    ):
        logger = new_database(experiment_kind="search")
        with logger.start() as parent:
            for number in range(6):
                with new_database(lr=number).start(parent=parent.id) as trial:
                    trial.log_metric("loss", float("nan") if number == 2 else number, step=0)
        view = look(serve(new_database.url)).open("/searches/1", ".scatter")
        titles = view.script(
            "return [...document.querySelectorAll(\"svg.scatter[aria-label$='over trial'] title\")]"
            ".map((title) => title.textContent.split('trial ')[1])"
        )
        assert sorted(titles) == ["1", "2", "4", "5", "6"]

    def test_a_slice_over_words_names_each_of_them(self, look, serve, new_database):
        logger = new_database(experiment_kind="search")
        with logger.start() as parent:
            for number in range(8):
                chosen = ["adam", "lion", "rmsprop", "sgd"][number % 4]
                with new_database(optimizer=chosen).start(parent=parent.id) as trial:
                    trial.log_metric("loss", number / 10, step=0)
        view = look(serve(new_database.url)).open("/searches/1", ".scatter")
        written = view.texts(".scatter[aria-label$='over optimizer'] .tick.middle")
        assert written[:4] == ["adam", "lion", "rmsprop", "sgd"]

    def test_dragging_along_an_axis_keeps_a_range(self, look, searched):
        view = look(searched).open("/searches/1", ".parallel")
        area = view.all(".brush-area")[0]
        chain = ActionChains(view.browser).move_to_element(area).click_and_hold()
        chain.move_by_offset(0, 60).release().perform()
        view.wait_for(lambda: view.all(".parallel polyline.out"))
        assert "trials kept" in view.texts(".caption")[0]
        ActionChains(view.browser).move_to_element(area).click().perform()
        view.wait_for(lambda: not view.all(".parallel polyline.out"))


@pytest.fixture(scope="module")
def swept(tmp_path_factory, serve):
    """A page over forty trials of the user's own: `lr` decides, `momentum` little; four failed."""
    from ato.adict import ADict
    from ato.db_routers.sql.manager import SQLLogger

    url = f"sqlite:///{tmp_path_factory.mktemp('sweep')}/sweep.db"
    config = ADict(experiment=ADict(project_name="sweep", sql=ADict(db_path=url)))
    logger = SQLLogger(config)
    with logger.start(tags=["sweep"]) as parent:
        for number in range(40):
            trial = config.clone()
            exponent = (number * 7 % 40) / 10
            trial.lr, trial.momentum = 10**-exponent, 0.5 + (number * 13 % 40) / 100
            trial.optimizer = ["adam", "sgd"][number % 2]
            run = logger.start(parent=parent, config=trial)
            run.log_metric("val/loss", 1e9 if number == 5 else (exponent - 2) ** 2)
            run.finish("failed" if number % 10 == 0 else "completed")
    return serve(url)


HEIGHTS = """
const points = [...document.querySelectorAll(`${arguments[0]} circle`)];
return points.map((one) => Number(one.getAttribute("cy")));
"""


class TestSweep:
    def test_the_parameter_that_decides_matters_most(self, look, swept):
        view = look(swept).open("/searches/1", ".shares")
        assert view.texts(".shares dt")[0] == "lr"
        shares = [int(text.split()[0]) for text in view.texts(".shares .share")]
        assert shares == sorted(shares, reverse=True)
        assert shares[0] > 50
        assert 98 <= sum(shares) <= 102

    @pytest.mark.parametrize("width", [420, 1400])
    def test_a_contour_shows_two_parameters_and_may_show_others(self, look, swept, width):
        view = look(swept)
        view.browser.set_window_size(width, 900)
        view.open("/searches/1", ".contour .band")
        assert view.texts(".contour .strong")[0] == "lr"
        assert len(view.all(".contour circle")) == 40
        Select(view.one("select[aria-label=Across]")).select_by_value("momentum")
        Select(view.one("select[aria-label=Up]")).select_by_value("optimizer")
        assert view.texts(".contour .strong") == ["momentum", "optimizer"]
        assert "plane=momentum&plane=optimizer" in view.path
        overflow = view.script("return document.documentElement.scrollWidth - innerWidth")
        view.browser.set_window_size(1280, 900)
        assert overflow <= 0
        assert view.complaints() == []

    def test_choosing_the_other_axis_s_parameter_turns_the_contour(self, look, swept):
        view = look(swept).open("/searches/1?plane=lr&plane=momentum", ".contour")
        Select(view.one("select[aria-label=Across]")).select_by_value("momentum")
        assert view.texts(".contour .strong") == ["momentum", "lr"]

    def test_figures_and_table_may_show_the_trials_of_one_state(self, look, swept):
        view = look(swept).open("/searches/1", ".scatter")
        states = Select(view.one("select[aria-label='State of the trials']"))
        assert [one.text for one in states.options] == [
            "All states",
            "failed (4)",
            "completed (36)",
        ]
        states.select_by_value("failed")
        view.wait_for(lambda: len(view.all("[data-id]")) == 4)
        assert {
            len(one.find_elements("css selector", "circle")) for one in view.all("svg.scatter")
        } == {4}
        view.open("/searches/1?state=failed", "[data-id]")
        assert len(view.all("[data-id]")) == 4

    def test_a_trial_that_diverged_lies_at_the_edge_and_leaves_the_others_apart(self, look, swept):
        view = look(swept).open("/searches/1", ".scatter")
        history = "svg.scatter[aria-label$='over trial']"
        assert len(view.all(f"{history} circle.beyond")) == 1
        assert len({round(height) for height in view.script(HEIGHTS, history)}) > 10

    def test_the_order_of_trials_is_never_a_log_axis(self, look, tmp_path, serve, new_database):
        logger = new_database(lr=0.1)
        with logger.start() as parent:
            for number in range(120):
                trial = logger.config.clone()
                trial.lr = 0.1 + number / 1000
                with logger.start(parent=parent, config=trial) as run:
                    run.log_metric("acc", number / 200)
        view = look(serve(new_database.url)).open("/searches/1", ".scatter")
        assert view.texts("svg.scatter[aria-label$='over trial'] .middle")[:3] == ["1", "61", "120"]

    def test_the_list_of_searches_says_what_the_best_is(self, look, swept):
        view = look(swept).open("/projects/1/searches", "tbody tr")
        assert view.texts("td[data-column=best]") == ["0"]
        assert view.texts("td[data-column=metric]") == ["val/loss, smallest"]
