"""Config files in Python."""

from __future__ import annotations

import ast
import re
import sys
from keyword import iskeyword
from types import FunctionType, ModuleType

from ato_adict._basics.errors import ConfigFileError, ConversionError, NestingError
from ato_adict._files.formats.simplify import Rules, countable, no_surrogates, set_problem, simplify
from ato_adict.surroundings import absolute

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

BASE = "_base_"


def execute(source: str, path: str) -> dict[str, Any]:
    """Run a config file and return its variables, without modules, functions and classes.

    Args:
        source: The text of the file.
        path: Its path, for messages and `__file__`.
    """
    variables = new_variables(path)
    tree = read_code(source, path)
    if sets_bases(tree):
        problem = "builds on other files by _base_; read it with ADict.from_mm_config(path)"
        raise ConfigFileError(problem, path)
    run_code(tree, variables, path)
    return visible(variables)


def sets_bases(tree: ast.AST) -> bool:
    """Whether code says which files it builds on, as those of OpenMMLab do."""
    return any(
        isinstance(part, ast.Name) and part.id == BASE and isinstance(part.ctx, ast.Store)
        for part in ast.walk(tree)
    )


def new_variables(path: str) -> dict[str, Any]:
    """Return the variables that a config file begins with."""
    return {"__file__": absolute(path), "__name__": "config"}


def visible(variables: dict[str, Any], private: bool = False) -> dict[str, Any]:
    """Return the variables of a config file that are values of the config.

    Args:
        variables: All of them.
        private: Whether variables that begin with one underscore count.
    """
    hidden = "__" if private else "_"
    return {
        name: value
        for name, value in variables.items()
        if not name.startswith(hidden) and not isinstance(value, (ModuleType, FunctionType, type))
    }


def read_code(source: str, path: str) -> ast.Module:
    """Return the syntax tree of a config file."""
    if "\0" in source:  # which some Pythons name without its line
        line = source.count("\n", 0, source.index("\0")) + 1
        raise ConfigFileError("a null byte, which no program holds", path, line)
    try:
        return ast.parse(source, path)
    except (SyntaxError, ValueError) as error:
        raise _malformed(error, path) from None
    except (RecursionError, MemoryError):  # the latter is what parsers say of many brackets
        raise NestingError(f"{path}: nested too deeply") from None


def run_code(tree: ast.Module, variables: dict[str, Any], path: str) -> None:
    """Run the syntax tree of a config file with these variables."""
    try:
        code = compile(tree, path, "exec")
    except (SyntaxError, ValueError) as error:
        raise _malformed(error, path) from None
    except (RecursionError, MemoryError):
        raise NestingError(f"{path}: nested too deeply") from None
    _run(code, variables, path)


def _malformed(error: Exception, path: str) -> ConfigFileError:
    line, column = getattr(error, "lineno", None), getattr(error, "offset", None)
    return ConfigFileError(getattr(error, "msg", str(error)), path, line, column)


def _run(code: Any, variables: dict[str, Any], path: str) -> None:
    try:
        exec(code, variables)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # a config that exits does not end the program that reads it
        lines = []
        trace = error.__traceback__
        while trace is not None:
            if trace.tb_frame.f_code.co_filename == path:
                lines.append(trace.tb_lineno)
            trace = trace.tb_next
        raise ConfigFileError(_problem(error), path, lines[-1] if lines else None) from error


def _problem(error: BaseException) -> str:
    kind = type(error).__name__
    if isinstance(error, SystemExit):
        return f"ends the program ({kind}: {error.code}); a config only sets values"
    try:
        return f"{kind}: {error}"
    except (Exception, SystemExit):  # its own text fails
        return kind


def is_program(path: str) -> bool:
    """Tell whether a file in Python does more than give values to names."""
    try:
        with open(path, "rb") as file:
            body = ast.parse(file.read()).body
    except (RecursionError, MemoryError):  # nested more deeply than what can be read
        return is_large_program(path)
    except (OSError, SyntaxError, ValueError):
        return True  # not what was written as a config
    return not all(isinstance(one, (ast.Assign, ast.AnnAssign)) or _is_text(one) for one in body)


def is_large_program(path: str) -> bool:
    """Tell the same of a file that is too large to be parsed, by what stands at its margin."""
    with open(path, encoding="utf-8", errors="replace") as file:
        return any(line[:1].strip() and not _AT_MARGIN.match(line) for line in file)


# A name that gets a value, a comment, a text, or the end of a value.
_AT_MARGIN = re.compile(r"""[^\W\d]\w*\s*(?:=(?!=)|:.*=)|[#)\]}"']""")


def _is_text(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and type(statement.value) in (ast.Constant, _STR)


_STR = getattr(ast, "Str", ast.Constant) if sys.version_info < (3, 8) else ast.Constant


def dumps(tree: Any) -> str:
    """Return a config as a Python file: one assignment per top-level key.

    Raises:
        ConversionError: For a key that is no variable name, or a value that is no literal.
    """
    plain = simplify(tree, _rules())
    for name in plain:
        if not isinstance(name, str) or not name.isidentifier() or iskeyword(name):
            raise ConversionError(f"Python cannot hold the key {name!r}: not a variable name")
        if name.startswith("_"):
            raise ConversionError(f"Python cannot hold the key {name!r}: a private name")
    return "".join([f"{name} = {_literal(value)}\n" for name, value in plain.items()])


def _rules() -> Rules:
    keys = (str, int, bool, type(None), bytes, complex)
    checks: dict[type, Any] = {**dict.fromkeys(keys), str: no_surrogates, int: countable}
    members = (*keys, float, tuple, frozenset)
    checks[set] = lambda value: set_problem(value, members)
    return Rules("Python", {**checks, float: None}, keys, tuples=True)


def _literal(value: Any, indent: str = "") -> str:
    """Return a value as source text, a dict over several lines."""
    if isinstance(value, dict):
        below = indent + "    "
        items = [f"{below}{_literal(k)}: {_literal(v, below)},\n" for k, v in value.items()]
        return "{\n" + "".join(items) + indent + "}" if items else "{}"
    if isinstance(value, (list, tuple)):
        text = ", ".join([_literal(item, indent) for item in value])
        if isinstance(value, list):
            return f"[{text}]"
        return f"({text},)" if len(value) == 1 else f"({text})"
    if isinstance(value, (set, frozenset)):
        members = ", ".join(sorted(map(_literal, value)))
        text = f"{{{members}}}" if members else ""
        return text if text and isinstance(value, set) else f"{type(value).__name__}({text})"
    if isinstance(value, float) and value - value != 0:
        return f'float("{value}")'
    if isinstance(value, complex):
        return _complex(value)
    return repr(value)


def _complex(value: complex) -> str:
    """Return a complex number; what is not finite, or a negative zero, is no literal.

    Nor is `-1j` alone, which is minus `1j`, and so has a negative zero in front.
    """
    plain = all(part - part == 0 and repr(part) != "-0.0" for part in (value.real, value.imag))
    plain = plain and (value.real != 0 or value.imag >= 0)
    return repr(value) if plain else f"complex({_literal(value.real)}, {_literal(value.imag)})"
