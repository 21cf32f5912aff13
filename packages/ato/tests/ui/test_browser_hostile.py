"""A page over names, tags, configs, paths and code that try to run a script: none does."""

import json
import time

import pytest

pytest.importorskip("starlette", reason="needs the extra ui")
pytest.importorskip("selenium", reason="needs selenium")

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def hostile(tmp_path_factory, serve):
    """A page over a database in which every text tries to run a script."""
    from ato.adict import ADict
    from ato.db_routers.sql.manager import SQLLogger

    url = f"sqlite:///{tmp_path_factory.mktemp('hostile')}/hostile.db"
    project = evil("project")
    config = ADict(experiment=ADict(project_name=project, sql=ADict(db_path=url)))
    config[evil("key")] = evil("value")
    config["nested"] = {evil("inner"): [evil("item")], "link": "javascript:window.pwned='link'"}
    source = ADict(kind=evil("kind"), name=evil("view"), location=evil("place"))
    provenance = [{"key": evil("key"), "value": evil("old"), "source": source}]
    logger = SQLLogger(config)
    for number in range(2):
        prints = {
            "static": {evil("trace"): Print(number)},
            "runtime": {evil("out"): f"{number}" * 40},
        }
        with logger.start(tags=[evil("tag")], fingerprints=prints, provenance=provenance) as run:
            for step in range(3):
                run.log_metric(evil("metric"), step + number, step=step)
            run.log_artifact(evil("artifact"), evil("type"), {evil("meta"): evil("data")})
            run.log_note(evil("note"))
            run.log_input(f"{number}".encode(), name=evil("input"))
    with logger.start(tags=[evil("search")]) as search:
        for number in range(3):
            child = ADict(config.to_dict())
            child[evil("param")] = evil(f"choice{number}")
            with logger.start(parent=search, config=child) as trial:
                trial.log_metrics({evil("metric"): number, "rung": 0, "resource": 1}, step=1)
    with pytest.raises(ValueError), logger.start():
        raise ValueError(evil("error"))
    return serve(url)


def evil(name):
    return (
        f"\"'><img src=x onerror=\"window.pwned='{name}'\"><script>window.pwned='{name}'</script>"
    )


class Print(str):
    """A fingerprint whose source is hostile too."""

    def __new__(cls, number):
        print_ = super().__new__(cls, f"{number:040d}")
        print_.source = f"def f():\n    return {evil(f'source{number}')!r}\n"
        print_.canonical, print_.location, print_.kind = f"c{number}", evil("location"), "source"
        return print_


HOSTILE_PAGES = [
    ("/", ".project"),
    ("/projects/1", "tbody tr"),
    ("/projects/1?filter=%3Cimg%20src=x%20onerror=alert(1)%3E", ".empty, .filter-problem"),
    ("/projects/1/functions", ".versions"),
    ("/projects/1/searches", "tbody tr"),
    ("/runs/1", ".plot canvas"),
    ("/runs/7", ".traceback"),
    ("/compare?run=1&run=2", ".plot canvas"),
    ("/searches/3", ".parallel"),
    ("/nothing/%3Cscript%3E", "body"),
]


@pytest.mark.parametrize(("path", "selector"), HOSTILE_PAGES, ids=[p for p, _ in HOSTILE_PAGES])
def test_nothing_in_a_database_is_executed(look, hostile, path, selector):
    view = look(hostile).open(path, selector)
    touch_everything(view)
    time.sleep(0.3)  # an image that fails to load says so later
    assert view.script("return window.pwned") is None
    assert view.all("main img, main script, main iframe, main [onerror]") == []
    # What the server refuses as a question is written to the console too.
    refused = [text for text in view.complaints() if "responded with a status" not in text]
    assert refused == []


def touch_everything(view):
    """Hover and focus what shows more when looked at, and open what opens."""
    script = """
        const wanted = '[role=treeitem], polyline, .plot, summary';
        for (const item of document.querySelectorAll(wanted)) {
          for (const name of ['mouseenter', 'mousemove', 'focus', 'click']) {
            if (name !== 'click' || item.matches('summary')) {
              item.dispatchEvent(new MouseEvent(name, {bubbles: false}));
            }
          }
        }
        for (const button of document.querySelectorAll('.toolbar .button, .matrix button')) {
          button.click();
        }
    """
    view.script(script)


def test_hostile_texts_are_shown_as_they_are(look, hostile):
    view = look(hostile).open("/runs/1", ".tree")
    text = view.one("main").text
    for name in ("key", "tag", "artifact", "note", "trace", "view"):
        assert evil(name) in text, name
    assert json.dumps(evil("value")) in text


def test_a_link_in_a_config_leads_nowhere(look, hostile):
    view = look(hostile).open("/runs/1", ".tree")
    links = view.script("return [...document.links].map((link) => link.protocol)")
    assert set(links) == {"http:"}


def test_a_script_that_got_in_would_be_refused(view):
    view.open("/", ".project")
    outcome = view.script(
        """
        const script = document.createElement('script');
        script.text = 'window.pwned = 1';
        document.body.append(script);
        """
        if False
        else """
        const holder = document.createElement('div');
        try { holder.innerHTML = '<img src=x onerror="window.pwned=1">'; }
        catch (error) { return error.name; }
        return 'accepted';
        """
    )
    assert outcome == "TypeError"
    assert view.script("return window.pwned") is None
