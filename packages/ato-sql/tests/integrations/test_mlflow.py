"""A run arrives in the real MLflow as it was logged."""

import math

import pytest

mlflow = pytest.importorskip("mlflow")


@pytest.fixture
def exported(logger, finder, tmp_path):
    from ato_sql.integrations.mlflow import export_run

    with logger.start(tags=["baseline"], fingerprints={"static": {"step": "abc"}}) as run:
        for step in range(2500):
            run.log_metric("loss", 1 / (step + 1), step=step)
        run.log_metric("gap", math.nan, step=7)
    uri = f"file://{tmp_path / 'mlruns'}"
    return run, mlflow.MlflowClient(uri), export_run(finder, run.id, uri)


@pytest.fixture(autouse=True)
def allow_file_store(monkeypatch):
    # Newer versions of MLflow ask for this before they use plain files.
    monkeypatch.setenv("MLFLOW_ALLOW_FILE_STORE", "true")


def test_config_values_are_parameters(exported):
    _, client, mlflow_id = exported
    params = client.get_run(mlflow_id).data.params
    assert params["lr"] == "0.1"
    assert params["experiment.project_name"] == "framework"


def test_every_value_of_a_metric_arrives_at_its_step(exported):
    _, client, mlflow_id = exported
    history = client.get_metric_history(mlflow_id, "loss")
    assert [(m.step, m.value) for m in history] == [(s, 1 / (s + 1)) for s in range(2500)]


def test_nan_arrives_as_nan(exported):
    _, client, mlflow_id = exported
    (value,) = client.get_metric_history(mlflow_id, "gap")
    assert math.isnan(value.value)


def test_identity_tags_and_fingerprints_are_tags(exported):
    run, client, mlflow_id = exported
    tags = client.get_run(mlflow_id).data.tags
    assert tags["ato.uuid"] == run.uuid
    assert tags["ato.tag.baseline"] == "true"
    assert tags["ato.static.step"] == "abc"


def test_status_and_experiment_are_those_of_the_run(exported):
    _, client, mlflow_id = exported
    info = client.get_run(mlflow_id).info
    assert info.status == "FINISHED"
    assert client.get_experiment(info.experiment_id).name == "framework"
