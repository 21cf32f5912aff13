"""A local experiment tracker on SQLite, PostgreSQL or MySQL that loses nothing."""

from __future__ import annotations

from ato_sql._version import __version__ as __version__

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ato_sql._cleanup import Cleanup
    from ato_sql._compare import Change, CodeChange, Comparison, MetricChange
    from ato_sql._errors import (
        DatabaseError,
        MetricError,
        NotFound,
        NotFoundError,
        SettingsError,
        TrackerError,
        TrackerWarning,
    )
    from ato_sql._finder import SQLFinder
    from ato_sql._intake import Intake
    from ato_sql._logger import SQLLogger
    from ato_sql._metrics import Point
    from ato_sql._run import Run
    from ato_sql._schema import (
        Artifact,
        Base,
        Environment,
        Experiment,
        Fingerprint,
        FingerprintSource,
        Metric,
        MetricSummary,
        Note,
        Param,
        Project,
    )
    from ato_sql._traces import TraceVersion

_WHERE = {
    "_logger": ("SQLLogger",),
    "_run": ("Run",),
    "_finder": ("SQLFinder",),
    "_traces": ("TraceVersion",),
    "_metrics": ("Point",),
    "_intake": ("Intake",),
    "_cleanup": ("Cleanup",),
    "_compare": ("Comparison", "Change", "CodeChange", "MetricChange"),
    "_schema": (
        "Base",
        "Project",
        "Experiment",
        "Metric",
        "MetricSummary",
        "Param",
        "Artifact",
        "Fingerprint",
        "FingerprintSource",
        "Environment",
        "Note",
    ),
    "_errors": (
        "TrackerError",
        "TrackerWarning",
        "SettingsError",
        "DatabaseError",
        "MetricError",
        "NotFound",
        "NotFoundError",
    ),
}

__all__ = [
    "SQLLogger",
    "SQLFinder",
    "Run",
    "Comparison",
    "Change",
    "CodeChange",
    "MetricChange",
    "TraceVersion",
    "Point",
    "Intake",
    "Cleanup",
    "Base",
    "Project",
    "Experiment",
    "Metric",
    "MetricSummary",
    "Param",
    "Artifact",
    "Fingerprint",
    "FingerprintSource",
    "Environment",
    "Note",
    "TrackerError",
    "TrackerWarning",
    "SettingsError",
    "DatabaseError",
    "MetricError",
    "NotFound",
    "NotFoundError",
]


# SQLAlchemy takes a quarter of a second to import; `ato --help` should not wait for it.
def __getattr__(name: str) -> object:
    for module, names in _WHERE.items():
        if name in names:
            import importlib

            return getattr(importlib.import_module(f"ato_sql.{module}"), name)
    raise AttributeError(f"module 'ato_sql' has no attribute {name!r}")
