"""The errors of ato, from the most general down."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    pass


class AtoError(Exception):
    """The base of every error ato raises on purpose."""


class UserError(AtoError):
    """A mistake in what the user typed or wrote; at the command line one line and exit code 2."""


class FrozenError(AtoError, AttributeError, TypeError):
    """A write to a frozen config; `defrost()` the tree or write to a `clone()`."""


class UnsetKeyError(AtoError, AttributeError):
    """An attribute that is not a key of the config; the message holds its full dotted name."""

    def __init__(self, message: object, name: str | None = None) -> None:
        super().__init__(message)
        # Set here, so that Python does not set it and add a second suggestion to tracebacks.
        self.name: str | None = name

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (str(self), self.name)


class MissingKeyError(AtoError, KeyError):
    """An item that is not a key of the config; the message holds its full dotted name."""

    def __str__(self) -> str:
        # KeyError prints the repr of its argument, which would quote the whole sentence.
        return str(self.args[0]) if self.args else ""


class ReservedNameError(AtoError, AttributeError):
    """An attribute write whose name is a method of the config; write `config['name']`."""


class NestingError(AtoError, ValueError):
    """Data that contains itself or is nested too deeply to walk."""


class ConversionError(AtoError, TypeError):
    """A value that a format, dataclass or dotted name cannot hold; the message names its key."""


class ValidationError(UserError, ValueError):
    """A config that does not fit its schema.

    Attributes:
        problems: One sentence for each key at fault, in order.
    """

    def __init__(self, problems: list[str]) -> None:
        super().__init__(problems)
        self.problems = problems

    def __str__(self) -> str:
        return "; ".join(self.problems)


class InterpolationError(UserError, ValueError):
    """A `${...}` that cannot be resolved: unknown, unset or referring to itself."""


class ConfigFileError(UserError, ValueError):
    """A config file or text that cannot be read.

    Attributes:
        path: The file, or None for a text.
        line: The line at fault, from 1, where known.
        column: The column at fault, from 1, where known.
    """

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
        if self.path is None and self.line is not None:
            place = [f"line {self.line}"]
            if self.column is not None:
                place.append(f"column {self.column}")
            return f"{', '.join(place)}: {self.problem}"
        return ": ".join([":".join(place), self.problem] if place else [self.problem])


class ConfigFileNotFoundError(ConfigFileError, FileNotFoundError):
    """A config file that does not exist."""

    def __init__(self, problem: str, path: str | None = None) -> None:
        super().__init__(problem, path)
