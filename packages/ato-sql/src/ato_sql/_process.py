"""Tell a living run from one whose pid another process has now."""

from __future__ import annotations

import os
import socket


def host_name() -> str:
    """Return the name of this machine."""
    return socket.gethostname()[:255]


def process_identity(pid: int) -> str | None:
    """Return a text that no other process ever had on this machine, or None where unknown.

    On Linux: boot id, pid namespace and start time in clock ticks; elsewhere the start time, if
    psutil is installed.
    """
    try:
        return f"{_machine()}/{_start_ticks(pid)}"
    except (OSError, ValueError, IndexError):
        return _psutil_identity(pid)


def _machine() -> str:
    with open("/proc/sys/kernel/random/boot_id") as file:
        boot = file.read().strip()
    return f"{boot}/{os.readlink('/proc/self/ns/pid')}"


def _start_ticks(pid: int) -> str:
    with open(f"/proc/{pid}/stat", "rb") as file:
        # The program's name, in parentheses, may hold blanks and parentheses of its own.
        fields = file.read().rpartition(b")")[2].split()
    if fields[0] in (b"Z", b"X"):
        raise ValueError("the process has ended")
    return fields[19].decode()


def _psutil_identity(pid: int) -> str | None:
    try:
        import psutil  # type: ignore[import-untyped, import-not-found, unused-ignore]

        return f"psutil/{psutil.Process(pid).create_time()}"
    except Exception:  # not installed, no such process, no permission
        return None


def is_alive(host: str | None, pid: int | None, identity: str | None) -> bool | None:
    """Tell whether a process lives; None where it cannot be known from here.

    It can on the machine it ran on, in the pid namespace it ran in.
    """
    if pid is None or identity is None or host != host_name():
        return None
    here = process_identity(os.getpid())
    if here is None or here.rpartition("/")[0] != identity.rpartition("/")[0]:
        return None
    return process_identity(pid) == identity
