"""A search whose trials are paused and go on, each tracked by the objective itself."""

import pytest

import ato

SPACE = {"lr": {"param_type": "FLOAT", "param_range": (1e-5, 1e-1), "space_type": "LOG"}}


@pytest.mark.parametrize("shared", [True, False], ids=["one logger", "a logger per trial"])
def test_each_trial_that_goes_on_logs_to_its_own_run(tmp_path, monkeypatch, shared):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ATO_DB", raising=False)
    monkeypatch.setenv("ATO_QUIET", "1")
    one = ato.SQLLogger()
    logged = {}

    def train(config):
        own = one if shared else ato.SQLLogger()
        with own.start(name=f"trial {config.trial.number}", config=config):
            for epoch in range(1, 28):
                loss = config.lr * 27 / epoch
                own.log_metric("loss", loss, step=epoch)
                logged.setdefault(f"trial {config.trial.number}", []).append((epoch, loss))
                yield loss

    search = ato.HyperBand(
        None, SPACE, mode="min", resource="epochs", max_resource=27, seed=0, sampler="random"
    )
    search.main(train)()
    runs = ato.SQLFinder().search()
    assert {run.name for run in runs} == set(logged)
    assert {run.status for run in runs} == {"completed"}
    assert len({len(points) for points in logged.values()}) > 2  # several rungs
    for run in runs:
        points = ato.SQLFinder().get_metrics(run.id, "loss")
        assert [(point.step, point.value) for point in points] == logged[run.name]
