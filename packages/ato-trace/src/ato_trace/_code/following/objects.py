"""What an object is made of: the parts of its state that are part of the program.

Each function gives pairs (how the part is reached, the part); objects of libraries are recognised
by what they have, and no library is imported.
"""

from __future__ import annotations

import sys
from types import FunctionType

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any, List, Tuple

    Parts = List[Tuple[str, Any]]

# Where wrappers of libraries keep the function they were given.
_WRAPPED = ("pyfunc", "py_func", "_torchdynamo_inline", "_torchdynamo_orig_callable", "_orig_mod")
_MOST_PARAMETERS = 1_000_000  # elements of a module whose parameters count
_MISSING = object()


def function_behind(value: Any) -> Any:
    """The function that a wrapper of a library calls: np.vectorize, njit, torch.jit.script."""
    for name in _WRAPPED:
        try:
            inner = getattr(value, name, None)
        except Exception:  # objects that make up attributes may raise anything
            continue
        if inner is not None and not isinstance(value, type):
            return inner
    return None


def state_of(value: Any) -> Parts:
    """The attributes of an object of the user's, by name."""
    found = dict(getattr(value, "__dict__", {}))
    for cls in type(value).__mro__:
        slots = vars(cls).get("__slots__", ())
        for name in [slots] if isinstance(slots, str) else slots:
            attribute = getattr(value, name, _MISSING) if name[:2] != "__" else _MISSING
            if attribute is not _MISSING:
                found[name] = attribute
    return sorted(found.items())


def arguments_kept(value: Any) -> Parts:
    """What an object of a library was made with, as far as it keeps it under the same names."""
    if hasattr(value, "get_params"):  # an estimator of scikit-learn
        try:
            return sorted(value.get_params(deep=False).items())
        except Exception:  # not one after all
            pass
    if type(value).__module__ == "operator":  # itemgetter and its kin
        return [(str(i), item) for i, item in enumerate(value.__reduce__()[1])]
    init = getattr(type(value), "__init__", None)
    if not isinstance(init, FunctionType):
        return []
    code = init.__code__
    names = code.co_varnames[1 : code.co_argcount + code.co_kwonlyargcount]
    state = getattr(value, "__dict__", {})
    return sorted((name, state[name]) for name in names if name in state)


# -- torch ----------------------------------------------------------------------------------------


def is_torch_module(value: Any) -> bool:
    """Whether a value is an nn.Module."""
    nn = getattr(sys.modules.get("torch"), "nn", None)
    return nn is not None and isinstance(value, nn.Module)


def submodules(module: Any) -> Iterator[tuple[str, Any]]:
    """A module and those inside it, by their paths."""
    for path, child in module.named_modules():
        yield "." + path if path else "", child


def settings_of(module: Any) -> Parts:
    """What a module of the user's holds beside parameters, buffers and other modules."""
    return sorted(
        (name, value)
        for name, value in vars(module).items()
        if not name.startswith("_") and name != "training"
    )


def parameters_of(module: Any) -> Any:
    """The parameters and buffers of a module, or None where they are too many to count."""
    state = module.state_dict()
    size = sum(getattr(value, "nelement", int)() for value in state.values())
    return state if size <= _MOST_PARAMETERS else None
