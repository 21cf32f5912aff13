"""What a run may depend on besides code, config and data, as a tracker keeps it."""

from __future__ import annotations

import os
import re
import sys

from ato_adict.surroundings import program_folder
from ato_trace._environment.environment import imported_packages, repository
from ato_trace._environment.variables import variables

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any


def circumstances(texts: Iterable[str], environ: Mapping[str, str]) -> dict[str, Any]:
    """Describe this process for a tracker, ready for JSON.

    Args:
        texts: The sources of the program, in which the names of variables are looked for: Python
            does not tell who reads the environment.
        environ: The environment variables.

    Returns:
        `variables` (those whose name stands in the program, None where unset, and those that are
        known to change results where they are set), `threads`, `seeds` that are known,
        `accelerator` where torch is loaded, `imported` (the versions of the installed packages
        that are loaded, by import name) and `diff_hash` of what is not committed.
    """
    checkout = repository(program_folder()) or {}
    return {
        "variables": variables(texts, environ),
        "threads": threads(),
        "seeds": seeds(),
        "accelerator": accelerator(),
        "imported": imported_packages(),
        "diff_hash": checkout.get("diff_hash"),
    }


def threads() -> dict[str, Any]:
    """How many threads the numerical libraries that are loaded use."""
    found: dict[str, Any] = {}
    torch: Any = sys.modules.get("torch")
    if hasattr(torch, "get_num_threads"):
        found["torch"] = int(torch.get_num_threads())
    control = sys.modules.get("threadpoolctl")
    if control is not None:
        for pool in control.threadpool_info():
            found[str(pool.get("prefix") or pool.get("internal_api"))] = pool.get("num_threads")
    affinity = getattr(os, "sched_getaffinity", None)
    found["cpus"] = len(affinity(0)) if affinity is not None else os.cpu_count()
    return found


def seeds() -> dict[str, Any]:
    """The seeds that are known: Python's for hashes, and torch's."""
    found: dict[str, Any] = {}
    if "PYTHONHASHSEED" in os.environ:
        found["PYTHONHASHSEED"] = os.environ["PYTHONHASHSEED"]
    torch: Any = sys.modules.get("torch")
    if hasattr(torch, "initial_seed"):
        found["torch"] = int(torch.initial_seed())
        found["torch_deterministic"] = bool(torch.are_deterministic_algorithms_enabled())
    return found


def accelerator() -> dict[str, Any] | None:
    """The GPU that torch uses, its driver's and libraries' versions; None where there is none."""
    torch: Any = sys.modules.get("torch")
    cuda = getattr(torch, "cuda", None)
    try:
        if cuda is None or not cuda.is_available():
            return None
        return {
            "devices": [cuda.get_device_name(n) for n in range(cuda.device_count())],
            "cuda": getattr(torch.version, "cuda", None) or getattr(torch.version, "hip", None),
            "cudnn": torch.backends.cudnn.version(),
            "driver": _driver(),
        }
    except Exception:  # a driver that does not answer must not stop the run
        return None


def _driver() -> str | None:
    try:
        with open("/proc/driver/nvidia/version", encoding="utf-8") as file:
            found = re.search(r"Kernel Module(?: for \w+)?\s+([\d.]+)", file.read())
    except OSError:
        return None
    return found.group(1) if found else None
