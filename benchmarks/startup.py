"""Start-up: a whole process of the same tiny program, with ato and with its peers.

    python benchmarks/startup.py [rounds]

Each program sets three defaults, takes one of them from the command line and prints them. Rounds
are interleaved, the minimum of each counts. Peers are installed into an environment of their own;
one that cannot be installed is shown as such. A second table shows what applying costs inside a
process: 1,000 views, 1,000 overrides and a chain of 500, and the share of provenance in it. A third
shows what it costs that a program tracks, before its first run.
"""

import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PACKAGES = Path(__file__).resolve().parent.parent / "packages"
ALL = ["ato-adict", "ato-scope", "ato-trace", "ato-hyperband", "ato-sql", "ato"]
OURS = [str(PACKAGES / "ato-adict"), str(PACKAGES / "ato-scope")]

PROGRAMS = {
    "bare Python": ("", ["-c", "pass"]),
    "ato-scope": (
        """
from ato_scope import Scope

scope = Scope()

@scope.observe(default=True)
def defaults(config):
    config.lr = 1e-3
    config.epochs = 50
    config.model = 'resnet50'

@scope
def train(config):
    print(config.lr, config.epochs, config.model)

if __name__ == '__main__':
    train()
""",
        ["lr=0.1"],
    ),
    "argparse": (
        """
import argparse

def train(config):
    print(config.lr, config.epochs, config.model)

if __name__ == '__main__':
    parser = argparse.ArgumentParser()
    parser.add_argument('--lr', type=float, default=1e-3)
    parser.add_argument('--epochs', type=int, default=50)
    parser.add_argument('--model', default='resnet50')
    train(parser.parse_args())
""",
        ["--lr", "0.1"],
    ),
    "ato": (
        """
from ato.scope import Scope

scope = Scope()

@scope.observe(default=True)
def defaults(config):
    config.lr = 1e-3
    config.epochs = 50
    config.model = 'resnet50'

@scope
def train(config):
    print(config.lr, config.epochs, config.model)

if __name__ == '__main__':
    train()
""",
        ["lr=0.1"],
    ),
    "fire": (
        """
import fire

def train(lr=1e-3, epochs=50, model='resnet50'):
    print(lr, epochs, model)

if __name__ == '__main__':
    fire.Fire(train)
""",
        ["--lr", "0.1"],
    ),
    "omegaconf": (
        """
from omegaconf import OmegaConf

def train(config):
    print(config.lr, config.epochs, config.model)

if __name__ == '__main__':
    defaults = OmegaConf.create({'lr': 1e-3, 'epochs': 50, 'model': 'resnet50'})
    train(OmegaConf.merge(defaults, OmegaConf.from_cli()))
""",
        ["lr=0.1"],
    ),
    "tyro": (
        """
import tyro

def train(lr: float = 1e-3, epochs: int = 50, model: str = 'resnet50') -> None:
    print(lr, epochs, model)

if __name__ == '__main__':
    tyro.cli(train)
""",
        ["--lr", "0.1"],
    ),
    "jsonargparse": (
        """
import jsonargparse

def train(lr: float = 1e-3, epochs: int = 50, model: str = 'resnet50') -> None:
    print(lr, epochs, model)

if __name__ == '__main__':
    jsonargparse.CLI(train)
""",
        ["--lr", "0.1"],
    ),
    "hydra": (
        """
import hydra
from hydra.core.config_store import ConfigStore

ConfigStore.instance().store(name='c', node={'lr': 1e-3, 'epochs': 50, 'model': 'resnet50'})

@hydra.main(version_base=None, config_name='c')
def train(config):
    print(config.lr, config.epochs, config.model)

if __name__ == '__main__':
    train()
""",
        ["lr=0.1", "hydra.run.dir=.", "hydra.output_subdir=null"],
    ),
}
REQUIREMENTS = {
    "ato": "ato==2.2.1",
    "fire": "fire",
    "omegaconf": "omegaconf",
    "tyro": "tyro",
    "jsonargparse": "jsonargparse[signatures]",
    "hydra": "hydra-core",
}

TRACKED = {
    "untracked.py": """
from ato.scope import Scope

scope = Scope()

@scope
def train(config):
    pass

if __name__ == '__main__':
    train()
""",
    "tracked.py": """
from ato.db_routers.sql.manager import SQLLogger
from ato.scope import Scope

scope = Scope()

@scope
def train(config):
    with SQLLogger(config).start() as run:
        run.log_metric('loss', 0.5)

if __name__ == '__main__':
    train()
""",
}

APPLY = """
import time
from ato_scope import Scope
from ato_scope._build import draft as _draft
from ato_scope._history import recorder as _provenance

def make(count):
    scope = Scope()
    half = count // 2
    for i in range(count):
        def view(config, i=i):
            config[f'k{i}'] = i
        chain = f'v{i - 1}' if i > half else None
        scope.observe(f'v{i}', default=i < half, chain_with=chain)(view)
    return scope, [f'v{count - 1}'] + [f'k{i}={i * 2}' for i in range(count)]

class Silent(_provenance.Recorder):
    def __init__(self, root, before=None):
        self.root, self.before, self.journal, self._seen = root, before, [], 0
    def begin(self, step): pass
    def settle(self): pass
    def add(self, token, key, value): pass
    def stop(self): pass

def best(calls, rounds):
    found = [float('inf')] * len(calls)
    for _ in range(rounds):
        for index, call in enumerate(calls):
            started = time.process_time()
            call()
            found[index] = min(found[index], time.process_time() - started)
    return found

def without(call):
    def silenced():
        _draft.Recorder = Silent
        try:
            call()
        finally:
            _draft.Recorder = _provenance.Recorder
    return silenced

for count in (1000, 2000, 4000):
    scope, arguments = make(count)
    call = lambda: scope.apply(arguments)
    full, silent = best([call, without(call)], 150)
    print(count, full * 1000, full / silent)
"""


def make_environment(folder, requirements):
    """Return the Python of a fresh environment, or None where something cannot be installed."""
    uv = shutil.which("uv")
    if uv:
        commands = [
            [uv, "venv", "-q", "--python", sys.executable, str(folder)],
            [uv, "pip", "install", "-q", "--python", str(folder / "bin/python"), *requirements],
        ]
    else:
        commands = [
            [sys.executable, "-m", "venv", str(folder)],
            [str(folder / "bin/python"), "-m", "pip", "install", "-q", *requirements],
        ]
    for command in commands:
        if subprocess.run(command, stderr=subprocess.DEVNULL).returncode:
            return None
    return str(folder / "bin/python")


def timed(command, folder):
    """Return the seconds that a command takes; compiled modules are kept, as for a user."""
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    started = time.perf_counter()
    subprocess.run(command, cwd=folder, env=environment, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - started


def runs(command, folder):
    """Whether a peer's program works on this Python."""
    done = subprocess.run(
        command, cwd=str(folder), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    return done.returncode == 0


def version_of(python, name):
    requirement = REQUIREMENTS.get(name, name).partition("==")[0].partition("[")[0]
    packages = Path(python).parent.parent / "lib"
    found = packages.glob(f"python*/site-packages/{requirement.replace('-', '_')}-*.dist-info")
    return next(found).name.partition("-")[2].replace(".dist-info", "")


def prepare(folder):
    """Write each program and make its environment; return commands and versions by name."""
    commands, versions = {}, {}
    plain = make_environment(folder / "ours", OURS)
    if plain is None:
        sys.exit("cannot install ato-scope into an environment of its own")
    for name, (source, arguments) in PROGRAMS.items():
        python = plain
        if name in REQUIREMENTS:
            python = make_environment(folder / f"env-{name}", [REQUIREMENTS[name]])
            if python is None:
                commands[name] = None
                continue
            versions[name] = version_of(python, name)
        program = folder / f"train_{name.replace(' ', '_')}.py"
        program.write_text(source)
        commands[name] = [python, *([str(program)] if source else []), *arguments]
        if name in REQUIREMENTS and not runs(commands[name], folder):
            commands[name] = None
    versions["ato-scope"] = version_of(plain, "ato-scope")
    return plain, commands, versions


def measure(commands, folder, rounds):
    """Return the least seconds of each command over interleaved rounds."""
    best = {name: float("inf") for name, command in commands.items() if command}
    for turn in range(rounds + 2):
        for name in best:
            seconds = timed(commands[name], folder)
            if turn >= 2:  # the first rounds compile the modules and warm the disk cache
                best[name] = min(best[name], seconds)
    return best


def show_startup(commands, versions, best):
    print(f"{'program':<14} {'version':<10} {'ms':>7} {'x argparse':>11} {'x bare':>7}")
    for name in sorted(commands, key=lambda n: best.get(n, float("inf"))):
        if name not in best:
            print(f"{name:<14} not installed, or does not run on this Python")
            continue
        seconds = best[name]
        print(
            f"{name:<14} {versions.get(name, ''):<10} {seconds * 1000:7.1f}"
            f" {seconds / best['argparse']:11.2f} {seconds / best['bare Python']:7.2f}"
        )


def show_apply(python, folder):
    print(f"\n{'views + overrides':<20} {'ms':>7} {'with / without provenance':>27}")
    program = folder / "apply.py"
    program.write_text(APPLY)
    done = subprocess.run([python, str(program)], stdout=subprocess.PIPE, check=True)
    for line in done.stdout.decode().splitlines():
        count, milliseconds, ratio = line.split()
        print(f"{count + ' + ' + count:<20} {float(milliseconds):7.1f} {float(ratio):27.2f}")


def show_tracked(folder, rounds):
    """What a tracked program costs over an untracked one, and both over bare Python."""
    python = make_environment(folder / "tracked", [str(PACKAGES / name) for name in ALL])
    if python is None:
        sys.exit("cannot install ato into an environment of its own")
    for name, source in TRACKED.items():
        (folder / name).write_text(source)
    commands = {"bare Python": [python, "-c", "pass"]}
    for name in TRACKED:
        module = name.partition(".")[0]
        commands[f"import {module}"] = [python, "-c", f"import {module}"]
        commands[f"{module} --help"] = [python, name, "--help"]
    best = measure(commands, folder, rounds)
    print(f"\n{'before the first run':<22} {'ms':>7} {'ms over bare':>13} {'x bare':>7}")
    for name, seconds in best.items():
        over = (seconds - best["bare Python"]) * 1000
        print(f"{name:<22} {seconds * 1000:7.1f} {over:13.1f} {seconds / best['bare Python']:7.2f}")


def main():
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    os.environ.pop("PYTHONPATH", None)  # each peer is measured in its own environment
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        plain, commands, versions = prepare(folder)
        best = measure(commands, name, rounds)
        print(f"Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} cores\n")
        show_startup(commands, versions, best)
        show_apply(plain, folder)
        show_tracked(folder, rounds)


if __name__ == "__main__":
    main()
