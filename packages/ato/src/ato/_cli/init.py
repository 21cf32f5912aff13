"""`ato init`: a commented starter program that runs at once."""

from __future__ import annotations

import json
import pathlib

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from typing import Any

STARTER = pathlib.Path(__file__).with_name("starter.py.txt")


def add_command(commands: argparse._SubParsersAction[Any]) -> None:
    """Add `ato init`."""
    init = commands.add_parser("init", help="write a commented starter program, train.py")
    init.add_argument("path", nargs="?", default="train.py", help="where (default: %(default)s)")
    init.add_argument("--json", action="store_true", help="report what was written as JSON")
    init.set_defaults(run=_init)


def _init(options: argparse.Namespace) -> int:
    from shlex import quote

    from ato_adict import UserError
    from ato_adict.surroundings import escaped

    path = pathlib.Path(options.path)
    try:
        # "x" never overwrites: a program is worth more than a starter.
        with path.open("x", encoding="utf-8") as file:
            file.write(STARTER.read_text(encoding="utf-8"))
    except FileExistsError:
        raise UserError(f"{path} exists already; name another file: ato init other.py") from None
    except OSError as error:
        raise UserError(f"cannot write {path}: {error.strerror}") from None
    if options.json:
        print(json.dumps({"written": str(path)}))
    else:
        name = quote(escaped(str(path)))
        print(f"{name} written. Try:\n  python {name}\n  python {name} manual\n  ato runs")
    return 0
