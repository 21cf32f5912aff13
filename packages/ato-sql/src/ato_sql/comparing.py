"""Two runs side by side, read as they are stored and without SQLAlchemy where that can be.

For programs that explain runs, as `ato why` does; `SQLFinder.compare` gives the same comparison.
`ato_sql.cli.open_stored` opens a database as `Stored`. `rerun_environment` tells a program that its
run is the rerun of another, as `ato verify` does; `is_named_worker` says whether the worker that
made a run can be found again in its rerun, `output_encoding` how this process encodes what it
prints. `literal` is a stored value as Python writes it.
"""

from __future__ import annotations

from ato_sql._facts.configs.config import is_incidental
from ato_sql._facts.facts import output_encoding
from ato_sql._facts.rerun import rerun_environment
from ato_sql._facts.worker import is_named_worker
from ato_sql._read.differences.compare import (
    Change,
    CodeChange,
    Comparison,
    MetricChange,
    compare_runs,
)
from ato_sql._read.differences.environment import is_drawn, is_job_identity, matters
from ato_sql._read.differences.inputs import records_inputs
from ato_sql._read.stored import Stored, StoredMetric, StoredPrint, StoredRun
from ato_sql._values.marked import literal
from ato_sql._values.shown import number_text
from ato_sql._values.values import plain

__all__ = [
    "Stored",
    "StoredRun",
    "StoredMetric",
    "StoredPrint",
    "compare_runs",
    "Comparison",
    "Change",
    "CodeChange",
    "MetricChange",
    "matters",
    "is_job_identity",
    "is_drawn",
    "is_incidental",
    "records_inputs",
    "plain",
    "number_text",
    "literal",
    "rerun_environment",
    "is_named_worker",
    "output_encoding",
]

for _public in (Stored, StoredRun, StoredMetric, StoredPrint):
    _public.__module__ = __name__
