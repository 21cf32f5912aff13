"""ato-trace against the standard library, pickle, joblib and ato 2.2.1.

Run it as `python benchmarks/trace.py`; it needs NumPy, and installs the peers into an environment
of its own. All contestants do the same work in one run, interleaved; the figure is the best time
of each (the least disturbed), and ratios are to the first row of a table.
"""

import argparse
import ast
import gc
import hashlib
import inspect
import json
import os
import pickle
import platform
import subprocess
import sys
import tempfile
import textwrap
import time
import venv

import numpy as np

import ato_trace
from ato_trace import fingerprint, hash_output

PEERS = ["ato==2.2.1", "joblib", "numpy"]

FUNCTION = '''
def train(config, model, loader, optimizer, scheduler=None):
    """A training loop of the usual kind, fifty lines long."""
    best, history = float("inf"), []
    for epoch in range(config.epochs):
        model.train()
        total, seen = 0.0, 0
        for step, (inputs, targets) in enumerate(loader):
            inputs = inputs.to(config.device, non_blocking=True)
            targets = targets.to(config.device)
            optimizer.zero_grad()
            outputs = model(inputs)
            loss = model.loss(outputs, targets) / config.accumulate
            loss.backward()
            if config.clip_norm is not None:
                # Gradients explode early in training.
                clip_gradients(model.parameters(), max_norm=config.clip_norm)
            if (step + 1) % config.accumulate == 0:
                optimizer.step()
                if scheduler is not None:
                    scheduler.step()
            total += loss.item() * len(inputs)
            seen += len(inputs)
            if step % config.log_every == 0:
                rate = optimizer.param_groups[0]["lr"]
                print(f"epoch {epoch} step {step}: loss {total / seen:.4f}, rate {rate:.2e}")
        model.eval()
        correct, count = 0, 0
        for inputs, targets in config.validation:
            scores = model(inputs.to(config.device))
            predicted = scores.argmax(dim=1)
            correct += int((predicted == targets).sum())
            count += targets.size(0)
        accuracy = correct / max(1, count)
        history.append({"epoch": epoch, "loss": total / seen, "accuracy": accuracy})
        if total / seen < best - config.min_delta:
            best = total / seen
            patience = config.patience
            save_checkpoint(model, optimizer, os.path.join(config.out, "best.pt"))
        else:
            patience -= 1
            if patience <= 0:
                print(f"stopping early in epoch {epoch}")
                break
        try:
            report(history[-1], step=epoch)
        except ConnectionError as error:
            warnings.warn(f"not reported: {error}")
    return {"best": best, "history": history, "epochs": len(history)}
'''
# Functions before and after it, as in a file of a real project.
FILLER = "\n".join(
    f"\ndef helper_{i}(values, scale={i}):\n    return [v * scale + {i} for v in values if v]\n"
    for i in range(60)
)


def best_of(contestants, rounds, clock=time.thread_time, in_a_row=1):
    """Best time of each contestant in seconds, all of them taking turns.

    Processor time by default, which other programs on the machine disturb least. Without the
    garbage collector, as in timeit: whether it runs in the time of one or of another is chance.
    """
    times = dict.fromkeys(contestants, float("inf"))
    gc.collect()
    gc.disable()
    for _ in range(rounds):
        for name, work in contestants.items():
            for _ in range(in_a_row):
                start = clock()
                work()
                times[name] = min(times[name], clock() - start)
    gc.enable()
    return times


def child_time():
    """Processor time of the processes started so far."""
    import resource

    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def show(title, times, unit=1e6, suffix="µs"):
    print(f"\n{title}")
    first = next(iter(times.values()))
    for name, seconds in times.items():
        if seconds is None:
            print(f"  {name:<44} not installed")
        else:
            print(f"  {name:<44} {seconds * unit:>10.1f} {suffix} {seconds / first:>7.2f} x")


# -- fingerprints of code ------------------------------------------------------------------------


def load(folder):
    path = os.path.join(folder, "bench_module.py")
    with open(path, "w") as file:
        file.write("import os, warnings\n" + FILLER + FUNCTION + FILLER)
    # A file saved before the program starts, as usual: later ones are compiled to compare.
    os.utime(path, (time.time() - 3600,) * 2)
    sys.path.insert(0, folder)
    import bench_module

    return bench_module


def bench_fingerprint(folder):
    from ato_trace._source import files as _files

    module = load(folder)
    path, function = module.__file__, module.train
    first = function.__code__.co_firstlineno - 1
    count = FUNCTION.strip().count("\n") + 1

    def read_and_parse():
        """The least that can be done: read the file, cut the known lines, parse them."""
        with open(path, encoding="utf-8") as file:
            lines = file.read().split("\n")
        return ast.parse("\n".join(lines[first : first + count]))

    def getsource_and_parse():
        return ast.parse(textwrap.dedent(inspect.getsource(function)))

    def cold():
        _files._cache.clear()
        return fingerprint(function)

    assert fingerprint(function).kind == "source"
    contestants = {
        "read the file + ast.parse of the 50 lines": read_and_parse,
        "inspect.getsource + ast.parse": getsource_and_parse,
        "ast.dump of the parsed tree + sha256": lambda: hashlib.sha256(
            ast.dump(read_and_parse()).encode()
        ).hexdigest(),
        "ato_trace.fingerprint, file not read before": cold,
        "ato_trace.fingerprint": lambda: fingerprint(function),
    }
    # Three in a row, as otherwise each pays for the caches that the one before it has filled.
    show("fingerprint of a 50-line function", best_of(contestants, 200, in_a_row=3))


# -- hashes of outputs ---------------------------------------------------------------------------


def bench_hash():
    """By the clock on the wall: hash_output uses several processors."""
    array = np.random.default_rng(0).random(1_000_000)
    fastest = min(["sha1", "sha256", "blake2b"], key=lambda name: time_of_hash(name, array))
    contestants = {
        f"hashlib.{fastest} of the raw buffer (the fastest)": lambda: hashlib.new(fastest, array),
        "hashlib.sha256 of the raw buffer": lambda: hashlib.sha256(array),
        "ato_trace.hash_output": lambda: hash_output(array),
        "ato_trace.hash_output(decimals=6)": lambda: hash_output(array, decimals=6),
        "ato_trace.hash_output(rtol=1e-6)": lambda: hash_output(array, rtol=1e-6),
        "pickle.dumps + sha256": lambda: hashlib.sha256(pickle.dumps(array, protocol=4)),
    }
    try:
        import joblib

        contestants["joblib.hash"] = lambda: joblib.hash(array)
    except ImportError:
        pass
    times = best_of(contestants, 60, time.perf_counter)
    times.setdefault("joblib.hash", None)
    show("hash of 1,000,000 float64", times, 1e3, "ms")
    rows = {"step": list(range(10_000)), "loss": [i / 7 for i in range(10_000)], "tags": ["a"] * 99}
    contestants = {
        "pickle.dumps + sha256": lambda: hashlib.sha256(pickle.dumps(rows, protocol=4)),
        "ato_trace.hash_output": lambda: hash_output(rows),
        "json.dumps(sort_keys) + sha256": lambda: hashlib.sha256(
            json.dumps(rows, sort_keys=True).encode()
        ),
    }
    show("hash of a dict with two lists of 10,000 numbers", best_of(contestants, 50), 1e3, "ms")


def time_of_hash(name, array):
    return min(best_of({name: lambda: hashlib.new(name, array)}, 5).values())


# -- importing -----------------------------------------------------------------------------------


def bench_import():
    programs = {
        "import ato_scope": "import ato_scope",
        "import ato_trace": "import ato_trace",
        "import ato_trace and json": "import ato_trace, json.decoder",
        "the same, and trace one function of json": (
            "import ato_trace, json.decoder\nato_trace.fingerprint(json.decoder.JSONArray)"
        ),
    }
    # Users' Pythons keep compiled modules, also where this one was told not to.
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}

    def run(program):
        subprocess.run([sys.executable, "-c", program], check=True, env=environment)

    contestants = {
        name: (lambda program=program: run(program)) for name, program in programs.items()
    }
    times = best_of(contestants, 40, child_time)
    show("start of a process", times, 1e3, "ms")
    more = (times["import ato_trace"] - times["import ato_scope"]) * 1e3
    print(f"  ato_trace costs {more:.1f} ms over ato_scope")


# -- ato 2.2.1 -----------------------------------------------------------------------------------

PEER_PROGRAM = """
import json, os, sys, time
import numpy as np
sys.path.insert(0, {folder!r})
import bench_module
from ato.scope import Scope
scope = Scope()
array = np.random.default_rng(0).random(1_000_000)

def best(work, rounds):
    times = []
    for _ in range(rounds):
        start = time.thread_time()
        work()
        times.append(time.thread_time() - start)
    return min(times)

def traced():
    scope.trace(trace_id='train')(bench_module.train)

runtime = scope.runtime_trace(trace_id='array')(lambda: array)
result = {{'trace': best(traced, 100)}}
try:
    result['runtime'] = best(runtime, 20)
except Exception as error:
    result['runtime'] = None
try:
    import joblib
    result['joblib'] = best(lambda: joblib.hash(array), 20)
except ImportError:
    pass
print(json.dumps(result))
"""


def bench_peers(folder):
    """ato 2.2.1 cannot be imported beside us, so it gets an environment and a process."""
    home = os.path.join(folder, "peers")
    try:
        venv.create(home, with_pip=True)
        python = os.path.join(home, "Scripts" if os.name == "nt" else "bin", "python")
        subprocess.run([python, "-m", "pip", "install", "-q", *PEERS], check=True)
        program = PEER_PROGRAM.format(folder=folder)
        done = subprocess.run([python, "-c", program], stdout=subprocess.PIPE, check=True)
        peer = json.loads(done.stdout.decode().strip().split("\n")[-1])
    except (subprocess.CalledProcessError, OSError, ValueError):
        peer = {}
    scope = ato_trace.Scope()
    array = np.random.default_rng(0).random(1_000_000)
    import bench_module

    ours = best_of(
        {
            "trace": lambda: scope.trace("train")(bench_module.train),
            "runtime": scope.runtime_trace("array")(lambda: array),
        },
        30,
    )
    show(
        "scope.trace of the function", {"ato_trace": ours["trace"], "ato 2.2.1": peer.get("trace")}
    )
    times = {
        "ato_trace": ours["runtime"],
        "ato 2.2.1": peer.get("runtime"),
        "joblib.hash": peer.get("joblib"),
    }
    show("scope.runtime_trace of 1,000,000 float64", times, 1e3, "ms")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--no-peers", action="store_true", help="skip what must be installed")
    options = parser.parse_args()
    print(
        f"Python {platform.python_version()}, NumPy {np.__version__}, {platform.machine()},",
        end=" ",
    )
    print(f"{os.cpu_count()} processors, ato_trace {ato_trace.__version__}")
    with tempfile.TemporaryDirectory() as folder:
        bench_fingerprint(folder)
        bench_hash()
        bench_import()
        if not options.no_peers:
            bench_peers(folder)


if __name__ == "__main__":
    main()
