"""Metrics of the machine and what a run printed, in a real browser."""

import pytest

pytest.importorskip("starlette", reason="needs the extra ui")
pytest.importorskip("selenium", reason="needs selenium")

pytestmark = pytest.mark.browser


@pytest.fixture
def view(look, serve, new_database):
    logger = new_database()
    for _ in range(2):
        with logger.start(console=True) as run:
            for step in range(200):
                print(f"epoch {step} <b>loss</b> {1 / (step + 1):.3f}")
                run.log_metrics({"loss": 1 / (step + 1), "system/cpu_percent": step % 100})
    return look(serve(new_database.url))


@pytest.mark.parametrize("path", ["/runs/1", "/compare?run=1&run=2"])
def test_metrics_of_the_machine_are_folded(view, path):
    view.open(path, ".charts .chart")
    section = view.one(".charts-section")
    assert section.text.startswith("system")
    assert section.get_attribute("open") is None
    assert not view.one("[data-key='system/cpu_percent']").is_displayed()
    view.one(".charts-section > summary").click()
    view.wait("[data-key='system/cpu_percent'] canvas")


def test_a_comparison_lists_no_metric_of_the_machine(view):
    view.open("/compare?run=1&run=2", "[aria-label=Metrics] tbody tr")
    assert view.texts("[aria-label=Metrics] tbody th") == ["loss"]


def test_what_it_printed_opens_at_its_end_and_is_text(view):
    view.open("/runs/1", "[aria-label=Console] summary")
    view.script("document.querySelector('[aria-label=Console] summary').click()")
    view.wait_for(lambda: "epoch 199" in view.texts("pre.console")[0])
    assert "<b>loss</b>" in view.texts("pre.console")[0]
    place = "const e = document.querySelector('pre.console'); return e.scrollTop;"
    view.wait_for(lambda: view.script(place) > 100)
    assert view.complaints() == []
