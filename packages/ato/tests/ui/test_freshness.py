"""How the page follows what goes on, at little cost."""

import pytest

pytest.importorskip("starlette", reason="needs the extra ui")


def test_an_answer_the_browser_has_already_is_not_sent_again(page):
    first = page.ask("/api/projects/1/runs")
    again = page.ask("/api/projects/1/runs", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status, again.body) == (304, b"")


def test_an_answer_that_changed_is_sent(new_database, serve):
    run = new_database().start()
    run.log_metric("loss", 1.0, step=0)
    run.flush()
    page = serve(new_database.url)
    before = page.ask("/api/runs/1")
    run.log_metric("loss", 0.5, step=1)
    run.flush()
    after = page.ask("/api/runs/1", headers={"If-None-Match": before.headers["ETag"]})
    assert after.status == 200
    assert after.json["metrics"][0]["count"] == 2
    run.finish()


def test_no_answer_is_used_without_asking(page):
    for path in ("/", "/api/projects", "/static/js/main.js"):
        assert page.ask(path).headers["Cache-Control"] == "no-cache"


def test_a_running_run_is_shown_while_it_writes(new_database, serve):
    run = new_database().start()
    run.flush()
    page = serve(new_database.url)
    for step in range(5):
        run.log_metric("loss", float(step), step=step)
        run.flush()
        assert page.get("metrics", key="loss", run=run.id)["series"][0]["count"] == step + 1
    run.finish()
    assert page.get(f"runs/{run.id}")["run"]["status"] == "completed"
