"""Train a small classifier on the digits that scikit-learn ships, with every run tracked.

python train.py                          the default view
python train.py high_lr                  a named view
python train.py long_run                 it chains: high_lr comes along
python train.py lr=0.01 model:=mlp       values from the command line
python train.py manual                   the order of views and what each key means
python train.py model:=mlp explain       who set each value
"""

from sklearn.datasets import load_digits
from sklearn.linear_model import SGDClassifier
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier
from sklearn.utils import gen_batches, shuffle

from ato.db_routers.sql.manager import SQLFinder, SQLLogger
from ato.scope import Scope

scope = Scope(strict=True)


@scope.observe(default=True)
def defaults(config):
    config.model = "linear"
    config.lr = 0.001
    config.batch_size = 32
    config.epochs = 10
    config.seed = 0
    config.experiment.project_name = "digits"
    config.experiment.sql.db_path = "sqlite:///experiments.db"


@scope.observe(priority=1)
def high_lr(config):
    config.lr = 0.003


@scope.observe(priority=2, chain_with="high_lr")
def long_run(config):
    config.epochs = 30


@scope.observe(default=True, lazy=True)
def capacity(config):
    # Lazy views come after the command line, so this sees the model that was asked for.
    config.hidden_layers = [64] if config.model == "mlp" else []


@scope.manual
def docs(manual):
    manual.model = "linear (logistic regression) or mlp"
    manual.lr = "Learning rate of stochastic gradient descent (linear) or Adam (mlp)"
    manual.batch_size = "Samples per training step"
    manual.epochs = "Passes over the training data"
    manual.hidden_layers = "Units of each hidden layer, from the model"
    manual.seed = "Seed of the split, the weights and the order of samples"


def make_model(config):
    if config.model == "mlp":
        return MLPClassifier(
            tuple(config.hidden_layers), learning_rate_init=config.lr, random_state=config.seed
        )
    if config.model == "linear":
        return SGDClassifier(
            loss="log_loss",
            learning_rate="constant",
            eta0=config.lr,
            random_state=config.seed,
        )
    raise SystemExit(f"unknown model {config.model!r}; use linear or mlp")


@scope.trace(trace_id="train_step")
def train_step(model, pixels, digits):
    return model.partial_fit(pixels, digits, classes=range(10))


@scope.runtime_trace(trace_id="predictions")
def predict(model, pixels):
    return model.predict(pixels)


def fit(config):
    """Train, yielding the validation accuracy after each epoch."""
    pixels, digits = load_digits(return_X_y=True)
    train_x, val_x, train_y, val_y = train_test_split(
        pixels / 16, digits, test_size=0.25, random_state=config.seed, stratify=digits
    )
    model = make_model(config)
    for epoch in range(config.epochs):
        train_x, train_y = shuffle(train_x, train_y, random_state=config.seed + epoch)
        for batch in gen_batches(len(train_x), config.batch_size):
            train_step(model, train_x[batch], train_y[batch])
        yield float((predict(model, val_x) == val_y).mean())


@scope
def train(config):
    logger = SQLLogger(config)
    with logger.start(tags=[config.model], provenance=scope.history) as run:
        for epoch, accuracy in enumerate(fit(config)):
            run.log_metric("val_accuracy", accuracy, step=epoch)
            print(f"epoch {epoch + 1:>2}/{config.epochs}  validation accuracy {accuracy:.4f}")
        run.log_fingerprints(scope.fingerprints)

    best = SQLFinder(config).find_best_run("digits", "val_accuracy", mode="max")
    print(f"run {run.id} ended at {accuracy:.4f}; the best run so far is run {best.id}")
    return accuracy


if __name__ == "__main__":
    train()
