"""How much faster a search is with two worker processes: `python benchmarks/parallel.py`.

The objective trains for real: a scikit-learn MLP of two layers on digits, an epoch at a time, BLAS
kept to one thread (with more, one process already uses several processors). Each round has a seed
of its own and runs the same search with one and with two processes, each in a fresh Python. Two
plain processes that train without any search show what the machine can give.
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import time

ONE_THREAD = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
}
SPACES = {
    "learning_rate": {"param_type": "FLOAT", "param_range": (1e-3, 1.0), "space_type": "LOG"},
    "momentum": {"param_type": "FLOAT", "param_range": (0.0, 0.95)},
    "width": {"param_type": "INTEGER", "param_range": (32, 256), "space_type": "LOG"},
}
DATA = {}


def digits():
    """The data, and the imports that a program has at its top."""
    if not DATA:
        from sklearn.datasets import load_digits
        from sklearn.neural_network import MLPClassifier

        DATA["model"] = MLPClassifier
        inputs, labels = load_digits(return_X_y=True)
        DATA.update(inputs=inputs / 16, labels=labels)
    return DATA["model"], DATA["inputs"], DATA["labels"]


def train(config):
    import warnings

    warnings.filterwarnings("ignore")
    classifier, inputs, labels = digits()
    model = classifier(
        (config["width"], config["width"]),
        solver="sgd",
        learning_rate_init=config["learning_rate"],
        momentum=config["momentum"],
        random_state=0,
    )
    while True:
        try:
            model.partial_fit(inputs[:1200], labels[:1200], classes=range(10))
        except ValueError:  # the weights overflowed
            yield 0.0
            continue
        yield float(model.score(inputs[1200:], labels[1200:]))


def search(n_jobs, scheduler, sampler, budget, seed):
    from ato_hyperband import HyperBand

    digits()
    started = time.perf_counter()
    result = HyperBand(
        None,
        SPACES,
        resource="epochs",
        max_resource=27,
        seed=seed,
        max_total_resource=budget,
        n_jobs=n_jobs,
        scheduler=scheduler,
        sampler=sampler,
        progress=False,
    ).run(train, [])
    return {"seconds": time.perf_counter() - started, "metric": result.metric}


def copies(count, epochs, seed):
    """As many epochs as a search, in so many processes that know nothing of each other."""
    import multiprocessing

    digits()
    started = time.perf_counter()
    workers = [
        multiprocessing.Process(target=epochs_of_one, args=(epochs // count,)) for _ in range(count)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return {"seconds": time.perf_counter() - started, "metric": None}


def epochs_of_one(epochs):
    models = [
        train({"width": width, "learning_rate": 0.05, "momentum": 0.5})
        for width in (32, 54, 91, 152, 256)
    ]
    for epoch in range(epochs):
        next(models[epoch % len(models)])


def measure(*arguments):
    command = [sys.executable, __file__, "--worker", json.dumps(arguments)]
    environment = {**os.environ, **ONE_THREAD}
    done = subprocess.run(command, env=environment, capture_output=True, check=True)
    return json.loads(done.stdout.decode().strip().split("\n")[-1])


def compare(title, one, two, rounds):
    """Medians over seeds: how much the trials differ in cost decides how long workers wait."""
    pairs = [(measure(*one, seed), measure(*two, seed)) for seed in range(rounds)]
    same = all(first["metric"] == second["metric"] for first, second in pairs)
    seconds = [statistics.median(pair[i]["seconds"] for pair in pairs) for i in (0, 1)]
    ratio = statistics.median(first["seconds"] / second["seconds"] for first, second in pairs)
    note = "" if same else "  (another result)"
    print(f"{title:34s} {seconds[0]:7.2f} s {seconds[1]:7.2f} s {ratio:6.2f} x{note}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--budget", type=int, default=1000, help="epochs of each search")
    parser.add_argument("--rounds", type=int, default=7, help="seeds")
    parser.add_argument("--worker", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.worker:
        kind, *arguments = json.loads(options.worker)
        print(json.dumps({"search": search, "copies": copies}[kind](*arguments)))
        return
    budget = options.budget
    print(f"Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} CPUs")
    print(f"{budget} epochs of a scikit-learn MLP on digits: one process, two, speed-up")
    compare(
        "no search, plain processes", ("copies", 1, budget), ("copies", 2, budget), options.rounds
    )
    for scheduler in ("sync", "async"):
        for sampler in ("random", "tpe"):
            searches = [("search", n, scheduler, sampler, budget) for n in (1, 2)]
            compare(f"{scheduler}, {sampler}", *searches, options.rounds)


if __name__ == "__main__":
    main()
