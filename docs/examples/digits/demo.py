"""The whole job on real data: train with different views, compare, search, and what to try next.

`make demo` runs this. The database `experiments.db` is left in the working directory.
"""

import importlib.util
import os
import pathlib
import shlex
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).parent


def typed(program):
    """A program of this Python as it can be typed in the shell that runs the demo."""
    path = pathlib.Path(sys.executable).with_name(program)
    found = shutil.which(program)
    # The folder decides: an environment's Python is a link to one that may be found first.
    is_first = found is not None and os.path.samefile(os.path.dirname(found), path.parent)
    return program if is_first else shlex.quote(os.path.relpath(str(path)))


def here(program):
    """The path of a program of the demo as it can be typed."""
    return shlex.quote(os.path.relpath(str(HERE / program)))


def step(text, program, *arguments):
    """Say what comes, show the command, run it; stop the demo if it fails."""
    words = " ".join(map(shlex.quote, arguments))
    print(f"\n== {text}\n$ {typed('python')} {here(program)} {words}", flush=True)
    done = subprocess.run([sys.executable, str(HERE / program), *arguments])
    if done.returncode:
        sys.exit(f"demo: {program} ended with exit code {done.returncode}")


def main():
    step("Train with the default view", "train.py")
    step("Another model, from the command line", "train.py", "model:=mlp")
    step("A view that brings the view it chains with", "train.py", "long_run", "model:=mlp")
    step("Where does each value come from?", "train.py", "long_run", "model:=mlp", "explain")
    step("Search with Hyperband", "search.py")
    python, ato, train = typed("python"), typed("ato"), here("train.py")
    lacks_page = importlib.util.find_spec("uvicorn") is None
    first = f"{python} -m pip install starlette uvicorn && " if lacks_page else ""
    print(
        f"""
== Done. Every run is in {pathlib.Path.cwd() / "experiments.db"}. Try next:
   {python} {train} manual
   {python} {train} high_lr lr=0.01 model:=mlp
   {ato} runs
   {ato} why
   {ato} best digits val_accuracy
   {first}{ato} ui"""
    )


if __name__ == "__main__":
    main()
