"""All that differs between two runs, as plain JSON-able data."""

from __future__ import annotations

from ato._cli.why.cause import command_cause, is_label, most_likely
from ato._cli.why.differences.config import config_changes
from ato._cli.why.differences.environment import environment_changes
from ato._cli.why.differences.inputs import input_changes, rewritten
from ato._cli.why.differences.results import (
    artifact_changes,
    counts,
    ending_changes,
    metric_changes,
    output_changes,
)
from ato._cli.why.differences.sources import (
    mark_settings,
    mark_variables,
    source_changes,
)
from ato._cli.why.differences.traced import code_changes, skipped_by
from ato._cli.why.unexplained import measures, recorded
from ato_sql.comparing import compare_runs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Mapping

    from ato_sql.comparing import Stored


def report_of(stored: Stored, key_a: Any, key_b: Any) -> dict[str, Any]:
    """Compare two runs.

    Returns:
        The run ids `run_a` and `run_b`; lists of changes `config`, `code` (traced functions),
        `sources`, `modules` (loaded by one run only), `inputs`, `environment`, `outputs`,
        `metrics`, `artifacts` and `endings` (if they differ); `rewritten`, sentences on files
        that a run read and then wrote, where results differ; `cause`, the most likely ones as
        `{"kind", "text", "weak"}`; `recorded`, how much of what both runs have; `unexplained`, what
        would record the cause where none is known; `skipped`, what fingerprints did not follow.
    """
    a, b = stored.run(key_a), stored.run(key_b)
    compared = compare_runs(stored, a, b)
    sources, modules = source_changes(stored, a, b, compared)
    config = config_changes(a, b, compared)
    mark_settings(sources, config)
    environment = environment_changes(a, b, compared)
    mark_variables(sources, environment)
    report: dict[str, Any] = {
        "run_a": a.id,
        "run_b": b.id,
        "config": config,
        "code": code_changes(stored, a, b, compared, sources),
        "sources": sources,
        "modules": modules,
        "inputs": input_changes(stored, a, b, compared),
        "environment": environment,
        "outputs": output_changes(stored, compared),
        "metrics": metric_changes(compared),
        "artifacts": artifact_changes(a, b, compared),
        "endings": ending_changes(a, b),
        "rewritten": [],
        "recorded": recorded(a, b),
        "skipped": skipped_by(stored, b),
    }
    if _results_differ(report):
        report["rewritten"] = rewritten(a, b)
    report["cause"] = most_likely(report)
    report["results"] = results_of(report)
    is_open = report["results"] == "differ" and all(one["weak"] for one in report["cause"])
    if is_open:
        report["cause"] = command_cause(report) + report["cause"]
        is_open = all(one["weak"] for one in report["cause"])
    report["unexplained"] = measures(stored, a, b, report) if is_open else []
    return report


def results_of(report: Mapping[str, Any]) -> str | None:
    """Whether outputs, metrics and endings `differ` or `agree`; None where none were recorded."""
    if _results_differ(report):
        return "differ"
    is_known = report["recorded"]["outputs"] or report["recorded"]["metrics"]
    return "agree" if is_known else None


def _results_differ(report: Mapping[str, Any]) -> bool:
    metrics = any(one["differs"] and not one["of_time"] for one in report["metrics"])
    outputs = any(not one["problem"] for one in report["outputs"])
    return metrics or outputs or bool(report["artifacts"]) or any(map(counts, report["endings"]))


def differs(report: Mapping[str, Any]) -> bool:
    """Whether the two runs differ in anything that may matter."""
    return (
        any(not is_label(one) for one in report["config"])
        or any(not one["problem"] for one in report["code"])
        or any(report[part] for part in ("sources", "modules"))
        or any(not one["layout"] for one in report["inputs"])
        or any(one["matters"] for one in report["environment"])
        or _results_differ(report)
    )
