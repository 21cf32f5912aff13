"""The errors of ato, from the most general down, and the suggestion that many of them end with."""

from __future__ import annotations

from ato_adict._basics.texts import one_line

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Iterable, Mapping


class AtoError(Exception):
    """The base of every error ato raises on purpose."""

    __module__ = "ato_adict"


class UserError(AtoError):
    """A mistake in what the user typed or wrote; at the command line one line and exit code 2."""

    __module__ = "ato_adict"


class FrozenError(AtoError, AttributeError, TypeError):
    """A write to a frozen config; `defrost()` the tree or write to a `clone()`."""

    __module__ = "ato_adict"


class UnsetKeyError(AtoError, AttributeError):
    """An attribute that is not a key of the config; the message holds its full dotted name."""

    __module__ = "ato_adict"

    def __init__(self, message: object, name: str | None = None) -> None:
        super().__init__(message)
        # Set here, so that Python does not set it and add a second suggestion to tracebacks.
        self.name: str | None = name

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (str(self), self.name)


class MissingKeyError(AtoError, KeyError):
    """An item that is not a key of the config; the message holds its full dotted name."""

    __module__ = "ato_adict"

    def __str__(self) -> str:
        # KeyError prints the repr of its argument, which would quote the whole sentence.
        return str(self.args[0]) if self.args else ""


class ReservedNameError(AtoError, AttributeError):
    """An attribute write whose name is a method of the config; write `config['name']`."""

    __module__ = "ato_adict"


class NestingError(AtoError, ValueError):
    """Data that contains itself or is nested too deeply to walk."""

    __module__ = "ato_adict"


class ConversionError(AtoError, TypeError):
    """A value that a format, dataclass or dotted name cannot hold; the message names its key."""

    __module__ = "ato_adict"


class ValidationError(UserError, ValueError):
    """A config that does not fit its schema.

    Attributes:
        problems: One sentence for each key at fault, in order.
    """

    __module__ = "ato_adict"

    def __init__(self, problems: list[str]) -> None:
        super().__init__(problems)
        self.problems = problems

    def __str__(self) -> str:
        return "; ".join(self.problems)


class InterpolationError(UserError, ValueError):
    """A `${...}` that cannot be resolved: unknown, unset or referring to itself."""

    __module__ = "ato_adict"


class ConfigFileError(UserError, ValueError):
    """A config file or text that cannot be read.

    Attributes:
        path: The file, or None for a text.
        line: The line at fault, from 1, where known.
        column: The column at fault, from 1, where known.
    """

    __module__ = "ato_adict"

    def __init__(
        self,
        problem: str,
        path: str | None = None,
        line: int | None = None,
        column: int | None = None,
    ) -> None:
        super().__init__(problem, path, line, column)
        self.problem = problem
        self.path = path
        self.line = line
        self.column = column

    def __str__(self) -> str:
        place = [str(part) for part in (self.path, self.line, self.column) if part is not None]
        place[:1] = [one_line(part) or "''" for part in place[:1]]
        if self.path is None and self.line is not None:
            place = [f"line {self.line}"]
            if self.column is not None:
                place.append(f"column {self.column}")
            return f"{', '.join(place)}: {self.problem}"
        return ": ".join([":".join(place), self.problem] if place else [self.problem])


class ConfigFileNotFoundError(ConfigFileError, FileNotFoundError):
    """A config file that does not exist."""

    __module__ = "ato_adict"

    def __init__(self, problem: str, path: str | None = None) -> None:
        super().__init__(problem, path)


def did_you_mean(
    name: object, candidates: Iterable[object], spelled: Mapping[str, str] | None = None
) -> str:
    """Return a suggestion to append to an error message.

    Args:
        name: The name that was not found.
        candidates: The names that exist; those that are no strings are ignored.
        spelled: How a candidate is to be written, where that is not its name alone.

    Returns:
        `"; did you mean 'x'?"` with the closest candidate, or `""` where none is close.
    """
    if not isinstance(name, str):
        return ""
    from difflib import get_close_matches

    names = {c.lower(): c for c in candidates if isinstance(c, str) and c != name}
    wanted = name.lower()
    close = get_close_matches(wanted, list(names), n=1, cutoff=0.65)
    close = close or [name for name in names if _begins(wanted, name) or _swaps(wanted, name)]
    if not close:
        return ""
    meant = names[close[0]]
    return f"; did you mean {_quoted((spelled or {}).get(meant, meant))}?"


def did_you_mean_file(path: str) -> str:
    """Return a suggestion as `did_you_mean` does, for a path at which there is no file.

    Args:
        path: The path that was not found.

    Returns:
        The name of the closest file of the same folder, or `""` where none is close.
    """
    import os

    folder, name = os.path.split(path)
    try:
        return did_you_mean(name, sorted(os.listdir(folder or os.curdir)))
    except (OSError, ValueError):
        return ""


def _quoted(name: str) -> str:
    """Return a name in quotes, so that a shell takes it for one word whatever is in it."""
    if "'" not in name:
        return f"'{name}'"
    from shlex import quote

    return quote(name)


def _begins(one: str, other: str) -> bool:
    """Whether one name is the beginning of the other, as 'batch' is of 'batch_size'."""
    shorter, longer = sorted((one, other), key=len)
    return len(shorter) > 1 and longer.startswith(shorter)


def _swaps(one: str, other: str) -> bool:
    """Whether two letters changed places, as in 'rl' for 'lr', which is too short to be close."""
    differ = [pair for pair in zip(one, other) if pair[0] != pair[1]]
    return len(one) == len(other) and len(differ) == 2 and differ[0] == differ[1][::-1]
