"""The table of runs in a real browser: filter, sort, columns, keyboard, live updates."""

import pytest

pytest.importorskip("starlette", reason="needs the extra ui")
pytest.importorskip("selenium", reason="needs selenium")

from selenium.webdriver.common.keys import Keys

pytestmark = pytest.mark.browser


class TestRunsTable:
    def test_typing_filters_and_the_address_keeps_the_filter(self, view):
        view.open("/projects/1", "tbody tr")
        view.press("/")
        view.press(*"status:failed")
        view.wait_for(lambda: view.texts("tbody .row-link") == ["25"])
        assert view.path == "/projects/1?filter=status%3Afailed"
        view.open(view.path, "tbody tr")
        assert view.texts("tbody .row-link") == ["25"]

    def test_a_filter_with_a_mistake_says_so_and_keeps_the_rows(self, view):
        view.open("/projects/1", "tbody tr")
        view.paste("input[type=search]", "statu:failed")
        view.wait_for(lambda: "did you mean 'status'?" in view.texts(".filter-problem")[0])
        assert len(view.all("tbody tr")) == 25

    def test_rows_are_walked_and_opened_by_keyboard(self, view):
        view.open("/projects/1", "tbody tr")
        view.press("j", "j", "j", "k", Keys.ENTER)
        view.wait_for(lambda: view.path == "/runs/24")
        view.browser.back()
        view.wait_for(lambda: view.path == "/projects/1")

    def test_two_runs_are_selected_and_compared_by_keyboard(self, view):
        view.open("/projects/1", "tbody tr")
        view.press("j", "x", "j", "x", "c")
        view.wait_for(lambda: view.path == "/compare?run=24&run=25")

    def test_a_click_on_a_heading_sorts_and_a_second_turns_round(self, view):
        view.open("/projects/1?column=config.lr", "tbody tr")
        heading = "th[scope=col]:nth-child(8)"
        for direction, first in (("descending", "25"), ("ascending", None)):
            view.one(f"{heading} button").click()
            view.wait(f"{heading}[aria-sort={direction}]")
            view.wait_for(lambda first=first: first in (None, view.texts("tbody .row-link")[0]))
        rates = [float(text) for text in view.texts("tbody td:nth-child(8)")]
        assert rates == sorted(rates)

    def test_runs_are_sorted_by_name(self, view):
        view.open("/projects/1?sort=-name", "tbody tr")
        name = next(
            i for i, text in enumerate(view.texts("thead th"), 1) if text.startswith("Name")
        )
        view.one(f"thead th:nth-child({name}) button").click()
        view.wait(f"th:nth-child({name})[aria-sort=ascending]")
        cells = f"tbody td:nth-child({name})"
        assert len(set(view.texts(cells))) > 1
        view.wait_for(lambda: view.texts(cells) == sorted(view.texts(cells)))

    def test_columns_are_chosen_and_remembered(self, view):
        view.open("/projects/1", "tbody tr")
        (button,) = [one for one in view.all(".toolbar .button") if one.text == "Columns"]
        button.click()
        view.wait("dialog .choices label")
        (choice,) = [one for one in view.all(".choices label") if one.text.strip() == "batch_size"]
        choice.click()
        view.press(Keys.ESCAPE)
        view.wait_for(lambda: not view.all("dialog"))
        view.wait_for(lambda: "batch_size" in view.texts("thead th"))
        view.open("/projects/1", "tbody tr")
        assert "batch_size" in view.texts("thead th")

    def test_runs_that_go_on_are_updated_by_themselves(self, look, new_database, serve):
        logger = new_database()
        run = logger.start(tags=["live"])
        run.log_metric("loss", 2.0, step=0)
        run.flush()
        view = look(serve(new_database.url))
        view.open("/projects/1?column=metric.loss.last", "tbody tr")
        view.press("j")
        run.log_metric("loss", 0.125, step=1)
        run.finish()
        view.wait_for(lambda: view.texts("tbody .value") == ["0.125"])
        assert view.texts("tbody .status") == ["completed"]
        assert view.script("return document.activeElement.className") == "row-link"


class TestLiveRun:
    def test_metrics_and_status_of_a_running_run_appear_by_themselves(
        self, look, new_database, serve
    ):
        run = new_database(lr=0.1).start()
        run.log_metric("loss", 1.0, step=0)
        run.flush()
        view = look(serve(new_database.url)).open("/runs/1", ".plot canvas")
        assert view.texts(".head .status") == ["running"]
        run.log_metrics({"loss": 0.25, "accuracy": 0.75}, step=1)
        run.log_note("half way")
        run.flush()
        view.wait_for(lambda: view.texts(".chart h3") == ["accuracy", "loss"])
        view.wait_for(lambda: "0.25" in view.texts(".chart header b"))
        assert "half way" in view.one("main").text
        run.finish("completed")
        view.wait_for(lambda: view.texts(".head .status") == ["completed"])
        assert view.complaints() == []

    def test_trials_can_be_hidden(self, look, new_database, serve):
        logger = new_database()
        with logger.start() as parent, logger.start(parent=parent):
            pass
        view = look(serve(new_database.url)).open("/projects/1", "tbody tr")
        assert view.texts("tbody .row-link") == ["2", "1"]
        view.one(".toolbar label.switch").click()
        view.wait_for(lambda: view.texts("tbody .row-link") == ["1"])
        assert view.path == "/projects/1?trials=no"
