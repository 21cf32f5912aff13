"""Reruns of `ato verify` on the page: not among the runs, unless the filter asks for them."""

import pytest

pytest.importorskip("starlette", reason="needs the extra ui")


@pytest.fixture
def verified(new_database, serve):
    """The page over a run, its rerun, and a search with one trial and a rerun."""
    logger = new_database()

    def record(parent=None, tags=()):
        with logger.start(parent=parent, tags=list(tags)) as run:
            run.log_metric("loss", 0.5, step=0)
        return run

    first = record()
    record(first, ["rerun"])
    search = record(tags=["search"])
    record(search, ["trial"])
    again = record(search, ["search", "rerun"])
    record(again, ["trial", "rerun"])
    logger.close()
    return serve(new_database.url)


def listed(page, **asked):
    return [row["id"] for row in page.get("projects/1/runs", **asked)["rows"]]


def test_the_list_leaves_them_out(verified):
    assert listed(verified) == [4, 3, 1]
    assert verified.get("projects/1/runs")["total"] == 3
    assert verified.get("projects")["projects"][0]["runs"] == 3


def test_the_filter_asks_for_them(verified):
    assert listed(verified, filter="rerun:true") == [6, 5, 2]
    assert listed(verified, filter="rerun:true tag:trial") == [6]


def test_a_verified_run_is_no_search(verified):
    assert [one["id"] for one in verified.get("projects/1/searches")["searches"]] == [3]
    assert verified.get("projects/1/searches")["searches"][0]["trials"] == 1
    assert verified.get("runs/1")["run"]["children"] == 0
    assert verified.get("runs/3")["run"]["children"] == 1


def test_the_rerun_of_a_search_shows_its_own_trials(verified):
    assert verified.get("runs/5")["run"]["children"] == 1
