"""`hash_output(value)`: a hash of a value that is the same on every machine and Python."""

from __future__ import annotations

import hashlib

from ato_trace._errors import HashError
from ato_trace._hashing.dispatch import encoder_for
from ato_trace._hashing.encoders import Sink, encode
from ato_trace._hashing.quantise import quantiser_for

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ato_trace._hashing.encoders import Find
    from ato_trace._hashing.quantise import Quantiser


def hash_output(value: Any, decimals: int | None = None, rtol: float | None = None) -> str:
    """Hash a value canonically.

    Equal values give equal hashes wherever they are computed: dicts and sets count without their
    order, arrays without their memory layout, tensors without their device, every NaN is the
    same. Types count (``1``, ``1.0`` and ``True`` differ), as do dtypes and shapes. Arrays are
    streamed; nothing larger than 64 MB is copied.

    Args:
        value: Numbers, strings, containers, dataclasses, enums, dates, paths, ADict; NumPy
            arrays, torch tensors and modules, pandas objects and SciPy sparse matrices.
        decimals: Round floating-point numbers to so many decimals first.
        rtol: Or round them to a relative step of about this size.

    Returns:
        SHA-256 as 64 hex digits.

    Raises:
        HashError: Part of the value has no canonical form; the message says which part.
    """
    return hash_value(value, quantiser_for(decimals, rtol), "value")


def hash_value(value: Any, quantiser: Quantiser | None, name: str, find: Find | None = None) -> str:
    """Hash a value that errors call by `name`; `find` chooses encoders in place of our own."""
    state = hashlib.sha256()
    try:
        encode(value, Sink(state.update, find or encoder_for, quantiser, set()))
    except HashError as error:
        raise _located(error, name) from None
    except RecursionError:
        raise HashError(f"cannot hash {name}: it is nested too deeply", name) from None
    return state.hexdigest()


def _located(error: HashError, name: str) -> HashError:
    path = name + error.path
    return HashError(
        f"cannot hash {path}: {error.args[0]}; hash a part of it instead "
        "(inspect_fn= of runtime_trace chooses one)",
        path,
    )
