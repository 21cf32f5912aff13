"""Config files in Python."""

from __future__ import annotations

from ato_adict._errors import ConfigFileError, ConversionError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def execute(source: str, path: str, private: bool = False) -> dict[str, Any]:
    """Run a config file and return its variables, without modules, functions and classes.

    Args:
        source: The text of the file.
        path: Its path, for messages and `__file__`.
        private: Whether variables that begin with one underscore count.
    """
    import os
    from types import FunctionType, ModuleType

    variables: dict[str, Any] = {"__file__": os.path.abspath(path), "__name__": "config"}
    try:
        code = compile(source, path, "exec")
    except (SyntaxError, ValueError) as error:
        line, column = getattr(error, "lineno", None), getattr(error, "offset", None)
        raise ConfigFileError(getattr(error, "msg", str(error)), path, line, column) from None
    _run(code, variables, path)
    hidden = "__" if private else "_"
    return {
        name: value
        for name, value in variables.items()
        if not name.startswith(hidden) and not isinstance(value, (ModuleType, FunctionType, type))
    }


def _run(code: Any, variables: dict[str, Any], path: str) -> None:
    try:
        exec(code, variables)
    except Exception as error:
        lines = []
        trace = error.__traceback__
        while trace is not None:
            if trace.tb_frame.f_code.co_filename == path:
                lines.append(trace.tb_lineno)
            trace = trace.tb_next
        problem = f"{type(error).__name__}: {error}"
        raise ConfigFileError(problem, path, lines[-1] if lines else None) from error


def dumps(tree: Any) -> str:
    """Return a config as a Python file: one assignment per top-level key.

    Raises:
        ConversionError: For a key that is no variable name, or a value that is no literal.
    """
    from keyword import iskeyword

    from ato_adict._simplify import simplify

    plain = simplify(tree, _rules())
    for name in plain:
        if not isinstance(name, str) or not name.isidentifier() or iskeyword(name):
            raise ConversionError(f"Python cannot hold the key {name!r}: not a variable name")
        if name.startswith("_"):
            raise ConversionError(f"Python cannot hold the key {name!r}: a private name")
    return "".join([f"{name} = {_literal(value)}\n" for name, value in plain.items()])


def _rules() -> Any:
    from ato_adict._simplify import Rules, countable, no_surrogates

    keys = (str, int, bool, type(None), bytes, complex)
    checks: dict[type, Any] = {**dict.fromkeys(keys), str: no_surrogates, int: countable}
    return Rules("Python", {**checks, float: None, set: None}, keys, tuples=True)


def _literal(value: Any, indent: str = "") -> str:
    """Return a value as source text, a dict over several lines."""
    if isinstance(value, dict):
        below = indent + "    "
        items = [f"{below}{k!r}: {_literal(v, below)},\n" for k, v in value.items()]
        return "{\n" + "".join(items) + indent + "}" if items else "{}"
    if isinstance(value, (list, tuple)):
        text = ", ".join([_literal(item, indent) for item in value])
        if isinstance(value, list):
            return f"[{text}]"
        return f"({text},)" if len(value) == 1 else f"({text})"
    if isinstance(value, float) and value - value != 0:
        return f'float("{value}")'
    return repr(value)
