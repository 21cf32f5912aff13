"""Names, long ones among them, in a real browser: where they stand, and what gives way to what."""

import pytest

pytest.importorskip("starlette", reason="needs the extra ui")
pytest.importorskip("selenium", reason="needs selenium")

pytestmark = pytest.mark.browser

LONG = "val/a_metric_with_a_rather_long_name_that_goes_on_and_on"
FOLDER = "checkpoints/of_the_model_with_the_best_validation_loss/of_all_epochs"
CUT = """
return [...document.querySelectorAll(arguments[0])].filter((e) => e.scrollWidth > e.clientWidth + 1)
  .map((e) => e.textContent);
"""


@pytest.fixture(scope="module")
def named(tmp_path_factory, serve):
    """A page over a search named `sweep` with two trials, `left` and `right`, and long names."""
    from ato.adict import ADict
    from ato.db_routers.sql.manager import SQLLogger

    folder = tmp_path_factory.mktemp("names")
    url = f"sqlite:///{folder}/names.db"
    made = folder / FOLDER
    made.mkdir(parents=True)
    (made / "weights.bin").write_bytes(b"w")

    def start(name, lr, **about):
        experiment = ADict(project_name="names", sql=ADict(db_path=url))
        return SQLLogger(ADict(experiment=experiment, lr=lr)).start(name=name, **about)

    with start("sweep", 0.0) as parent:
        parent.log_input(str(made / "weights.bin"), name=f"{FOLDER}/weights.bin")
        parent.log_artifact(str(made), "folder")
        parent.log_metric(LONG, 1.0, step=0)
    for name, lr in (("left", 0.1), ("right", 0.2)):
        with start(name, lr, parent=parent.id) as run:
            run.log_metric("loss", lr, step=0)
    return serve(url)


@pytest.fixture
def narrow(look, named):
    """The page in a window as narrow as a phone."""
    view = look(named)
    size = {"width": 420, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    view.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    yield view
    view.browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


class TestNamesOfRuns:
    def test_in_a_comparison_they_stand_on_the_cards_and_above_the_columns(self, look, named):
        view = look(named).open("/compare?run=2&run=3", ".matrix")
        assert view.texts(".run-tile .run-label") == ["left", "right"]
        for table in ("Config", "Metrics"):
            assert view.texts(f"[aria-label={table}] thead .run-label") == ["left", "right"]

    def test_a_search_has_its_own_in_the_head_and_those_of_its_trials(self, look, named):
        view = look(named).open("/searches/1", ".grid")
        assert view.texts(".run-name") == ["sweep"]
        assert sorted(view.texts("td[data-column=name]")) == ["left", "right"]

    def test_the_list_of_searches_has_them(self, look, named):
        view = look(named).open("/projects/1/searches", "tbody tr")
        assert view.texts("td[data-column=name]") == ["sweep"]


class TestInANarrowWindow:
    def test_a_long_name_of_a_metric_leaves_its_last_value_whole(self, narrow):
        narrow.open("/runs/1", ".chart b")
        assert narrow.texts(".chart header .muted") == ["last 1"]
        assert narrow.script(CUT, ".chart header .muted") == []

    def test_a_long_path_stays_in_its_dialog(self, narrow):
        narrow.open("/runs/1", "[aria-label=Artifacts]")
        narrow.one_with_text("[aria-label=Artifacts] button", "Files").click()
        narrow.wait("dialog table")
        assert narrow.script(CUT, "dialog, dialog .dialog-head, dialog .scrolls") == []

    def test_the_tables_of_a_run_show_their_last_column(self, narrow):
        narrow.open("/runs/1", "[aria-label=Inputs]")
        assert narrow.script(CUT, ".scrolls") == []


@pytest.mark.parametrize(("project", "whole"), [("digits", 2), ("digits" * 20, 1)])
def test_where_a_run_is_stays_in_sight_whatever_its_name(look, serve, new_database, project, whole):
    new_database(project).start(name="resnet50_imagenet_bs256_lr0.1" * 4).finish()
    view = look(serve(new_database.url))
    size = {"width": 420, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    view.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    try:
        view.open("/runs/1", ".crumbs > :nth-child(3)")
        assert view.script(CUT, f".crumbs > :nth-child(-n + {whole})") == []
        assert len(view.script(CUT, ".crumbs > *")) == 3 - whole
        assert all(crumb.size["width"] > 40 for crumb in view.all(".crumbs > *"))
    finally:
        view.browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


# The parts of keys between dots, slashes and underscores that are broken in two lines.
BROKEN = """
const texts = [];
for (const head of document.querySelectorAll('.matrix th[scope=row]')) {
  const nodes = document.createTreeWalker(head, NodeFilter.SHOW_TEXT);
  while (nodes.nextNode()) {
    const range = document.createRange();
    range.selectNodeContents(nodes.currentNode);
    const lines = new Set([...range.getClientRects()].map((place) => place.top));
    texts.push([nodes.currentNode.data, lines.size]);
  }
}
return texts.filter(([, lines]) => lines !== 1);
"""


@pytest.mark.parametrize("width", [420, 1000, 1400])
def test_a_comparison_of_eight_runs_breaks_no_word_of_a_key(look, serve, new_database, width):
    for number in range(8):
        about = {"optimizer": {"learning_rate_of_the_head": number}, "name": f"a name {number}" * 3}
        with new_database(**about).start(name=f"a run with a long name {number}") as run:
            run.log_metric("validation/macro_averaged_precision", number)
    view = look(serve(new_database.url))
    size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    view.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    try:
        runs = "&".join(f"run={number}" for number in range(1, 9))
        view.open(f"/compare?{runs}", ".matrix")
        view.one("[aria-label=Config] input").click()
        keys = view.texts("[aria-label=Config].matrix th[scope=row]")
        assert {"experiment.project_name", "optimizer.learning_rate_of_the_head"} <= set(keys)
        assert view.script(BROKEN) == []
        assert view.script("return document.documentElement.scrollWidth") <= width
    finally:
        view.browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


WORD = "resnet50_imagenet_bs256_lr0.1_wd1e4_mixup_cutmix_ema_v2_" * 2


@pytest.fixture(scope="module")
def worded(tmp_path_factory, serve):
    """A page over two runs in which all that people name or write is one long word."""
    from ato.adict import ADict
    from ato.db_routers.sql.manager import SQLLogger

    url = f"sqlite:///{tmp_path_factory.mktemp('worded')}/worded.db"
    for number in (1, 2):
        experiment = ADict(project_name=WORD, sql=ADict(db_path=url))
        with SQLLogger(ADict(experiment=experiment, path=f"/{WORD}{number}")).start(
            name=f"{WORD}{number}"
        ) as run:
            run.log_metric(f"{WORD}/loss", number)
            run.log_metric("other/loss", number)
            run.log_note(f"https://{WORD}")
    return serve(url)


@pytest.mark.parametrize("width", [420, 1400])
@pytest.mark.parametrize(
    "path",
    [
        "/projects/1",
        "/projects/1/curves?key=other%2Floss&by=path",
        "/projects/1/curves?key=other%2Floss&by=path&show=groups",
        "/runs/1",
        "/compare?run=1&run=2",
    ],
)
def test_no_word_is_wider_than_the_page(look, worded, path, width):
    view = look(worded)
    size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    view.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    try:
        view.open(path, "h1")
        view.wait_for(lambda: view.all(".chart, .grid"))
        assert view.script("return document.documentElement.scrollWidth") <= width
    finally:
        view.browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
