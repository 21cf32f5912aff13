"""What can go wrong with a tracker, each with the thing named and the fix."""

from __future__ import annotations

from ato_adict import AtoError, UserError


class TrackerError(AtoError):
    """The tracker could not store what it was given; raised only where asked to."""


class TrackerWarning(UserWarning):
    """The tracker met trouble and carries on; issued once per logger and kind of trouble."""


class SettingsError(UserError):
    """`config.experiment` lacks something or holds what the tracker cannot use."""


class DatabaseError(UserError):
    """The database cannot be used as it is: no driver, a newer schema, not a database."""


class NotFoundError(UserError, LookupError):
    """There is no run, project, metric or trace of that name."""


class MetricError(UserError, TypeError, ValueError):
    """A metric's key, value or step is not of a kind a tracker can keep."""


class NotFound(dict):  # type: ignore[type-arg]
    """The falsy result of `find_best_run` and `get_trace_statistics` when there is none.

    It is the dict `{'error': 'Project not found'}` which ato 2.2.1 returned, so code written for
    that keeps working, and it is false, so `if best:` means what it says.

    Attributes:
        kind: what was looked for: `'project'`, `'run'` or `'metric'`.
        name: the name it was looked for under.
    """

    def __init__(self, kind: str, name: object, error: str) -> None:
        super().__init__(error=error)
        self.kind = kind
        self.name = name

    def __bool__(self) -> bool:
        return False
