"""A database such as a week of work leaves: made with the public API, the same every time."""

import contextlib
import math
import random
import sys

from ato.adict import ADict
from ato.db_routers.sql.manager import SQLLogger
from ato.scope import Scope

EPOCHS = 60
NOTED = 23  # the run with a note


def make_example(url, runs=24):
    """Fill the database at `url` with the project `digits`: runs, a failure, versions of code."""
    rng = random.Random(7)
    for number in range(runs):
        _train(url, rng, number)
    _fail(url)


@contextlib.contextmanager
def typed(*words):
    """As if the program had been started with these words."""
    before, sys.argv = sys.argv, ["train.py", *words]
    try:
        yield
    finally:
        sys.argv = before


def _scope(url):
    scope = Scope()

    @scope.observe(default=True)
    def defaults(config):
        config.experiment = ADict(project_name="digits", sql=ADict(db_path=url))
        config.lr = 0.01
        config.batch_size = 32
        config.seed = 2**62 + 1
        config.model = ADict(name="mlp", layers=[64, 64], dropout=0.1)
        config.optimizer = ADict(name="adam", betas=[0.9, 0.999], weight_decay=None)

    @scope.observe()
    def wide(config):
        config.model.layers = [256, 128]

    @scope.observe()
    def long(config):
        config.epochs = 120

    @scope.observe(lazy=True)
    def warm(config):
        config.warmup_steps = int(1 / config.lr)

    return scope


def _version_1():
    def train_step(loss, batch):
        scaled = loss / batch
        scaled += 1e-8
        return scaled

    return train_step


def _version_2():
    def train_step(loss, batch):
        scaled = loss / batch
        scaled += 1e-8
        if scaled > 10:
            scaled = 10
        return scaled

    return train_step


def _version_3():
    def train_step(loss, batch):
        scaled = loss / max(batch, 1)
        scaled += 1e-8
        if scaled > 5:
            scaled = 5
        return scaled

    return train_step


def _train(url, rng, number):
    scope = _scope(url)
    version = [_version_1, _version_2, _version_3][min(2, number // 9)]
    scope.trace(trace_id="train_step")(version())
    views = [view for view in ("wide", "warm") if rng.random() < 0.4]
    rate = 10 ** rng.uniform(-4, -1)
    words = [*views, f"lr={rate:.3g}", f"model.dropout={rng.choice([0.0, 0.1, 0.3])}"]
    config = scope.apply(words)
    logger = SQLLogger(config)
    tags = ["baseline"] if number < 3 else list(views)
    facts = {"fingerprints": scope.fingerprints, "provenance": scope.history}
    with typed(*words), logger.start(tags=tags, **facts) as run:
        _log_curves(run, rng, rate)
        run.log_artifact(f"checkpoints/{number:03d}/model_best.pt", "model", {"epoch": EPOCHS - 1})
        if number == NOTED:
            run.log_note("Gradient norms look odd after epoch 30; lower the rate?")


def _log_curves(run, rng, rate):
    quality = 1 - abs(math.log10(rate) + 2.3) / 4
    for epoch in range(EPOCHS):
        progress = 1 - math.exp(-epoch / (12 + 20 * (1 - quality)))
        noise = rng.gauss(0, 0.02)
        run.log_metrics(
            {
                "train/loss": 2.3 * (1 - quality * progress) + abs(noise),
                "val/loss": 2.35 * (1 - 0.93 * quality * progress) + 2 * abs(noise),
                "val/accuracy": min(0.99, 0.1 + 0.88 * quality * progress + noise / 2),
                "grad_norm": math.exp(rng.gauss(0, 0.4)) * (8 if epoch == 41 else 1),
                "lr": rate * 0.5 * (1 + math.cos(math.pi * epoch / EPOCHS)),
            },
            step=epoch,
        )


def _fail(url):
    scope = _scope(url)
    config = scope.apply(["lr=3.0"])
    try:
        tracked = SQLLogger(config).start(tags=["too-hot"], provenance=scope.history)
        with typed("lr=3.0"), tracked as run:
            for epoch, loss in enumerate([2.4, 9.1, 880.0, float("inf"), float("nan")]):
                run.log_metric("train/loss", loss, step=epoch)
            raise ValueError("loss is nan at epoch 4: lower the learning rate")
    except ValueError:
        pass


def make_search(url, mode="max", max_resource=9):
    """A Hyperband search of two parameters, each trial a run; returns its result."""
    from ato.hyperopt.hyperband import HyperBand

    scope = Scope()

    @scope.observe(default=True)
    def defaults(config):
        config.experiment = ADict(project_name="search", sql=ADict(db_path=url))
        config.lr = 0.1
        config.model = "mlp"
        config.epochs = 1

    spaces = ADict(
        lr=ADict(param_type="FLOAT", param_range=(1e-4, 1e-1), num_samples=9, space_type="LOG"),
        model=ADict(param_type="CATEGORY", categories=["mlp", "cnn", "vit"]),
    )
    tracker = SQLLogger(scope.apply([]))
    search = HyperBand(
        scope,
        spaces,
        tracker=tracker,
        mode=mode,
        resource="epochs",
        max_resource=max_resource,
        seed=3,
    )

    def objective(config):
        quality = 1 - abs(math.log10(config.lr) + 2.5) / 5 - 0.1 * (config.model == "vit")
        score = quality * (1 - math.exp(-config.epochs / 3))
        return score if mode == "max" else 1 - score

    return search.main(objective)([])
