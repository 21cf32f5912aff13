"""Make the learning curves that `benchmarks/hyperband.py` searches: `python make.py digits`.

Each curve is the validation error of a scikit-learn MLP after each of 81 epochs. The 2,048
configurations are a Sobol sequence over five parameters, so the nearest measured configuration
stands for any point a search tool proposes. Needs scikit-learn and scipy; takes about half an
hour per data set on one core.
"""

import argparse
import pathlib
import warnings

import numpy as np
from scipy.stats import qmc
from sklearn.datasets import load_digits, make_classification
from sklearn.neural_network import MLPClassifier

EPOCHS = 81
LOG2_CONFIGURATIONS = 11
#        name            low    high   log    integer
SPACE = [
    ("learning_rate", 1e-4, 1.0, True, False),
    ("momentum", 0.0, 0.99, False, False),
    ("batch_size", 16, 256, True, True),
    ("width", 8, 256, True, True),
    ("alpha", 1e-6, 0.1, True, False),
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


def configurations():
    unit = qmc.Sobol(len(SPACE), seed=0).random_base2(LOG2_CONFIGURATIONS)
    for point in unit:
        yield {spec[0]: value(spec, u) for spec, u in zip(SPACE, point)}


def value(spec, u):
    _, low, high, log, integer = spec
    x = low * (high / low) ** u if log else low + u * (high - low)
    return round(x) if integer else float(x)


def curve(config, train, test):
    """How many of the test samples are wrong after each epoch."""
    model = MLPClassifier(
        (config["width"],),
        solver="sgd",
        learning_rate_init=config["learning_rate"],
        momentum=config["momentum"],
        batch_size=config["batch_size"],
        alpha=config["alpha"],
        random_state=0,
    )
    classes = np.unique(train[1])
    wrong = np.full(EPOCHS, len(test[1]), np.uint16)
    for epoch in range(EPOCHS):
        try:
            model.partial_fit(*train, classes=classes)
        except ValueError:  # the weights overflowed: wrong about everything from here on
            break
        wrong[epoch] = np.sum(model.predict(test[0]) != test[1])
    return wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("dataset", choices=["digits", "synthetic"])
    name = parser.parse_args().dataset
    inputs, labels, n_train = {"digits": digits, "synthetic": synthetic}[name]()
    order = np.random.RandomState(0).permutation(len(inputs))
    inputs, labels = inputs[order], labels[order]
    train, test = (inputs[:n_train], labels[:n_train]), (inputs[n_train:], labels[n_train:])
    warnings.filterwarnings("ignore")
    np.seterr(all="ignore")
    chosen = list(configurations())
    wrong = np.stack([curve(config, train, test) for config in chosen])
    table = np.array([[config[spec[0]] for spec in SPACE] for config in chosen])
    np.savez_compressed(
        pathlib.Path(__file__).with_name(f"{name}.npz"),
        names=np.array([spec[0] for spec in SPACE]),
        configurations=table,
        wrong=wrong,
        n_test=len(test[1]),
    )
    print(name, wrong.shape, "best error", wrong.min() / len(test[1]))


if __name__ == "__main__":
    main()
