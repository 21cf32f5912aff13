"""What a search costs by itself: `python benchmarks/scheduling.py [--peers PYTHON]`.

CPU time per evaluation, one rung of one trial, of searches in memory over five parameters with the
rungs 1, 3, 9, 27 and 81, whose objective costs nothing. Peers are installed as for `hyperband.py`.
"""

import argparse
import json
import math
import os
import platform
import subprocess
import sys
import time

import numpy  # noqa: F401 - the models of both need it; how long that takes is not asked here

import hyperband

RUNGS = [1, 3, 9, 27, 81]
NAMES = ["a", "b", "c", "d", "e"]


def loss(config, resource):
    """A smooth valley that shows earlier the further a trial has come."""
    return sum((config[name] - 0.3) ** 2 for name in NAMES) + math.exp(-resource / 20)


def search(evaluations, **options):
    from ato_hyperband import HyperBand

    spaces = {name: {"param_type": "FLOAT", "param_range": (0.0, 1.0)} for name in NAMES}
    return HyperBand(
        None,
        spaces,
        resource="epochs",
        max_resource=81,
        mode="min",
        seed=0,
        progress=False,
        max_total_resource=10 * evaluations,
        **options,
    )


def scheduler_and_sampler(evaluations, options):
    """Asked and told, without configs."""
    search(evaluations, **options).ask()  # what is imported at the first is not asked here
    parts = search(evaluations, **options)
    started, count = time.process_time(), 0
    while count < evaluations:
        trial = parts.ask()
        parts.tell(trial, loss(trial.params, trial.resource))
        count += 1
    return (time.process_time() - started) / count


def whole_loop(evaluations, options):
    """All a user's search does, configs included."""

    def train(config):
        return loss(config, config["trial"]["resource"])

    started = time.process_time()
    result = search(evaluations, **options).run(train, [])
    count = sum(len(trial.evaluations) for trial in result.trials)
    return (time.process_time() - started) / count


def optuna_study(evaluations, options):
    import optuna

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    sampler = {"random": optuna.samplers.RandomSampler, "tpe": optuna.samplers.TPESampler}
    pruner = {
        "hyperband": lambda: optuna.pruners.HyperbandPruner(1, 81, 3),
        "halving": lambda: optuna.pruners.SuccessiveHalvingPruner(1, 3, 0),
    }
    study = optuna.create_study(
        sampler=sampler[options["sampler"]](seed=0), pruner=pruner[options["pruner"]]()
    )
    started, count = time.process_time(), 0
    while count < evaluations:
        trial = study.ask()
        config = {name: trial.suggest_float(name, 0.0, 1.0) for name in NAMES}
        for resource in RUNGS:
            value = loss(config, resource)
            trial.report(value, resource)
            count += 1
            if trial.should_prune():
                study.tell(trial, state=optuna.trial.TrialState.PRUNED)
                break
        else:
            study.tell(trial, value)
    return (time.process_time() - started) / count


OURS, PEER = scheduler_and_sampler, optuna_study
ROWS = {
    "scheduler and sampler, Hyperband, random": (OURS, {"sampler": "random"}, "H random"),
    "scheduler and sampler, ASHA, random": (
        OURS,
        {"sampler": "random", "scheduler": "async"},
        "halving",
    ),
    "scheduler and sampler, Hyperband, tpe": (OURS, {"sampler": "tpe"}, "H TPE"),
    "whole loop with configs, Hyperband, random": (whole_loop, {"sampler": "random"}, "H random"),
    "whole loop with configs, Hyperband, tpe": (whole_loop, {"sampler": "tpe"}, "H TPE"),
}
PEERS = {
    "H random": (PEER, {"sampler": "random", "pruner": "hyperband"}),
    "halving": (PEER, {"sampler": "random", "pruner": "halving"}),
    "H TPE": (PEER, {"sampler": "tpe", "pruner": "hyperband"}),
}


def ask(python, name, evaluations):
    """The seconds of one row, in a process of its own; the least of three."""
    command = [str(python), __file__, "--worker", name, "--evaluations", str(evaluations)]
    found = []
    for _ in range(3):
        done = subprocess.run(command, capture_output=True, check=True)
        found.append(json.loads(done.stdout.decode().strip().splitlines()[-1]))
    return min(found)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--evaluations", type=int, default=2000)
    parser.add_argument("--peers", help="a Python that has the peers already")
    parser.add_argument("--worker", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.worker:
        sys.stderr = open(os.devnull, "w")  # noqa: SIM115
        function, settings, *_ = {**ROWS, **PEERS}[options.worker]
        print(json.dumps(function(options.evaluations, settings)))
        return
    python = options.peers or hyperband.environment()
    print(f"Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} CPUs")
    print(f"CPU time per evaluation, the first {options.evaluations} of a search")
    peers = {name: ask(python, name, options.evaluations) for name in PEERS}
    for name, (_, _, peer) in ROWS.items():
        seconds = ask(sys.executable, name, options.evaluations)
        print(f"{name:44s} {1e6 * seconds:8.0f} µs   1/{peers[peer] / seconds:.0f} of Optuna's")
    for name, seconds in peers.items():
        print(f"{'Optuna, ' + name:44s} {1e6 * seconds:8.0f} µs")


if __name__ == "__main__":
    main()
