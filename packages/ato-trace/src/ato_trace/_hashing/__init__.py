"""Canonical bytes of values, and their hash: equal values, equal hashes, on every machine.

Calls no other room. `outputs` is the way in, `dispatch` finds the encoder of a value, `encoders`
holds those of builtin types; the others are for one library each. They stand behind a lazy door:
nothing is loaded before a program has a value to hash, nor a library's before it has one of it.
"""

from __future__ import annotations

from ato_adict import lazy_exports

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ato_trace._hashing.arrays import encode_array_like as encode_array_like
    from ato_trace._hashing.arrays import numpy_encoder as numpy_encoder
    from ato_trace._hashing.outputs import hash_value as hash_value
    from ato_trace._hashing.quantise import quantiser_for as quantiser_for
    from ato_trace._hashing.tables import pandas_encoder as pandas_encoder
    from ato_trace._hashing.tables import scipy_encoder as scipy_encoder
    from ato_trace._hashing.tensors import torch_encoder as torch_encoder

if not TYPE_CHECKING:  # to a type checker the names above are all there is
    __getattr__ = lazy_exports(
        __name__,
        {
            "arrays": ("encode_array_like", "numpy_encoder"),
            "outputs": ("hash_value",),
            "quantise": ("quantiser_for",),
            "tables": ("pandas_encoder", "scipy_encoder"),
            "tensors": ("torch_encoder",),
        },
    )
