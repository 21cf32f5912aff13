"""HyperBand against named peers: the same curves, the same budgets, the same way to pay.

    python benchmarks/hyperband.py [--seeds 20] [--quick]

Searches the learning curves in `benchmarks/curves/` (made by `curves/make.py`): validation error
of scikit-learn models over 81 epochs or trees, for 2,048 configurations of five to eight
parameters on eight data sets. A proposed configuration has the curve of the nearest measured one.
Every tool pays for each epoch it trains, and for none twice when it takes the same trial further,
whether or not it could continue. Two scores are printed, each less the lowest in the table
(regret):

* the final error: what the configuration it would name best by then, the one with the lowest error
  where training has gone furthest, has after the whole training;
* the lowest error of all epochs it has paid for, which on noisy curves is partly luck.

Peers are installed into an environment of their own, `.nox/bench-hyperband`.
"""

import argparse
import json
import math
import os
import pathlib
import platform
import random
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

HERE = pathlib.Path(__file__).resolve().parent
DATASETS = ["digits", "synthetic", "quantiles", "boosting", "histogram", "hastie"]
DATASETS += ["forest", "linear"]  # made when all settings were chosen
BUDGETS = [5, 10, 20, 50, 100]  # in full trainings of 81 epochs
EPOCHS = 81
PEERS = ["optuna", "dehb", "ato==2.2.1", "numpy"]


SHARED = {}


class OutOfBudget(BaseException):
    pass


class Table:
    """The measured curves of one data set, as something to train at a price."""

    def __init__(self, name):
        import numpy as np

        stored = np.load(HERE / "curves" / f"{name}.npz")
        self.errors = stored["errors"].astype(float)
        self.best = {"final": float(self.errors[:, -1].min()), "lowest": float(self.errors.min())}
        self.space = [parameter(*row) for row in stored["space"].tolist()]
        self.points = np.stack([self.unit(row) for row in stored["configurations"]])
        self.known = {}

    def unit(self, row):
        import numpy as np

        return np.array(
            [
                np.log(x / low) / np.log(high / low) if log else (x - low) / (high - low)
                for x, (_, low, high, log, _) in zip(row, self.space)
            ]
        )

    def nearest(self, config):
        row = tuple(float(config[spec[0]]) for spec in self.space)
        if row not in self.known:
            apart = self.points - self.unit(row)
            self.known[row] = int((apart * apart).sum(axis=1).argmin())
        return self.known[row]


def parameter(name, low, high, log, integer):
    number = int if integer == "1" else float
    return name, number(low), number(high), log == "1", integer == "1"


class Meter:
    """What one search has paid, and both scores after each epoch that changed one."""

    def __init__(self, table, limit):
        self.table, self.limit = table, limit * EPOCHS
        self.spent = 0
        self.lowest, self.furthest = 1.0, (0, -1.0)  # the latter: an epoch, minus the error there
        self.traces = {"final": [], "lowest": []}

    def train(self, config, start, stop):
        """Pay for the epochs after `start` up to `stop`; the error after `stop`."""
        errors = self.table.errors[self.table.nearest(config)]
        for epoch in range(start, stop):
            if self.spent == self.limit:
                raise OutOfBudget
            self.spent += 1
            if errors[epoch] < self.lowest:
                self.lowest = float(errors[epoch])
                self.traces["lowest"].append((self.spent, self.lowest))
            if (epoch, -errors[epoch]) > self.furthest:
                self.furthest = epoch, -errors[epoch]
                self.traces["final"].append((self.spent, float(errors[-1])))
        return float(errors[stop - 1])

    def regrets(self, score, budgets):
        found = []
        for budget in budgets:
            seen = [error for spent, error in self.traces[score] if spent <= budget * EPOCHS]
            found.append((seen[-1] if seen else 1.0) - self.table.best[score])
        return found


# -- the tools ---------------------------------------------------------------------------------


def random_search(meter, seed):
    draw = random.Random(seed)
    while True:
        config = {}
        for name, low, high, log, integer in meter.table.space:
            x = low * (high / low) ** draw.random() if log else draw.uniform(low, high)
            config[name] = round(x) if integer else x
        meter.train(config, 0, EPOCHS)


def search_spaces(table, counts=None):
    """The table's parameters as both atos describe them, for a grid with so many values each."""
    spaces = {}
    for k, (name, low, high, log, integer) in enumerate(table.space):
        spaces[name] = {
            "param_type": "INTEGER" if integer else "FLOAT",
            "param_range": (low, high),
            "space_type": "LOG" if log else "LINEAR",
        }
        if counts:
            spaces[name]["num_samples"] = counts[k]
    return spaces


def ours(meter, seed, **options):
    from ato_hyperband import HyperBand

    def train(config):
        epoch = 0
        while True:
            yield meter.train(config, epoch, epoch + 1)
            epoch += 1

    HyperBand(
        None,
        search_spaces(meter.table),
        resource="epochs",
        max_resource=EPOCHS,
        mode="min",
        seed=seed,
        max_total_resource=meter.limit,
        **options,
    ).run(train, [])


def optuna_study(meter, seed, sampler, pruner):
    import optuna

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    samplers = {
        "random": optuna.samplers.RandomSampler,
        "tpe": optuna.samplers.TPESampler,
    }
    pruners = {
        "hyperband": lambda: optuna.pruners.HyperbandPruner(1, EPOCHS, 3),
        "halving": lambda: optuna.pruners.SuccessiveHalvingPruner(1, 3, 0),
        "none": optuna.pruners.NopPruner,
    }

    def objective(trial):
        config = {}
        for name, low, high, log, integer in meter.table.space:
            suggest = trial.suggest_int if integer else trial.suggest_float
            config[name] = suggest(name, low, high, log=log)
        for epoch in range(EPOCHS):
            error = meter.train(config, epoch, epoch + 1)
            trial.report(error, epoch + 1)
            if trial.should_prune():
                raise optuna.TrialPruned
        return error

    study = optuna.create_study(sampler=samplers[sampler](seed=seed), pruner=pruners[pruner]())
    study.optimize(objective, n_trials=10**9)


def dehb(meter, seed):
    import logging

    import ConfigSpace
    from dehb import DEHB

    try:
        from loguru import logger

        logger.remove()
    except ImportError:
        logging.disable(logging.CRITICAL)
    space = ConfigSpace.ConfigurationSpace(seed=seed)
    for name, low, high, log, integer in meter.table.space:
        kind = (
            ConfigSpace.UniformIntegerHyperparameter
            if integer
            else ConfigSpace.UniformFloatHyperparameter
        )
        space.add(kind(name, lower=low, upper=high, log=log))
    reached = {}

    def objective(config, fidelity, **_):
        config = dict(config)
        key, epochs = tuple(config.values()), max(1, round(fidelity))
        start = min(reached.get(key, 0), epochs)
        error = meter.train(config, start, epochs)
        reached[key] = max(epochs, reached.get(key, 0))
        return {"fitness": error, "cost": epochs - start}

    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        search = DEHB(
            f=objective,
            cs=space,
            min_fidelity=1,
            max_fidelity=EPOCHS,
            eta=3,
            n_workers=1,
            seed=seed,
            output_path=folder,
            save_freq="end",
        )
        while True:
            job = search.ask()
            search.tell(job, objective(job["config"], job["fidelity"]))


def ato_2_2_1(meter, counts):
    """Plain halving over a grid of so many values of each parameter."""
    from ato.adict import ADict
    from ato.hyperopt.hyperband import HyperBand
    from ato.scope import Scope

    sys.argv = sys.argv[:1]
    if "scope" not in SHARED:  # it allows no second scope of one name in a process
        SHARED["scope"] = Scope()
    spaces = ADict(search_spaces(meter.table, counts))
    search = HyperBand(SHARED["scope"], spaces, halving_rate=1 / 3, num_min_samples=1, mode="min")
    steps = search.compute_optimized_initial_training_steps(EPOCHS)
    reached = {}

    @search.main
    def train(config):
        stop = steps[min(config["__num_halved__"], len(steps) - 1)]
        key = tuple(config[name] for name, *_ in meter.table.space)
        start = min(reached.get(key, 0), stop - 1)
        reached[key] = stop
        return meter.train(config, start, stop)

    train()


def grid_halving(meter, counts):
    """The same with ato 3: the same grid, the same generations."""
    from ato_hyperband import HyperBand

    search = HyperBand(None, search_spaces(meter.table, counts), mode="min")
    steps = search.compute_optimized_initial_training_steps(EPOCHS)

    def train(config):
        rung = config["trial"]["rung"]
        return meter.train(config, steps[rung - 1] if rung else 0, steps[rung])

    search.run(train, [])


TOOLS = {
    "ato 3 (default: tpe)": (ours, {}),
    "ato 3, random, all brackets": (ours, {"sampler": "random"}),
    "ato 3, tpe, async": (ours, {"scheduler": "async"}),
    "random search": (random_search, {}),
    "optuna Hyperband, random": (optuna_study, {"sampler": "random", "pruner": "hyperband"}),
    # This one takes milliseconds of its own per epoch, so it gets a tenth of the budget.
    "optuna Hyperband, TPE": (optuna_study, {"sampler": "tpe", "pruner": "hyperband"}, 10),
    "optuna halving, random": (optuna_study, {"sampler": "random", "pruner": "halving"}),
    "optuna TPE": (optuna_study, {"sampler": "tpe", "pruner": "none"}),
    "DEHB": (dehb, {}),
    "ato 2.2.1": (ato_2_2_1, {}),
    "ato 3, the same grid": (grid_halving, {}),
}
GRIDS = (ato_2_2_1, grid_halving)
DEFAULT = "ato 3 (default: tpe)"
OURS = [name for name in TOOLS if name.startswith("ato 3")] + ["random search"]


def run(tool, dataset, seeds, largest):
    """By score the regrets at each budget for each seed, and the mean curve over all budgets."""
    function, options, *limit = TOOLS[tool]
    table = Table(dataset)
    if function in GRIDS:  # they know no budget, so each column is a search of its own
        grids = [[grown_grid(table, function, b, seed) for b in BUDGETS] for seed in range(seeds)]
        return {
            score: {
                "rows": [[m.regrets(score, [b])[0] for m, b in zip(row, BUDGETS)] for row in grids],
                "curve": [],
            }
            for score in table.best
        }
    largest = min([largest, *limit])
    meters = []
    for seed in range(seeds):
        meters.append(Meter(table, largest))
        try:
            function(meters[-1], seed, **options)
        except OutOfBudget:
            pass
    return {
        score: {
            "rows": [m.regrets(score, [b for b in BUDGETS if b <= largest]) for m in meters],
            "curve": [
                mean(c) for c in zip(*(m.regrets(score, range(1, largest + 1)) for m in meters))
            ],
        }
        for score in table.best
    }


def grown_grid(table, function, budget, seed):
    """A search over a grid that fills the budget.

    From two values of each parameter on, one that the seed draws gets one more, as long as the
    search ends within the budget: a grid has no seed, but how to share out its values is a choice.
    """
    draw = random.Random(seed)
    counts, growing = [2] * len(table.space), list(range(len(table.space)))
    best = searched_grid(table, function, budget, counts)
    while growing:
        k = draw.choice(growing)
        counts[k] += 1
        larger = searched_grid(table, function, budget, counts)
        if larger is None:
            counts[k] -= 1
            growing.remove(k)
        else:
            best = larger
    return best


def searched_grid(table, function, budget, counts):
    """What the search over that grid has paid and seen; None where the budget is too small."""
    meter = Meter(table, budget)
    if math.prod(counts) > meter.limit:
        return None
    try:
        function(meter, counts)
    except OutOfBudget:
        return None
    return meter


# -- the report --------------------------------------------------------------------------------


def environment():
    """The Python that has the peers, made if missing; None when it cannot be."""
    folder = HERE.parent / ".nox" / "bench-hyperband"
    python = folder / ("Scripts" if os.name == "nt" else "bin") / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=False)
    for peer in PEERS:
        install = [str(python), "-m", "pip", "install", "-q", peer]
        if subprocess.run(install, check=False, stderr=subprocess.DEVNULL).returncode:
            print(f"{peer} cannot be installed")
    return python


def ask(python, tool, dataset, seeds, largest):
    """Run one tool in its own process."""
    command = [str(python), __file__, "--worker", tool, dataset, str(seeds), str(largest)]
    command += ["--quick"] * (len(BUDGETS) == 3)
    done = subprocess.run(command, capture_output=True, check=False)
    if done.returncode:
        print(done.stderr.decode().strip().splitlines()[-1:], file=sys.stderr)
        return None
    return json.loads(done.stdout.decode().strip().splitlines()[-1])


def mean(values):
    return sum(values) / len(values)


def standard_error(values):
    middle = mean(values)
    return math.sqrt(sum((x - middle) ** 2 for x in values) / max(1, len(values) - 1) / len(values))


def shown(column):
    return f"{100 * mean(column):7.2f} ± {100 * standard_error(column):4.2f}"


def report(dataset, score, results):
    print(f"\n{dataset}: regret of the {score} error in percentage points, mean ± standard error")
    print(f"{'after so many full trainings':30s}" + "".join(f"{b:>14d}" for b in BUDGETS))
    best, mine = [math.inf] * len(BUDGETS), []
    for tool, result in results.items():
        if result is None:
            print(f"{tool:30s} not installed, or failed")
            continue
        columns = list(zip(*result[score]["rows"]))
        print(f"{tool:30s}" + "".join(shown(column) for column in columns), flush=True)
        means = [mean(column) for column in columns]
        if tool == DEFAULT:
            mine = means
        elif not tool.startswith("ato 3"):
            best[: len(means)] = map(min, best, means)
    print(f"{'ours ÷ best peer':30s}" + "".join(f"{m / b:14.2f}" for m, b in zip(mine, best)))


def saved_budget(score, results):
    """How much less budget than random search each tool needs to reach its last mean error."""
    target = results["random search"][score]["curve"][-1]
    for tool, result in results.items():
        curve = result[score]["curve"] if result else []
        reached = [budget for budget, regret in enumerate(curve, 1) if regret <= target]
        if reached:
            print(f"{tool:30s} {BUDGETS[-1] / reached[0]:6.1f} times less than random search")


def free_choice(table, at, finished, size=81, rounds=400, before=None):
    """Final regrets when choosing costs nothing.

    `size` random configurations are ordered by their error after `at` epochs, as if those epochs
    were free, and the best `finished` are trained to the end: what to expect at most of a search
    that begins with random configurations and chooses at `at` epochs or before. With `before`
    they are ordered by the line through that epoch and `at`, in the logarithm of the epochs,
    continued to the end.
    """
    import numpy as np

    draws = np.random.RandomState(0)
    regrets = []
    for _ in range(rounds):
        points = draws.random_sample((size, 1, len(table.space)))
        drawn = ((points - table.points) ** 2).sum(axis=2).argmin(axis=1)
        expected = table.errors[drawn, at - 1]
        if before is not None:
            slope = (expected - table.errors[drawn, before - 1]) / math.log(at / before)
            expected = expected + slope * math.log(EPOCHS / at)
        best = expected.argsort(kind="stable")[:finished]
        regrets.append(float(table.errors[drawn[best], -1].min()) - table.best["final"])
    return regrets


def limits(dataset):
    """What small budgets can be expected to reach: choosing for free, then 3 full trainings."""
    table = Table(dataset)
    for at in (1, 3, 9, 27):
        title = f"81 at random, best 3 at {at}"
        print(f"{title:30s}{shown(free_choice(table, at, 3))}")
    for before, at in ((1, 3), (3, 9), (9, 27)):
        title = f"81 at random, best line at {at}"
        print(f"{title:30s}{shown(free_choice(table, at, 3, before=before))}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--quick", action="store_true", help="up to 20 full trainings only")
    parser.add_argument("--worker", nargs=4, help=argparse.SUPPRESS)
    parser.add_argument("--peers", help="a Python that has the peers already")
    parser.add_argument("--datasets", nargs="+", choices=DATASETS, default=DATASETS)
    options = parser.parse_args()
    if options.quick:
        del BUDGETS[3:]
    if options.worker:
        sys.stderr = open(os.devnull, "w")  # noqa: SIM115
        tool, dataset, seeds, largest = options.worker
        print(json.dumps(run(tool, dataset, int(seeds), int(largest))))
        return
    python = options.peers or environment()
    print(f"Python {platform.python_version()}, {platform.machine()}, {options.seeds} seeds")
    for dataset in options.datasets:
        results = compared(python, dataset, options.seeds)
        for score in ("final", "lowest"):
            report(dataset, score, results)
            saved_budget(score, results)
        print("\nregret of the final error if choosing cost nothing, 3 full trainings after it")
        limits(dataset)


def compared(python, dataset, seeds):
    """Results by tool; as many tools run at a time as there are CPUs, as none is timed here."""

    def result(tool):
        return ask(sys.executable if tool in OURS else python, tool, dataset, seeds, BUDGETS[-1])

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return dict(zip(TOOLS, pool.map(result, TOOLS)))


if __name__ == "__main__":
    main()
