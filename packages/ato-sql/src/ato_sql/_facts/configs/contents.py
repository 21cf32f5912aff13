"""What a value holds that its repr may not tell: arrays, tables, functions, plain objects."""

from __future__ import annotations

import functools
import hashlib
import types
from typing import Any, Mapping

from ato_adict.surroundings import whole_repr
from ato_sql._values.secrets.names import is_secret_key


def content_bytes(value: Any) -> bytes | None:
    """Return the content of bytes, an array, a tensor or a data frame; None of anything else."""
    if isinstance(value, (bytes, bytearray, memoryview)):
        return bytes(value)
    try:
        if hasattr(value, "to_csv") and hasattr(value, "dtypes"):  # a frame or series of pandas
            kinds = value.dtypes.to_dict() if hasattr(value.dtypes, "to_dict") else value.dtypes
            return f"{kinds!r}\n{value.to_csv()}".encode()
        if hasattr(value, "detach") and hasattr(value, "numpy"):  # a tensor
            value = value.detach().cpu().numpy()
        if hasattr(value, "tobytes") and hasattr(value, "dtype") and not value.dtype.hasobject:
            return f"{value.dtype.str} {value.shape}\n".encode() + bytes(value.tobytes())
        if hasattr(value, "tolist") and hasattr(value, "dtype"):  # an array of objects
            return whole_repr((value.shape, value.tolist())).encode("utf-8", "backslashreplace")
    except Exception:  # a config value must never fail a run
        return None
    return None


def content_hash_of(value: Any) -> str | None:
    """Return the hash of an array, a tensor or a data frame, whose repr leaves values out."""
    if isinstance(value, (bytes, bytearray, memoryview, type)):
        return None  # their repr is whole
    data = content_bytes(value)
    return None if data is None else "sha256:" + hashlib.sha256(data).hexdigest()


def state_of(value: Any) -> Mapping[str, Any] | None:
    """Return what a function or a plain object is made of, None where that cannot be told."""
    if isinstance(value, types.MethodType):
        return {"function": value.__func__, "self": value.__self__}
    if isinstance(value, types.FunctionType):
        return _of_function(value)
    if all(hasattr(value, name) for name in ("func", "args", "keywords")):  # functools.partial
        return {"func": value.func, "args": value.args, "keywords": value.keywords}
    if isinstance(value, type) or callable(getattr(type(value), "__next__", None)):
        return None
    state = dict(getattr(value, "__dict__", {}))
    for cls in type(value).__mro__:
        slots = cls.__dict__.get("__slots__", ())
        for name in (slots,) if isinstance(slots, str) else slots:
            if name not in ("__dict__", "__weakref__") and hasattr(value, name):
                state[name] = getattr(value, name)
    return state or None


def with_names(value: Any) -> Any:
    """Return a named tuple or a partial by names where one is of a secret, so that it is hidden.

    Of a URL that urllib took apart, with a password in it, the text. Any other value comes back as
    it is.
    """
    if isinstance(value, functools.partial) and value.args:
        named = _named_arguments(value)
        if any(map(is_secret_key, named)):
            return functools.partial(value.func, **{**named, **value.keywords})
    elif isinstance(value, tuple) and hasattr(value, "_fields"):
        if any(map(is_secret_key, value._fields)):
            return dict(zip(value._fields, value))
        if hasattr(value, "geturl") and value.password:  # type: ignore[attr-defined]
            return value.geturl()
    return value


def _named_arguments(value: functools.partial[Any]) -> dict[str, Any]:
    import inspect  # of configs that hold partials

    try:
        return dict(inspect.signature(value.func).bind_partial(*value.args).arguments)
    except (TypeError, ValueError):  # built in, or they do not fit
        return {}


def _of_function(function: types.FunctionType) -> dict[str, Any]:
    cells = [_cell(cell) for cell in function.__closure__ or ()]
    parts: dict[str, Any] = {"code": hashlib.sha256(_code(function.__code__)).hexdigest()}
    if function.__defaults__ or function.__kwdefaults__:
        parts["defaults"] = [_positional_defaults(function), function.__kwdefaults__]
    if cells:
        parts["closure"] = dict(zip(function.__code__.co_freevars, cells))
    return parts


def _positional_defaults(function: types.FunctionType) -> Any:
    """Return the defaults; by their names where one is that of a secret, so that it is hidden."""
    values = function.__defaults__ or ()
    count = function.__code__.co_argcount
    names = function.__code__.co_varnames[count - len(values) : count]
    return dict(zip(names, values)) if any(map(is_secret_key, names)) else function.__defaults__


def _cell(cell: Any) -> Any:
    try:
        return cell.cell_contents
    except ValueError:  # not filled yet
        return None


def _code(code: types.CodeType) -> bytes:
    """Return what a code object does, without where it stands and what its variables are called."""
    import dis  # of configs that hold functions

    steps: Any
    try:
        steps = [(step.opname, _operand(step, dis)) for step in dis.get_instructions(code)]
    except ValueError:  # it writes the constants, of which an integer has too many digits
        steps = [code.co_code, [*map(_constant, code.co_consts)], code.co_names]
    whole = (steps, code.co_argcount, code.co_kwonlyargcount, code.co_flags & _TAKES_ANY)
    return whole_repr(whole).encode("utf-8", "backslashreplace")


_TAKES_ANY = 0x04 | 0x08  # *args, **kwargs


def _operand(step: Any, dis: Any) -> Any:
    if step.opcode in dis.hasconst:
        return _constant(step.argval)
    return step.argval if step.opcode in dis.hasname or step.opcode in dis.hascompare else step.arg


def _constant(value: Any) -> Any:
    if isinstance(value, types.CodeType):
        return _code(value)
    if isinstance(value, frozenset):  # in an order that changes from run to run
        return sorted(map(whole_repr, value))
    return value
