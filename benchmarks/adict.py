"""ato-adict against other attribute dicts: the same work on the same tree, in one run.

    python benchmarks/adict.py            # makes .nox/bench-adict with the peers, then measures
    python benchmarks/adict.py --rounds 20

The tree has 1,000 leaves at depth 3 (10 sections of 10 groups of 10 leaves: numbers, texts, flags,
short lists). Every round measures each operation of every library once, in a fresh order, so that
a busy machine disturbs all alike; the best of the rounds counts. A library that has no such
operation shows "-".
"""

import argparse
import copy
import os
import pathlib
import pickle
import platform
import random
import subprocess
import sys
import tempfile
import timeit

ROOT = pathlib.Path(__file__).resolve().parent.parent
ENVIRONMENT = ROOT / ".nox" / "bench-adict"
PEERS = {
    "omegaconf": "omegaconf",
    "ml_collections": "ml_collections",
    "python-box": "python-box",
    "addict": "addict",
    "munch": "munch",
    "easydict": "easydict",
    "ato 2.2.1": "ato==2.2.1",
}


def tree():
    kinds = [
        lambda n: n,
        lambda n: n / 7,
        lambda n: f"value {n}",
        lambda n: n % 2 == 0,
        lambda n: [n, n + 1, n + 2],
    ]
    leaf = lambda s, g, k: kinds[k % 5](s * 100 + g * 10 + k)
    return {
        f"s{s}": {f"g{g}": {f"k{k}": leaf(s, g, k) for k in range(10)} for g in range(10)}
        for s in range(10)
    }


def overlay():
    """Return what the merge changes: one leaf of each group."""
    return {f"s{s}": {f"g{g}": {"k0": -1} for g in range(10)} for s in range(10)}


# -- one adapter per library: a dict of operation to (statement, names) -------------------------


def read_statements(config, attribute=True):
    group = config.s0.g0 if attribute else config["s0"]["g0"]
    names = {"c": config, "g": group}
    statements = {
        "item read": ("g['k0']", names),
        "write": ("g.k1 = 2.5" if attribute else "g['k1'] = 2.5", names),
        "deepcopy": ("copy(c)", {"c": config, "copy": copy.deepcopy}),
        "pickle": ("loads(dumps(c))", {"c": config, "loads": pickle.loads, "dumps": pickle.dumps}),
    }
    if attribute:
        statements["attribute read"] = ("g.k0", names)
        statements["depth-3 read"] = ("c.s0.g0.k0", names)
    return statements


def of_dict():
    names = {"t": tree(), "copy": copy.deepcopy}
    return {**read_statements(tree(), attribute=False), "build": ("copy(t)", names)}


def of_namespace():
    from types import SimpleNamespace

    def build(value):
        if isinstance(value, dict):
            return SimpleNamespace(**{k: build(v) for k, v in value.items()})
        return value

    statements = read_statements(build(tree()), attribute=True)
    del statements["item read"]
    return {**statements, "build": ("build(t)", {"build": build, "t": tree()})}


def of_adict():
    from ato_adict import ADict

    config = ADict(tree())
    statements = {
        **read_statements(config),
        "build": ("ADict(t)", {"ADict": ADict, "t": tree()}),
        "to_dict": ("c.to_dict()", {"c": config}),
        "merge": ("c.update(o, recurrent=True)", {"c": ADict(tree()), "o": overlay()}),
        "structural hash": ("c.get_structural_hash()", {"c": config}),
        "value hash": ("c.get_value_hash()", {"c": config}),
    }
    return with_frozen(statements, ADict(tree()).freeze())


def with_frozen(statements, config):
    names = {"g": config.s0.g0}
    return {**statements, "frozen read": ("g.k0", names), "frozen item": ("g['k0']", names)}


def of_old_ato():
    from ato.adict import ADict

    config = ADict(tree())
    statements = {
        **read_statements(config),
        "build": ("ADict(t)", {"ADict": ADict, "t": tree()}),
        "to_dict": ("c.to_dict()", {"c": config}),
        "merge": ("c.update(o, recurrent=True)", {"c": ADict(tree()), "o": overlay()}),
        "structural hash": ("c.get_structural_hash()", {"c": config}),
    }
    frozen = ADict(tree())
    frozen.freeze()
    return with_frozen(statements, frozen)


def of_omegaconf():
    from omegaconf import OmegaConf

    config, frozen = OmegaConf.create(tree()), OmegaConf.create(tree())
    OmegaConf.set_readonly(frozen, True)
    names = {"O": OmegaConf, "c": config, "t": tree(), "o": overlay()}
    statements = {
        **read_statements(config),
        "build": ("O.create(t)", names),
        "to_dict": ("O.to_container(c)", names),
        "merge": ("O.merge(c, o)", names),
    }
    return with_frozen(statements, frozen)


def of_ml_collections():
    from ml_collections import ConfigDict

    names = {"C": ConfigDict, "c": ConfigDict(tree()), "t": tree(), "o": overlay()}
    statements = {
        **read_statements(ConfigDict(tree())),
        "build": ("C(t)", names),
        "to_dict": ("c.to_dict()", names),
        "merge": ("c.update(o)", names),
    }
    statements["write"] = ("g.k1 = 2.5", statements["write"][1])
    return with_frozen(statements, ConfigDict(tree()).lock())


def of_box():
    from box import Box

    names = {"Box": Box, "c": Box(tree()), "t": tree(), "o": overlay()}
    statements = {
        **read_statements(Box(tree())),
        "build": ("Box(t)", names),
        "to_dict": ("c.to_dict()", names),
        "merge": ("c.merge_update(o)", names),
    }
    return with_frozen(statements, Box(tree(), frozen_box=True))


def of_addict():
    from addict import Dict

    names = {"D": Dict, "c": Dict(tree()), "t": tree(), "o": overlay()}
    frozen = Dict(tree())
    frozen.freeze()
    statements = {
        **read_statements(Dict(tree())),
        "build": ("D(t)", names),
        "to_dict": ("c.to_dict()", names),
        "merge": ("c.update(o)", names),
    }
    return with_frozen(statements, frozen)


def of_munch():
    from munch import munchify, unmunchify

    names = {"munchify": munchify, "plain": unmunchify, "c": munchify(tree()), "t": tree()}
    return {
        **read_statements(munchify(tree())),
        "build": ("munchify(t)", names),
        "to_dict": ("plain(c)", names),
    }


def of_easydict():
    from easydict import EasyDict

    return {
        **read_statements(EasyDict(tree())),
        "build": ("E(t)", {"E": EasyDict, "t": tree()}),
    }


LIBRARIES = {
    "ato-adict": of_adict,
    "dict": of_dict,
    "SimpleNamespace": of_namespace,
    "easydict": of_easydict,
    "munch": of_munch,
    "addict": of_addict,
    "ato 2.2.1": of_old_ato,
    "ml_collections": of_ml_collections,
    "python-box": of_box,
    "omegaconf": of_omegaconf,
}
OPERATIONS = [
    "attribute read",
    "depth-3 read",
    "item read",
    "frozen read",
    "frozen item",
    "write",
    "build",
    "deepcopy",
    "pickle",
    "to_dict",
    "merge",
    "structural hash",
    "value hash",
]
# Which libraries convert nested values and also record reads or make a whole tree read-only.
# addict converts; its freeze() refuses new keys but lets values be overwritten.
COMPARABLE = ["ato 2.2.1", "ml_collections", "python-box", "omegaconf"]


def yaml_loaders(path):
    """Return library to (statement, names) that loads a YAML file of the tree."""
    loaders = {}
    try:
        from ato_adict import ADict

        loaders["ato-adict"] = ("load(p)", {"load": ADict.from_file, "p": path})
        from ato.adict import ADict as OldADict

        loaders["ato 2.2.1"] = ("load(p)", {"load": OldADict.from_file, "p": path})
        from omegaconf import OmegaConf

        loaders["omegaconf"] = ("load(p)", {"load": OmegaConf.load, "p": path})
        from box import Box

        loaders["python-box"] = ("load(filename=p)", {"load": Box.from_yaml, "p": path})
    except ImportError:
        pass
    return loaders


class Work:
    """One operation of one library, with the number of repetitions that fill the budget."""

    def __init__(self, operation, library, statement, names, budget):
        self.operation = operation
        self.library = library
        self.timer = timeit.Timer(statement, globals=names)
        self.number = 1
        self.timer.timeit(1)  # imports what is imported at the first use
        seconds = self.timer.timeit(1)
        while seconds < budget / 2:
            self.number = int(self.number * min(100, 1 + budget / max(seconds, 1e-9)))
            seconds = self.timer.timeit(self.number)
        self.best = seconds / self.number

    def measure(self):
        if self.number > 1:
            self.timer.timeit(self.number // 4)  # what ran before has filled the caches
        self.best = min(self.best, self.timer.timeit(self.number) / self.number)


def measure(rounds, budget, directory):
    """Return {operation: {library: best seconds}}.

    Many short measurements: on a busy machine some of them are undisturbed.
    """
    path = os.path.join(directory, "tree.yaml")
    write_yaml(path)
    loads = {library: {"yaml load": work} for library, work in yaml_loaders(path).items()}
    work = [
        Work(operation, library, *statement, budget)
        for adapters in (installed(), loads)
        for library, operations in adapters.items()
        for operation, statement in operations.items()
    ]
    for number in range(rounds):
        random.Random(number).shuffle(work)
        for each in work:
            each.measure()
        if (number + 1) % 20 == 0:
            print(f"round {number + 1} of {rounds}", file=sys.stderr)
    best = {}
    for each in work:
        best.setdefault(each.operation, {})[each.library] = each.best
    return best


def write_yaml(path):
    import yaml

    with open(path, "w") as file:
        yaml.safe_dump(tree(), file)


def installed():
    found = {}
    for library, adapter in LIBRARIES.items():
        try:
            found[library] = adapter()
        except ImportError:
            print(f"{library}: not installed", file=sys.stderr)
    return found


def processor_seconds(command, environment):
    """Run a command; return the processor time it took, or the wall time where none is told."""
    try:
        import resource
    except ImportError:
        return timeit.timeit(lambda: subprocess.run(command, check=True, env=environment), number=1)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, stderr=subprocess.DEVNULL, env=environment)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def best_import(rounds, directory):
    """Return the best seconds of bare Python, and what importing each library adds."""
    modules = ["ato_adict", "omegaconf", "ml_collections", "box", "addict", "munch", "easydict"]
    statements = {name: f"import {name}" for name in [*modules, "ato.adict"]}
    statements["bare Python"] = "pass"
    # As users have it: modules compiled once. The first round compiles and never is the best.
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    environment["PYTHONPYCACHEPREFIX"] = directory
    best = {}
    for _ in range(rounds + 1):
        for name, statement in statements.items():
            try:
                seconds = processor_seconds([sys.executable, "-c", statement], environment)
            except subprocess.CalledProcessError:
                continue
            best[name] = min(best.get(name, seconds), seconds)
    bare = best.pop("bare Python")
    return bare, {name: seconds - bare for name, seconds in best.items()}


# -- output ---------------------------------------------------------------------------------------


def duration(seconds):
    for unit, scale in (("s", 1), ("ms", 1e3), ("µs", 1e6)):
        if seconds * scale >= 1:
            return f"{seconds * scale:.3g} {unit}"
    return f"{seconds * 1e9:.0f} ns"


def multiple(ratio):
    return f"{ratio:.0f}x" if ratio >= 100 else f"{ratio:.2g}x"


def table(best, libraries):
    """Print our time, and every other library's as a multiple of it."""
    others = [name for name in libraries if name != "ato-adict"]
    print("| operation | ato-adict | " + " | ".join(others) + " |")
    print("|---|---|" + "---|" * len(others))
    for operation in [*OPERATIONS, "yaml load"]:
        row = best.get(operation, {})
        own = row["ato-adict"]
        cells = [multiple(row[name] / own) if name in row else "-" for name in others]
        print(f"| {operation} | {duration(own)} | " + " | ".join(cells) + " |")


def verdicts(best, imports):
    own = {operation: row["ato-adict"] for operation, row in best.items()}
    namespace = own["attribute read"] / best["attribute read"]["SimpleNamespace"]
    yield f"attribute read: {namespace:.2f}x SimpleNamespace (goal: at most 6x)", namespace <= 6
    frozen = own["frozen read"] / own["attribute read"]
    yield f"frozen read: {frozen:.2f}x unfrozen (goal: at most 1.2x)", frozen <= 1.2
    hashing = own["structural hash"]
    yield f"structural hash: {duration(hashing)} (goal: at most 2 ms)", hashing <= 2e-3
    if "ato 2.2.1" in best["yaml load"]:
        faster = best["yaml load"]["ato 2.2.1"] / own["yaml load"]
        yield f"yaml load: {faster:.1f}x faster than ato 2.2.1 (goal: at least 5x)", faster >= 5
    added = imports[1]["ato_adict"]
    yield f"import: {duration(added)} (goal: at most 10 ms)", added <= 10e-3
    for operation in OPERATIONS[:11]:
        rivals = {n: best[operation][n] for n in COMPARABLE if n in best[operation]}
        if rivals:
            name = min(rivals, key=rivals.get)
            ratio = rivals[name] / own[operation]
            yield f"{operation}: {ratio:.2f}x faster than the next ({name})", ratio > 1


def report(best, imports):
    from importlib import metadata

    bare, added = imports
    print(f"Python {platform.python_version()}, {platform.system()} {platform.machine()}, ", end="")
    print(f"{os.cpu_count()} CPUs ({processor()})")
    names = ["ato-adict", *(spec.split("=")[0] for spec in PEERS.values())]
    print(", ".join(f"{name} {version(metadata, name)}" for name in names), end="\n\n")
    table(best, [name for name in LIBRARIES if name in best["build"]])
    print("\nprocessor time an import adds to bare Python", f"({duration(bare)}):", end=" ")
    print(", ".join(f"{name} {seconds * 1e3:.1f} ms" for name, seconds in added.items()))
    print()
    for text, holds in verdicts(best, imports):
        print("ok  " if holds else "MISS", text)


def processor():
    try:
        lines = pathlib.Path("/proc/cpuinfo").read_text().splitlines()
        return next(line.split(":")[1].strip() for line in lines if "model name" in line)
    except (OSError, StopIteration):
        return platform.processor() or "unknown"


def version(metadata, name):
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "(not installed)"


# -- the environment ------------------------------------------------------------------------------


def python_of(environment):
    folder = "Scripts" if os.name == "nt" else "bin"
    return environment / folder / ("python.exe" if os.name == "nt" else "python")


def prepare():
    """Make the environment with ato-adict and the peers; a peer that fails is left out."""
    python = python_of(ENVIRONMENT)
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(ENVIRONMENT)], check=True)
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "-e", str(ROOT / "packages" / "ato-adict")], check=True)
    for name, requirement in PEERS.items():
        if subprocess.run([*pip, requirement]).returncode:
            print(f"{name}: not installed", file=sys.stderr)
    return python


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=60)
    parser.add_argument("--budget", type=float, default=0.002, help="seconds per measurement")
    parser.add_argument("--here", action="store_true", help="measure in this environment")
    options = parser.parse_args()
    if not options.here:
        os.environ.pop("PYTHONPATH", None)  # else an `ato` found there stands in for 2.2.1
        again = [str(prepare()), __file__, "--here", *sys.argv[1:]]
        sys.exit(subprocess.run(again).returncode)
    with tempfile.TemporaryDirectory() as directory:
        best = measure(options.rounds, options.budget, directory)
        report(best, best_import(20, directory))


if __name__ == "__main__":
    main()
