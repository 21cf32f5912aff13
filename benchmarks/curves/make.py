"""Make the learning curves that `benchmarks/hyperband.py` searches: `python make.py digits`.

Each curve is the validation error of a scikit-learn model after each of 81 epochs (of an MLP) or
trees (of boosting). The 2,048 configurations are a Sobol sequence over five to eight parameters, so
the nearest measured configuration stands for any point a search tool proposes. Needs scikit-learn
and scipy; takes between a few minutes and an hour per table on one core. Where training is
unstable, the arithmetic of another CPU can give another curve.
"""

import argparse
import pathlib
import warnings

import numpy as np
from scipy.stats import qmc
from sklearn.datasets import (
    load_digits,
    make_classification,
    make_friedman1,
    make_friedman2,
    make_friedman3,
    make_gaussian_quantiles,
    make_hastie_10_2,
)
from sklearn.ensemble import (
    ExtraTreesRegressor,
    GradientBoostingRegressor,
    HistGradientBoostingRegressor,
)
from sklearn.linear_model import SGDClassifier
from sklearn.neural_network import MLPClassifier

EPOCHS = 81
LOG2_CONFIGURATIONS = 11
#    name            low    high   log    integer
MOMENTUM_MLP = [
    ("learning_rate", 1e-4, 1.0, True, False),
    ("momentum", 0.0, 0.99, False, False),
    ("batch_size", 16, 256, True, True),
    ("width", 8, 256, True, True),
    ("alpha", 1e-6, 0.1, True, False),
]
ADAM_MLP = [
    ("learning_rate", 1e-4, 0.3, True, False),
    ("batch_size", 16, 512, True, True),
    ("width", 8, 256, True, True),
    ("depth", 1, 4, False, True),
    ("alpha", 1e-6, 1.0, True, False),
]
BOOSTING = [
    ("learning_rate", 0.01, 1.0, True, False),
    ("max_depth", 1, 8, False, True),
    ("subsample", 0.2, 1.0, False, False),
    ("min_samples_leaf", 1, 64, True, True),
    ("max_features", 0.1, 1.0, False, False),
]
HISTOGRAM_BOOSTING = [
    ("learning_rate", 0.01, 1.0, True, False),
    ("max_leaf_nodes", 2, 64, True, True),
    ("min_samples_leaf", 1, 100, True, True),
    ("l2_regularization", 1e-4, 100.0, True, False),
    ("max_bins", 8, 255, True, True),
    ("max_features", 0.1, 1.0, False, False),
]
EVERY_ADAM_MLP = [
    ("learning_rate", 1e-4, 0.3, True, False),
    ("beta_1", 0.0, 0.99, False, False),
    ("epsilon", 1e-10, 1e-2, True, False),
    ("batch_size", 16, 256, True, True),
    ("width", 8, 128, True, True),
    ("depth", 1, 3, False, True),
    ("alpha", 1e-6, 1.0, True, False),
    ("one_minus_beta_2", 1e-4, 0.5, True, False),
]
FOREST = [
    ("max_depth", 2, 30, True, True),
    ("min_samples_leaf", 1, 64, True, True),
    ("min_samples_split", 2, 64, True, True),
    ("max_features", 0.1, 1.0, False, False),
    ("max_samples", 0.1, 1.0, False, False),
]
LINEAR = [
    ("eta0", 1e-4, 1.0, True, False),
    ("power_t", 0.0, 1.0, False, False),
    ("alpha", 1e-6, 0.1, True, False),
    ("l1_ratio", 0.0, 1.0, False, False),
    ("epsilon", 1e-3, 1.0, True, False),
]


def digits():
    """600 digits to learn from, 1,197 to be judged by."""
    inputs, labels = load_digits(return_X_y=True)
    return inputs / 16, labels, 600


def synthetic():
    """Six classes of three clusters in 20 dimensions: 800 to learn from, 3,000 to be judged by."""
    inputs, labels = make_classification(
        n_samples=3800,
        n_features=20,
        n_informative=10,
        n_classes=6,
        n_clusters_per_class=3,
        flip_y=0.02,
        random_state=0,
    )
    return inputs, labels, 800


def quantiles():
    """Five shells of a Gaussian in 6 dimensions: 1,000 to learn from, 4,000 to be judged by."""
    inputs, labels = make_gaussian_quantiles(
        n_samples=5000, n_features=6, n_classes=5, random_state=0
    )
    return inputs, labels, 1000


def boosting():
    """Friedman's first regression problem with noise: 500 to learn from, 4,000 to be judged by."""
    inputs, targets = make_friedman1(n_samples=4500, noise=1.0, random_state=0)
    return inputs, targets, 500


def histogram():
    """Friedman's second regression problem with noise: 400 to learn from, 4,000 to be judged by."""
    inputs, targets = make_friedman2(n_samples=4400, noise=150.0, random_state=0)
    return inputs, targets, 400


def hastie():
    """A shell around a Gaussian in 10 dimensions: 600 to learn from, 3,900 to be judged by."""
    inputs, labels = make_hastie_10_2(n_samples=4500, random_state=0)
    return inputs, labels, 600


def forest():
    """Friedman's third regression problem with noise: 400 to learn from, 4,000 to be judged by."""
    inputs, targets = make_friedman3(n_samples=4400, noise=0.3, random_state=0)
    return inputs, targets, 400


def linear():
    """Four classes in 40 dimensions, a fifth of the labels wrong: 600 to learn from, 4,000 to be
    judged by."""
    inputs, labels = make_classification(
        n_samples=4600,
        n_features=40,
        n_informative=12,
        n_classes=4,
        n_clusters_per_class=1,
        flip_y=0.2,
        random_state=0,
    )
    return inputs, labels, 600


def momentum_mlp(config):
    return MLPClassifier(
        (config["width"],),
        solver="sgd",
        learning_rate_init=config["learning_rate"],
        momentum=config["momentum"],
        batch_size=config["batch_size"],
        alpha=config["alpha"],
        random_state=0,
    )


def adam_mlp(config):
    others = {name: config[name] for name in ("beta_1", "epsilon") if name in config}
    if "one_minus_beta_2" in config:
        others["beta_2"] = 1 - config["one_minus_beta_2"]
    return MLPClassifier(
        (config["width"],) * config["depth"],
        learning_rate_init=config["learning_rate"],
        batch_size=config["batch_size"],
        alpha=config["alpha"],
        random_state=0,
        **others,
    )


def mlp_curve(model, train, test):
    """The share of test samples that are wrong after each epoch."""
    classes = np.unique(train[1])
    errors = np.ones(EPOCHS)
    for epoch in range(EPOCHS):
        try:
            model.partial_fit(*train, classes=classes)
        except ValueError:  # the weights overflowed: wrong about everything from here on
            break
        errors[epoch] = np.mean(model.predict(test[0]) != test[1])
    return errors


def boosting_curve(model, train, test):
    """The share of the variance that is not explained after each tree."""
    model.fit(*train)
    variance = np.var(test[1])
    return np.array([np.mean((p - test[1]) ** 2) / variance for p in model.staged_predict(test[0])])


def gradient_boosting(config):
    return GradientBoostingRegressor(n_estimators=EPOCHS, random_state=0, **config)


def histogram_boosting(config):
    return HistGradientBoostingRegressor(
        max_iter=EPOCHS, early_stopping=False, random_state=0, **config
    )


def bagging(config):
    return ExtraTreesRegressor(n_estimators=EPOCHS, bootstrap=True, random_state=0, **config)


def bagging_curve(model, train, test):
    """The share of the variance that the mean of the first trees leaves, by how many they are."""
    model.fit(*train)
    said = np.stack([tree.predict(test[0].astype(np.float32)) for tree in model.estimators_])
    means = np.cumsum(said, axis=0) / np.arange(1, EPOCHS + 1)[:, None]
    return ((means - test[1]) ** 2).mean(axis=1) / np.var(test[1])


def stochastic_gradient(config):
    return SGDClassifier(
        loss="modified_huber",
        penalty="elasticnet",
        learning_rate="invscaling",
        random_state=0,
        **config,
    )


#            data       parameters          model               curve
TABLES = {
    "digits": (digits, MOMENTUM_MLP, momentum_mlp, mlp_curve),
    "synthetic": (synthetic, MOMENTUM_MLP, momentum_mlp, mlp_curve),
    "quantiles": (quantiles, ADAM_MLP, adam_mlp, mlp_curve),
    "boosting": (boosting, BOOSTING, gradient_boosting, boosting_curve),
    "histogram": (histogram, HISTOGRAM_BOOSTING, histogram_boosting, boosting_curve),
    "hastie": (hastie, EVERY_ADAM_MLP, adam_mlp, mlp_curve),
    "forest": (forest, FOREST, bagging, bagging_curve),
    "linear": (linear, LINEAR, stochastic_gradient, mlp_curve),
}


def configurations(space):
    unit = qmc.Sobol(len(space), seed=0).random_base2(LOG2_CONFIGURATIONS)
    for point in unit:
        yield {spec[0]: value(spec, u) for spec, u in zip(space, point)}


def value(spec, u):
    _, low, high, log, integer = spec
    x = low * (high / low) ** u if log else low + u * (high - low)
    return round(x) if integer else float(x)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("table", choices=list(TABLES))
    name = parser.parse_args().table
    data, space, model, curve = TABLES[name]
    inputs, labels, n_train = data()
    order = np.random.RandomState(0).permutation(len(inputs))
    inputs, labels = inputs[order], labels[order]
    train, test = (inputs[:n_train], labels[:n_train]), (inputs[n_train:], labels[n_train:])
    warnings.filterwarnings("ignore")
    np.seterr(all="ignore")
    chosen = list(configurations(space))
    errors = np.stack([curve(model(config), train, test) for config in chosen])
    np.savez_compressed(
        pathlib.Path(__file__).with_name(f"{name}.npz"),
        space=np.array([(*spec[:3], *map(int, spec[3:])) for spec in space], dtype=str),
        configurations=np.array([[config[spec[0]] for spec in space] for config in chosen]),
        errors=errors.astype(np.float32),
    )
    print(name, errors.shape, "best error", errors.min())


if __name__ == "__main__":
    main()
