"""How to start this program again in another process."""

from __future__ import annotations

import sys

from ato_scope._errors import SweepError


def restart_command() -> list[str]:
    """Return the command that runs the same program, without its arguments.

    Raises:
        SweepError: The program is no file or module that can be started again.
    """
    from subprocess import _args_from_interpreter_flags  # type: ignore[attr-defined]

    main = sys.modules.get("__main__")
    spec = getattr(main, "__spec__", None)
    python = [sys.executable, *_args_from_interpreter_flags()]
    if spec is not None and spec.name:
        name = spec.name
        return [*python, "-m", name[: -len(".__main__")] if name.endswith(".__main__") else name]
    if getattr(main, "__file__", None) is None:
        raise SweepError("a sweep starts the program again; put it in a file to use --sweep")
    return [*python, sys.argv[0]]
