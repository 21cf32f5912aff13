"""Which of its program's processes this one is: workers have the command of the program as well."""

from __future__ import annotations

import os
import sys

POOL, FORK = "a pool", "a fork"
_MAIN = "MainProcess"
_STARTED = os.getpid()


def worker() -> str | None:
    """Return the name of the worker that this process is, None of the program itself.

    It is the name that multiprocessing gives it, `Process-1`, which is the same when the program is
    run again. A worker of a pool, where chance tells who does what, is `POOL`; what `os.fork` made
    is `FORK`.
    """
    module = sys.modules.get("multiprocessing.process")
    process = None if module is None else module.current_process()
    if process is None or process.name == _MAIN:
        return None if os.getpid() == _STARTED else FORK
    # What it was made to run; nothing public says so.
    target = getattr(process, "_target", None)
    return POOL if _is_of_pool(getattr(target, "__module__", None) or "") else str(process.name)


def is_named_worker(name: str | None) -> bool:
    """Tell whether a worker can be told from others by what `worker` says it is called."""
    return name not in (None, POOL, FORK)


def _is_of_pool(module: str) -> bool:
    """Tell whether a function of a module takes one task after the other, as loky's does too."""
    return module == "concurrent.futures.process" or module.endswith((".pool", ".process_executor"))
