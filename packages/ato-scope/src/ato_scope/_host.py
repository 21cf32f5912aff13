"""What runs this program: whose arguments `sys.argv` holds, which rank this is, how to fail."""

from __future__ import annotations

import os
import sys

from ato_adict import UserError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import TracebackType
    from typing import NoReturn, Sequence

# Programs that run ours with a command line of their own: test runners, notebooks, workers.
HOST_PROGRAMS = frozenset(
    (
        "pytest",
        "py.test",
        "ipython",
        "ipython3",
        "ipykernel_launcher.py",
        "colab_kernel_launcher.py",
        "marimo",
        "default_worker.py",  # ray
        "_submit.py",  # submitit
        "dask",
        "dask-worker",
        "celery",
        "gunicorn",
        "uvicorn",
    )
)
CALLERS_OF_VIEWS = ("ato_scope._draft", "ato_scope._lazy", "ato_scope._observe")
HOST_PACKAGES = frozenset(
    ("pytest", "unittest", "ipykernel", "IPython", "marimo", "xdist", "dask", "celery", "uvicorn")
)


def argv_is_ours() -> bool:
    """Whether `sys.argv` was typed for this program, not for pytest or a notebook's kernel."""
    program = sys.argv[0] if sys.argv else ""
    folder, name = os.path.split(program)
    if name == "__main__.py":
        return os.path.basename(folder) not in HOST_PACKAGES
    if name.endswith(".exe"):
        name = name[:-4]
    if program == "-c" and "execnet" in sys.modules:  # a worker of pytest-xdist
        return False
    return name not in HOST_PROGRAMS and not program.startswith("python -m unittest")


def command_line(args: Sequence[str] | None = None) -> list[str]:
    """Return the explicit `args`, else those of the command line where they are ours."""
    if args is not None:
        if isinstance(args, str):
            raise TypeError(f"args takes a list of arguments: [{args!r}]")
        return list(args)
    return sys.argv[1:] if argv_is_ours() else []


def is_script() -> bool:
    """Whether a program run at a command line is running us: then mistakes end it."""
    return argv_is_ours() and not hasattr(sys, "ps1")


def is_printing_rank() -> bool:
    """Whether this process may print: not so for ranks above 0 of torchrun, MPI or SLURM."""
    for variable in ("RANK", "OMPI_COMM_WORLD_RANK", "PMI_RANK", "SLURM_PROCID"):
        rank = os.environ.get(variable)
        if rank is not None:
            return rank == "0"
    return True


def say(line: str) -> None:
    """Write one line to stderr, from the first rank only."""
    if is_printing_rank() and sys.stderr is not None:
        program = os.path.basename(sys.argv[0]) if sys.argv else ""
        prefix = f"{program}: " if program else ""
        text = f"{prefix}{line}\n"
        encoding = getattr(sys.stderr, "encoding", None) or "utf-8"
        sys.stderr.write(text.encode(encoding, "backslashreplace").decode(encoding))


def fail(error: UserError) -> NoReturn:
    """End the program as a command line should: one line on stderr and exit code 2."""
    say("error: " + "; ".join(str(error).splitlines()))
    raise SystemExit(2) from error


def from_user_code(trace: TracebackType | None) -> TracebackType | None:
    """Return the part of a traceback that starts in a view, None where no view was running."""
    caller = ""
    while trace is not None:
        module = trace.tb_frame.f_globals.get("__name__") or ""
        if caller in CALLERS_OF_VIEWS and not module.startswith("ato_scope."):
            return trace
        caller, trace = module, trace.tb_next
    return None
