"""A run that ended goes on."""

import pytest

from ato_sql import NotFoundError, SQLFinder, SQLLogger


@pytest.fixture
def config(tmp_path):
    database = f"sqlite:///{tmp_path / 'runs.sqlite'}"
    return {"experiment": {"project_name": "again", "sql": {"db_path": database}}}


@pytest.fixture
def ended(config):
    with SQLLogger(config).start(tags=["first"]) as run:
        run.log_metric("loss", 3.0, step=0)
        run.log_metric("loss", 2.0, step=4)
    return run


def test_what_was_logged_stays_and_steps_go_on(config, ended):
    with SQLLogger(config).reopen(ended.uuid) as run:
        run.log_metric("loss", 1.0)

    points = SQLFinder(config).get_metrics(ended.id, "loss")
    assert [(p.step, p.value) for p in points] == [(0, 3.0), (4, 2.0), (5, 1.0)]


def test_it_is_the_same_run(config, ended):
    run = SQLLogger(config).reopen(ended.id)
    assert (run.id, run.uuid) == (ended.id, ended.uuid)
    assert len(SQLFinder(config).get_runs_in_project("again")) == 1


def test_it_is_running_until_it_is_finished_again(config, ended):
    run = SQLLogger(config).reopen(ended.uuid)
    found = SQLFinder(config).get_run(ended.id)
    assert (found.status, found.end_time) == ("running", None)

    run.finish("failed")
    assert SQLFinder(config).get_run(ended.id).status == "failed"


@pytest.mark.parametrize("name", [99, "no such uuid"])
def test_an_unknown_run_is_an_error(config, ended, name):
    with pytest.raises(NotFoundError, match="there is no run"):
        SQLLogger(config).reopen(name)
