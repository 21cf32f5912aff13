"""Images, tables, texts, histograms and files in a real browser."""

import math
import random
import shutil

import pytest

pytest.importorskip("starlette", reason="needs the extra ui")
pytest.importorskip("selenium", reason="needs selenium")

from media_example import make_media, picture

pytestmark = pytest.mark.browser

SLIDE = """
const slider = document.querySelector(`[data-key="${arguments[0]}"] input[type=range]`);
slider.value = arguments[1];
slider.dispatchEvent(new Event("input"));
"""
LOADED = """
return [...document.querySelectorAll(arguments[0])]
  .filter((image) => image.complete && image.naturalWidth).length;
"""
IN_VIEW = """
const cell = document.querySelector(arguments[0]).getBoundingClientRect();
const frame = document.querySelector(arguments[0]).closest(".strip-frame").getBoundingClientRect();
return cell.left >= frame.left - 1 && cell.right <= frame.right + 1;
"""
INK = """
const canvas = document.querySelector(arguments[0]);
const {data} = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
let count = 0;
for (let at = 3; at < data.length; at += 4) count += data[at] > 100;
return count;
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("media")


@pytest.fixture(scope="module")
def shown(folder, serve):
    url = f"sqlite:///{folder}/media.db"
    make_media(url, folder)
    return serve(url)


@pytest.fixture(params=[(420, "light"), (420, "dark"), (1400, "light"), (1400, "dark")])
def screen(request, look, shown):
    """The page on a screen of some width in a theme."""
    width, theme = request.param
    view = look(shown)
    media = {"features": [{"name": "prefers-color-scheme", "value": theme}]}
    view.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", media)
    metrics = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    view.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    yield view
    view.browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    view.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})


def bring(view, key):
    card = f"[data-key='{key}']"
    view.wait(card)
    view.script("document.querySelector(arguments[0]).scrollIntoView({block: 'center'})", card)
    return card


@pytest.fixture
def broken(new_database):
    """The URL of a database with a run of media no browser can show and one with an image."""
    with new_database().start() as run:
        run.log_image("i", b"\x89PNG\r\n\x1a\n" + b"x" * 50, caption="torn")
        run.log_video("v", b"\0\0\0\x14ftypqt  " + b"\0" * 500)
        run.log_audio("a", b"fLaC" + b"x" * 500)
    with new_database().start() as run:
        run.log_image("i", picture(random.Random(0), 0))
    return new_database.url


class TestAtAllSizes:
    @pytest.mark.parametrize("path", ["/runs/1", "/compare?run=1&run=2"])
    def test_all_kinds_are_drawn_within_the_screen(self, screen, path):
        view = screen.open(path, ".media")
        for key, part in (
            ("samples", ".strip img"),
            ("tone", "audio"),
            ("mistakes", "tbody tr"),
            ("story", "pre"),
            ("weights/layer1", "canvas.bars"),
        ):
            view.wait(f"{bring(view, key)} {part}")
        view.wait_for(lambda: view.script(INK, "[data-key='weights/layer1'] canvas.bars") > 500)
        view.wait_for(lambda: view.script(INK, "[data-key='weights/layer1'] canvas.spread") > 500)
        wide = "return document.documentElement.scrollWidth <= innerWidth"
        assert view.script(wide)
        assert view.complaints() == []


class TestImages:
    @pytest.fixture
    def view(self, look, shown):
        return look(shown).open("/runs/1", ".media")

    def test_the_slider_leads_to_a_step_and_shows_it(self, view):
        card = bring(view, "samples")
        view.wait_for(lambda: view.script(LOADED, f"{card} img") > 3)
        view.wait_for(lambda: view.script(IN_VIEW, f"{card} .chosen"))
        assert view.texts(f"{card} output") == ["step 390"]
        view.script(SLIDE, "samples", 3)
        assert view.texts(f"{card} output") == ["step 30"]
        assert view.one(f"{card} .chosen figcaption").text == "noise 0.93"
        view.wait_for(lambda: view.script(IN_VIEW, f"{card} .chosen"))

    def test_several_of_one_step_stand_beside_each_other(self, view):
        card = bring(view, "grid")
        view.wait(f"{card} img")
        assert view.texts(f"{card} figcaption") == ["no. 0", "no. 1", "no. 2"]

    def test_one_is_enlarged_and_the_arrow_keys_lead_on(self, view):
        from selenium.webdriver.common.keys import Keys

        card = bring(view, "grid")
        view.wait(f"{card} button.picture").click()
        view.wait("dialog .big-image img")
        assert "no. 0" in view.one("dialog p").text
        view.press(Keys.ARROW_RIGHT)
        view.wait_for(lambda: "no. 1" in view.one("dialog p").text)
        view.press(Keys.ESCAPE)
        view.wait_for(lambda: not view.all("dialog"))

    def test_runs_stand_beside_each_other_at_the_same_step(self, view):
        view.open("/compare?run=1&run=2", ".media")
        card = bring(view, "samples")
        view.wait(f"{card} img")
        view.script(SLIDE, "samples", 0)
        assert view.texts(f"{card} .chosen .mono") == ["step 0", "step 0"]
        assert len(view.texts(f"{card} .strip-run")) == 2

    def test_an_image_whose_copy_is_gone_says_so(self, look, serve, tmp_path, new_database):
        with new_database().start() as run:
            run.log_image("x", picture(random.Random(0), 0))
        shutil.rmtree(str(tmp_path / "new.db.artifacts"))
        view = look(serve(new_database.url)).open("/runs/1", ".media")
        assert view.wait(".media .missing").text == "its copy is not here"

    def test_an_image_that_the_browser_cannot_show_can_be_kept(self, look, serve, broken):
        view = look(serve(broken)).open("/runs/1", ".media")
        for key in "iv":
            unshown = view.wait(f"{bring(view, key)} .missing")
            assert unshown.text == "this browser cannot show it · Download"
            link = view.one(f"[data-key={key}] .missing a").get_attribute("href")
            assert "?keep=1" in link
        assert view.texts("[data-key=i] figcaption") == ["torn"]
        audio = view.wait(f"{bring(view, 'a')} audio")
        view.script("arguments[0].preload = 'auto'; arguments[0].load()", audio)
        assert "cannot show it" in view.wait("[data-key=a] .missing").text

    def test_nor_can_it_beside_another_run_or_enlarged(self, look, serve, broken):
        from selenium.webdriver.common.keys import Keys

        view = look(serve(broken)).open("/compare?run=1&run=2", ".media")
        assert "cannot show it" in view.wait(f"{bring(view, 'i')} .missing").text
        view.wait("[data-key=i] button.picture").click()
        view.wait("dialog .big-image img")
        view.press(Keys.ARROW_LEFT)
        unshown = view.wait("dialog .missing")
        assert unshown.text == "this browser cannot show it · Download"
        view.press(Keys.ARROW_RIGHT)
        view.wait_for(lambda: view.script(LOADED, "dialog img") == 1)
        assert not view.all("dialog .missing")

    def test_of_a_run_with_images_alone_it_is_said_that_they_are_below(
        self, look, serve, new_database
    ):
        with new_database().start() as run:
            run.log_image("x", picture(random.Random(0), 0))
        with new_database().start() as run:
            run.log_note("nothing came of it")
        view = look(serve(new_database.url)).open("/runs/1", ".media img")
        assert view.texts(".empty") == ["No metricWhat was logged besides lies below."]
        assert not view.shown(".chart-settings")
        view.open("/runs/2", ".empty")
        assert view.texts(".empty") == ["No metricNothing was logged."]

    def test_of_a_thousand_images_few_are_on_the_page(self, look, serve, new_database):
        content = picture(random.Random(0), 0)
        with new_database().start() as run:
            for step in range(1000):
                run.log_image("many", content, step)
        view = look(serve(new_database.url)).open("/runs/1", ".media img")
        assert len(view.all(".media img")) <= 24
        view.script(SLIDE, "many", 500)
        assert view.texts(".media .chosen .mono") == ["step 500"]
        assert len(view.all(".media img")) <= 24


class TestTablesTextsAndHistograms:
    @pytest.fixture
    def view(self, look, shown):
        return look(shown).open("/runs/1", ".media")

    def test_a_table_is_sorted_by_a_click_and_turned(self, view):
        card = bring(view, "mistakes")
        view.wait(f"{card} tbody tr")
        assert "rows 1 to 100 of 250" in view.one(f"{card} .table-foot").text
        view.all(f"{card} th button")[2].click()
        view.wait(f"{card} th[aria-sort=descending]")

        def numbers():
            return [float(text) for text in view.texts(f"{card} td:nth-child(3)")]

        view.wait_for(lambda: numbers() and numbers() == sorted(numbers(), reverse=True))
        first = numbers()
        view.one(f"{card} .table-foot button").click()
        view.wait_for(lambda: "rows 101 to 200" in view.texts(f"{card} .table-foot")[0])
        assert max(numbers()) <= min(first)

    def test_a_text_is_shown_as_it_was_logged(self, view):
        card = bring(view, "story")
        view.wait(f"{card} input[type=range]")
        view.script(SLIDE, "story", 0)
        view.wait_for(lambda: view.texts(f"{card} pre") != [])
        view.wait_for(lambda: "a <b>loss</b>." in view.texts(f"{card} pre")[0])

    def test_the_bars_are_those_of_the_chosen_step(self, view):
        card = bring(view, "weights/layer1")
        view.wait_for(lambda: view.all(f"{card} canvas.bars"))
        view.wait_for(lambda: view.script(INK, f"{card} canvas.bars") > 500)
        before = view.script(INK, f"{card} canvas.bars")
        view.script(SLIDE, "weights/layer1", 0)
        assert "at step 0" in view.texts(f"{card} .small")[-1]
        assert view.script(INK, f"{card} canvas.bars") != before

    def test_of_a_histogram_without_values_no_axis_is_labelled(self, look, serve, new_database):
        with new_database().start() as run:
            run.log_histogram("empty", [], step=0)
            run.log_histogram("empty", [math.nan], step=1)
        view = look(serve(new_database.url)).open("/runs/1", ".media")
        card = bring(view, "empty")
        view.wait_for(lambda: view.all(f"{card} canvas.bars"))
        assert "Infinity" not in view.texts(card)[0]
        assert view.texts(f"{card} .small")[-1] == "0 values at step 1 · 1 × nan"
        assert view.texts(f"{card} .ends span") == ["step 0", "step 1"]
        assert view.complaints() == []

    def test_the_step_of_an_artifact_is_shown_where_one_has_it(self, new_database, serve, look):
        with new_database().start() as run:
            run.log_artifact("a.pt", "model", step=3)
            run.log_artifact("b.pt", "model")
        view = look(serve(new_database.url)).open("/runs/1", "[aria-label=Artifacts] table")
        titles = view.texts("[aria-label=Artifacts] th")
        cells = view.texts("[aria-label=Artifacts] td")
        assert cells[titles.index("Step") :: len(titles)] == ["3", ""]

    def test_an_artifact_is_found_opened_and_kept(self, view, folder):
        view.wait("[aria-label=Artifacts] table")
        links = view.all("[aria-label=Artifacts] a")
        assert [link.text for link in links[:2]] == ["Open", "Download"]
        # By script: pictures that are still loading move what a pointer would hit.
        view.script("arguments[0].click()", view.all("[aria-label=Artifacts] button")[0])
        view.wait("dialog code")
        assert view.one("dialog code").text.startswith(str(folder / "media.db.artifacts"))
        view.browser.get(view.url + "/api/files/" + links[2].get_attribute("href").split("/")[-1])
        assert view.script("return window.pwned") is None

    def test_the_files_of_a_folder_are_listed(self, view):
        view.wait("[aria-label=Artifacts] table")
        for button in view.all("[aria-label=Artifacts] button"):
            if button.text == "Files":
                view.script("arguments[0].click()", button)
        view.wait("dialog [aria-label=Files]")
        names = view.texts("dialog [aria-label=Files] td:first-child")
        assert names == ["card.md", "weights.bin"]
