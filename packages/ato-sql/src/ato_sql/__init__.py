"""A local experiment tracker on SQLite, PostgreSQL or MySQL that loses nothing."""

from __future__ import annotations

from ato_adict import lazy_exports
from ato_sql._version import __version__ as __version__

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable

    from ato_sql._db.schema import (
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
    from ato_sql._errors import (
        ArtifactError,
        DatabaseError,
        ExportError,
        MetricError,
        MetricOverflowError,
        NotFound,
        NotFoundError,
        QuestionError,
        SettingsError,
        TrackerError,
        TrackerWarning,
    )
    from ato_sql._exchange.cleanup import Cleanup
    from ato_sql._exchange.importing import Intake
    from ato_sql._finder import SQLFinder
    from ato_sql._logger import SQLLogger
    from ato_sql._read.differences.compare import Change, CodeChange, Comparison, MetricChange
    from ato_sql._read.points.metrics import Point
    from ato_sql._read.traces import TraceVersion
    from ato_sql._read.which.nesting import NestedRun
    from ato_sql._write.run import Run
    from ato_sql._write.storing.replay import Replayed

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
    "NestedRun",
    "Intake",
    "Replayed",
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
    "ArtifactError",
    "ExportError",
    "MetricError",
    "MetricOverflowError",
    "NotFound",
    "NotFoundError",
    "QuestionError",
]

# SQLAlchemy takes a quarter of a second to import: `ato --help` should not wait for it, nor the
# `--help` of a program that imports a logger, whose rooms open at their first use.
__getattr__: Callable[[str], Any] = lazy_exports(
    __name__,
    {
        "_logger": ["SQLLogger"],
        "_finder": ["SQLFinder"],
        "_write.run": ["Run"],
        "_read.traces": ["TraceVersion"],
        "_read.points.metrics": ["Point"],
        "_read.which.nesting": ["NestedRun"],
        "_read.differences.compare": ["Comparison", "Change", "CodeChange", "MetricChange"],
        "_exchange.importing": ["Intake"],
        "_write.storing.replay": ["Replayed"],
        "_exchange.cleanup": ["Cleanup"],
        "_db.schema": [
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
        ],
        "_errors": [
            "TrackerError",
            "TrackerWarning",
            "SettingsError",
            "DatabaseError",
            "ArtifactError",
            "ExportError",
            "MetricError",
            "MetricOverflowError",
            "NotFound",
            "NotFoundError",
            "QuestionError",
        ],
    },
)
