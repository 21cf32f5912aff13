"""What can go wrong with a tracker, each with the thing named and the fix."""

from __future__ import annotations

from typing import Dict

from ato_adict import AtoError, UserError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal


class TrackerError(AtoError):
    """The tracker could not store what it was given; raised only where asked to."""

    __module__ = "ato_sql"


class TrackerWarning(UserWarning):
    """The tracker met trouble and carries on; issued once per logger and kind of trouble."""

    __module__ = "ato_sql"


class SettingsError(UserError):
    """`config.experiment` lacks something or holds what the tracker cannot use."""

    __module__ = "ato_sql"


class DatabaseError(UserError):
    """The database cannot be used as it is: no driver, a newer schema, not a database."""

    __module__ = "ato_sql"


class ArtifactError(UserError, OSError):
    """A file that is to be copied cannot be read, or its copy not be written."""

    __module__ = "ato_sql"


class ExportError(UserError, FileExistsError):
    """An export would take the place of a file that is none."""

    __module__ = "ato_sql"


class NotFoundError(UserError, LookupError):
    """There is no run, project, metric or trace of that name."""

    __module__ = "ato_sql"


class QuestionError(NotFoundError):
    """A question about runs that cannot be read, or asks for what there is not."""

    __module__ = "ato_sql"


class MetricError(UserError, TypeError, ValueError):
    """A metric's key, value or step is not of a kind a tracker can keep."""

    __module__ = "ato_sql"


class MetricOverflowError(MetricError, OverflowError):
    """A metric's value is a number beyond what any database keeps.

    It is refused alone: what `log_metrics` was given beside it is recorded.
    """

    __module__ = "ato_sql"


class NotFound(Dict[str, str]):
    """The falsy result of `find_best_run` and `get_trace_statistics` when there is none.

    It is the dict `{'error': 'Project not found'}` which ato 2.2.1 returned, so code written for
    that keeps working, and it is false, so `if best:` means what it says.

    Attributes:
        kind: what was looked for: `'project'`, `'run'` or `'metric'`.
        name: the name it was looked for under.
    """

    __module__ = "ato_sql"

    def __init__(self, kind: str, name: object, error: str) -> None:
        super().__init__(error=error)
        self.kind: str = kind
        self.name: object = name

    def __bool__(self) -> Literal[False]:
        return False
