"""Runs below others, notes, and what does not arrive, in the real MLflow."""

import json

import pytest

from ato_sql import SQLLogger
from ato_sql.cli import main

mlflow = pytest.importorskip("mlflow")


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ATO_DB", str(tmp_path / "runs.sqlite"))
    monkeypatch.setenv("MLFLOW_ALLOW_FILE_STORE", "true")


@pytest.fixture(params=["files", "sqlite"])
def uri(request, tmp_path):
    if request.param == "files":
        return (tmp_path / "mlruns").as_uri()
    pytest.importorskip("alembic")
    return f"sqlite:///{(tmp_path / 'mlflow.db').as_posix()}"


@pytest.fixture
def client(uri):
    return mlflow.MlflowClient(uri)


@pytest.fixture
def search(logger):
    """A search with two trials, of which the second has a run of its own below it."""
    with logger.start(name="search") as search:
        with logger.start(name="first", parent=search):
            pass
        with logger.start(name="second", parent=search) as second:
            with logger.start(name="fold", parent=second):
                pass
    return search


@pytest.fixture
def export(capsys, uri):
    def export(*words):
        assert main(["export", "--to", "mlflow", uri, *words]) == 0
        return capsys.readouterr().out

    return export


@pytest.fixture
def nested(client):
    """Return for each run in MLflow the name of the one that it is below."""

    def nested():
        ids = [one.experiment_id for one in client.search_experiments()]
        found = {run.info.run_id: run.data.tags for run in client.search_runs(ids)}
        names = {key: tags["mlflow.runName"] for key, tags in found.items()}
        return {
            names[key]: names.get(tags["mlflow.parentRunId"], "one that is deleted")
            for key, tags in found.items()
            if "mlflow.parentRunId" in tags
        }

    return nested


NESTED = {"first": "search", "second": "search", "fold": "second"}


def test_runs_are_below_their_parents(search, export, nested):
    export()
    assert nested() == NESTED


def test_they_are_when_they_are_exported_again(search, export, nested):
    export()
    export()
    assert nested() == NESTED


def test_in_whatever_order_they_are_exported(search, export, nested):
    for name in ("fold", "first", "second", "search"):
        export("--run", name)
    assert nested() == NESTED


@pytest.mark.parametrize("name", ["search", "second", "fold"])
def test_and_when_one_of_them_is_exported_again(search, export, nested, name):
    export()
    export("--run", name)
    assert nested() == NESTED


def test_the_uuid_of_a_parent_that_is_not_there_is_a_tag(search, export, nested, client):
    export("--run", "first")
    (found,) = client.search_runs([client.get_experiment_by_name("framework").experiment_id])
    assert nested() == {}
    assert found.data.tags["ato.parent"] == search.uuid


def test_a_child_in_another_project_is_below_its_parent(search, config, export, nested):
    config["experiment"]["project_name"] = "other"
    SQLLogger(config).start(name="elsewhere", parent=search).finish()
    export("--run", "elsewhere")
    export("--run", "search")
    assert nested() == {"elsewhere": "search"}


def test_where_an_export_fails_children_stay_below_the_earlier_one(
    search, export, nested, client, uri, monkeypatch
):
    export()
    with monkeypatch.context() as patch:
        set_tag = type(client).set_tag

        def fail(client, run, key, value):
            set_tag(client, run, key, value)
            patch.undo()
            raise OSError("the disk is full")

        patch.setattr(type(client), "set_tag", fail)
        assert main(["export", "--to", "mlflow", uri, "--run", "search"]) == 2
    assert nested() == NESTED


def test_notes_are_the_description(logger, finder, export, client):
    with logger.start() as run:
        pass
    finder.note(run.id, "it diverged")
    finder.note(run.id, "again, with less")
    export()
    (found,) = client.search_runs([client.get_experiment_by_name("framework").experiment_id])
    assert found.data.tags["mlflow.note.content"] == "it diverged\n\nagain, with less"


def test_long_ones_are_cut_and_listed(logger, finder, export, client):
    with logger.start() as run:
        pass
    finder.note(run.id, "x" * 6000)
    assert "run 1: of mlflow.note.content the first 5000 letters\n" in export()
    (found,) = client.search_runs([client.get_experiment_by_name("framework").experiment_id])
    assert found.data.tags["mlflow.note.content"] == "x" * 5000


def test_what_is_not_carried_over_is_said_in_one_line(logger, export):
    for step in range(2):
        with logger.start(console=True) as run:
            print("epoch", step)
            run.log_histogram("weights", [1.0, 2.0, 3.0])
            run.log_table("scores", [{"a": step}])
    run = logger.start()
    run.log_table("scores", [{"a": 1}])
    run.finish()
    said = export().splitlines()
    line = "not carried over: 2 histograms, 3 tables, the console of 2 runs"
    assert [one for one in said if one.startswith("not carried")] == [line]
    told = json.loads(export("--json"))["not_carried"]
    assert {"run": 3, "kind": "table", "count": 1} in told
    assert {"run": 1, "kind": "console", "count": 1} in told
