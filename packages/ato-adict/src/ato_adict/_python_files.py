"""Config files in Python."""

from __future__ import annotations

from ato_adict._errors import ConfigFileError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def execute(source: str, path: str) -> dict[str, Any]:
    """Run a config file and return its public variables: no modules, no `_names`."""
    import os
    from types import ModuleType

    variables: dict[str, Any] = {"__file__": os.path.abspath(path), "__name__": "config"}
    try:
        code = compile(source, path, "exec")
    except SyntaxError as error:
        raise ConfigFileError(error.msg, path, error.lineno, error.offset) from None
    exec(code, variables)
    return {
        name: value
        for name, value in variables.items()
        if not name.startswith("_") and not isinstance(value, ModuleType)
    }
