"""HyperBand against named peers: the same curves, the same budgets, the same way to pay.

    python benchmarks/hyperband.py [--seeds 20] [--quick]

Searches the learning curves in `benchmarks/curves/` (made by `curves/make.py`): validation error
of scikit-learn models over 81 epochs or trees, for 2,048 configurations of five parameters on four
data sets. A proposed configuration has the curve of the nearest measured one. Every tool pays for
each epoch it trains, and for none twice when it takes the same trial further, whether or not it
could continue. Its score after some budget is the lowest error among all epochs it has paid for,
minus the lowest error in the table (regret).

Peers are installed into an environment of their own, `.nox/bench-hyperband`.
"""

import argparse
import json
import os
import pathlib
import platform
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
DATASETS = ["digits", "synthetic", "quantiles", "boosting"]
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
        self.best = self.errors.min()
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
    """What one search has paid, and the best it has seen for it."""

    def __init__(self, table, limit):
        self.table, self.limit = table, limit * EPOCHS
        self.spent, self.best, self.evaluations = 0, 1.0, 0
        self.trace = []

    def train(self, config, start, stop):
        """Pay for the epochs after `start` up to `stop`; the error after `stop`."""
        errors = self.table.errors[self.table.nearest(config)]
        self.evaluations += 1
        for epoch in range(start, stop):
            if self.spent == self.limit:
                raise OutOfBudget
            self.spent += 1
            if errors[epoch] < self.best:
                self.best = float(errors[epoch])
                self.trace.append((self.spent, self.best))
        return float(errors[stop - 1])

    def regrets(self, budgets):
        found = []
        for budget in budgets:
            seen = [best for spent, best in self.trace if spent <= budget * EPOCHS]
            found.append((seen[-1] if seen else 1.0) - float(self.table.best))
        return found


# -- the tools ---------------------------------------------------------------------------------


def random_search(meter, seed):
    import random

    draw = random.Random(seed)
    while True:
        config = {}
        for name, low, high, log, integer in meter.table.space:
            x = low * (high / low) ** draw.random() if log else draw.uniform(low, high)
            config[name] = round(x) if integer else x
        meter.train(config, 0, EPOCHS)


def search_spaces(table, **more):
    """The table's parameters as both atos describe them."""
    return {
        name: {
            "param_type": "INTEGER" if integer else "FLOAT",
            "param_range": (low, high),
            "space_type": "LOG" if log else "LINEAR",
            **more,
        }
        for name, low, high, log, integer in table.space
    }


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


def ato_2_2_1(meter, per_parameter):
    """Plain halving over a grid of so many values per parameter."""
    from ato.adict import ADict
    from ato.hyperopt.hyperband import HyperBand
    from ato.scope import Scope

    sys.argv = sys.argv[:1]
    if "scope" not in SHARED:  # it allows no second scope of one name in a process
        SHARED["scope"] = Scope()
    spaces = ADict(search_spaces(meter.table, num_samples=per_parameter))
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


def grid_halving(meter, per_parameter):
    """The same with ato 3: the same grid, the same generations."""
    from ato_hyperband import HyperBand

    spaces = search_spaces(meter.table, num_samples=per_parameter)
    search = HyperBand(None, spaces, mode="min")
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
OURS = [name for name in TOOLS if name.startswith("ato 3")] + ["random search"]


def run(tool, dataset, seeds, largest):
    """Regrets at each budget for each seed, and the tool's own time per evaluation."""
    function, options, *limit = TOOLS[tool]
    largest = min([largest, *limit])
    table = Table(dataset)
    rows, curves, seconds, evaluations = [], [], 0.0, 0
    for seed in range(seeds):
        if function in GRIDS:  # they know no budget, so each column is a search of its own
            rows.append([largest_grid(table, function, budget) for budget in BUDGETS])
            break
        meter = Meter(table, largest)
        started = time.perf_counter()
        try:
            function(meter, seed, **options)
        except OutOfBudget:
            pass
        seconds += time.perf_counter() - started
        evaluations += meter.evaluations
        reached = meter.regrets(BUDGETS)
        rows.append([r if b <= largest else None for b, r in zip(BUDGETS, reached)])
        curves.append(meter.regrets(range(1, largest + 1)))
    curve = [mean(values) for values in zip(*curves)]
    return {"rows": rows, "curve": curve, "overhead": seconds / max(1, evaluations)}


def largest_grid(table, function, budget):
    """The regret of the search over the largest grid that ends within the budget."""
    for per_parameter in range(8, 1, -1):
        meter = Meter(table, budget)
        if per_parameter ** len(table.space) > meter.limit:
            continue
        try:
            function(meter, per_parameter)
        except OutOfBudget:
            continue
        return meter.best - float(table.best)
    return None


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
    done = subprocess.run(command, capture_output=True, check=False)
    if done.returncode:
        print(done.stderr.decode().strip().splitlines()[-1:], file=sys.stderr)
        return None
    return json.loads(done.stdout.decode().strip().splitlines()[-1])


def mean(values):
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None


def shown(value):
    return "      -" if value is None else f"{100 * value:7.3f}"


def report(dataset, results):
    print(f"\n{dataset}: mean regret in percentage points after so many full trainings")
    print(f"{'':30s}" + "".join(f"{budget:>8d}" for budget in BUDGETS))
    means = {}
    for tool, result in results.items():
        if result is None:
            print(f"{tool:30s} not installed")
            continue
        means[tool] = [mean([row[k] for row in result["rows"]]) for k in range(len(BUDGETS))]
        print(f"{tool:30s}" + "".join(f" {shown(v)}" for v in means[tool]))
    peers = {t: m for t, m in means.items() if not t.startswith("ato 3")}
    best = [min(m[k] for m in peers.values() if m[k] is not None) for k in range(len(BUDGETS))]
    mine = means["ato 3 (default: tpe)"]
    print(f"{'ours ÷ best peer':30s}" + "".join(f" {m / b:7.2f}" for m, b in zip(mine, best)))


def saved_budget(results):
    """How much less budget than random search each tool needs to reach its last mean error."""
    target = results["random search"]["curve"][-1]
    for tool, result in results.items():
        curve = result["curve"] if result else []
        reached = [budget for budget, regret in enumerate(curve, 1) if regret <= target]
        if reached:
            print(f"{tool:30s} {BUDGETS[-1] / reached[0]:6.1f} times less than random search")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--quick", action="store_true", help="up to 20 full trainings only")
    parser.add_argument("--worker", nargs=4, help=argparse.SUPPRESS)
    parser.add_argument("--peers", help="a Python that has the peers already")
    options = parser.parse_args()
    if options.worker:
        sys.stderr = open(os.devnull, "w")  # noqa: SIM115
        tool, dataset, seeds, largest = options.worker
        print(json.dumps(run(tool, dataset, int(seeds), int(largest))))
        return
    if options.quick:
        del BUDGETS[3:]
    python = options.peers or environment()
    print(f"Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} CPUs")
    overheads = {}
    for dataset in DATASETS:
        results = {}
        for tool in TOOLS:
            interpreter = sys.executable if tool in OURS else python
            results[tool] = ask(interpreter, tool, dataset, options.seeds, BUDGETS[-1])
            if results[tool] is not None:
                overheads.setdefault(tool, []).append(results[tool]["overhead"])
        report(dataset, results)
        saved_budget(results)
    print("\nown time per evaluation (µs, one reported epoch; the table's look-up included)")
    for tool, values in overheads.items():
        print(f"{tool:30s} {1e6 * min(values):9.1f}")


if __name__ == "__main__":
    main()
