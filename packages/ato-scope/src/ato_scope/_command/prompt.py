"""Parsers of argparse in a notebook or at a prompt, where they must not end the session."""

from __future__ import annotations

import argparse
import contextlib
import os
import sys

from ato_adict.notebooks import running_cell
from ato_scope._command.argparse import parsers_of, read_options
from ato_scope._errors import TokenError
from ato_scope._program import Answered, is_prompt, program_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Collection, Iterator, NoReturn, Sequence

    from ato_scope._command.argparse import Options

    Parser = argparse.ArgumentParser


def read_options_here(parser: Parser, arguments: Sequence[str], known: Collection[str]) -> Options:
    """Let a parser take its options from a command line; see `read_options`.

    Raises:
        TokenError: The parser refuses an argument, and somebody enters statements one by one; else
            it ends the program as argparse does.
        Answered: It has answered, `--version` say, at such a prompt.
    """
    if not is_prompt():
        return read_options(parser, arguments, known)
    name_after_notebook(parser)
    with _without_ending(parser):
        return read_options(parser, arguments, known)


def name_after_notebook(parser: Parser) -> None:
    """Let a parser that has the name of the kernel's program say that of the notebook."""
    kernel = os.path.basename(sys.argv[0]) if sys.argv else ""
    if not kernel or running_cell() is None:
        return
    for each in parsers_of(parser):
        name, space, command = each.prog.partition(" ")
        if name == kernel:
            each.prog = program_name() + space + command


@contextlib.contextmanager
def _without_ending(parser: Parser) -> Iterator[None]:
    """Make the mistakes that a parser and its subparsers find exceptions."""
    # A method of the program's own is left to say what it does.
    usual = [p for p in parsers_of(parser) if _says_as_usual(p)]
    for each in usual:
        each.error = _refuse  # type: ignore[method-assign]
    try:
        yield
    except SystemExit as end:
        if end.code in (None, 0):
            raise Answered(0) from None
        problem = f"the argparse parser ended with exit code {end.code}"
        raise TokenError(end.code if isinstance(end.code, str) else problem) from None
    finally:
        for each in usual:
            del each.error


def _says_as_usual(parser: Parser) -> bool:
    return type(parser).error is argparse.ArgumentParser.error and "error" not in vars(parser)


def _refuse(message: str) -> NoReturn:
    raise TokenError(message) from None
