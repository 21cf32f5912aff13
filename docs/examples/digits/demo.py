"""The whole job on real data: train with different views, compare, search, and what to try next.

`make demo` runs this. The database `experiments.db` is left in the working directory.
"""

import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).parent


def step(text, program, *arguments):
    """Say what comes, show the command, run it; stop the demo if it fails."""
    script = HERE / program
    print(f"\n== {text}\n$ python {program} {' '.join(arguments)}", flush=True)
    done = subprocess.run([sys.executable, str(script), *arguments])
    if done.returncode:
        sys.exit(f"demo: {program} ended with exit code {done.returncode}")


def main():
    step("Train with the default view", "train.py")
    step("Another model, from the command line", "train.py", "model:=mlp")
    step("A view that brings the view it chains with", "train.py", "long_run", "model:=mlp")
    step("Where does each value come from?", "train.py", "long_run", "model:=mlp", "explain")
    step("Search with Hyperband", "search.py")
    folder = pathlib.Path.cwd()
    print(
        f"""
== Done. Every run is in {folder / "experiments.db"}. Try next:
   python {HERE}/train.py manual
   python {HERE}/train.py high_lr lr=0.01 model:=mlp
   ato runs
   ato why 1 2
   ato best digits val_accuracy
   ato ui                            (pip install 'ato[ui]')"""
    )


if __name__ == "__main__":
    main()
