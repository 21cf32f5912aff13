"""Tell a living run from one whose pid another process has now."""

from __future__ import annotations

import os
import socket

from ato_adict.surroundings import process_identity


def host_name() -> str:
    """Return the name of this machine."""
    return socket.gethostname()[:255]


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
