"""`ato verify RUN`: run it again and compare what comes out."""

from __future__ import annotations

import json
import math

from ato._cli.numbers import as_float

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from typing import Any, Mapping

    from ato_sql import SQLFinder

TITLES = {
    "same": "the same: outputs and metrics are equal",
    "within tolerance": "within tolerance: not every bit is the same",
    "changed": "changed",
}
_NOTHING = " (none were logged)"


def add_command(commands: argparse._SubParsersAction[Any]) -> None:
    """Add `ato verify`."""
    verify = commands.add_parser(
        "verify",
        help="run a run again and compare its outputs and metrics",
        description="Run the recorded command again in its directory, with the Python that it ran "
        "with, as a rerun in the same database, and compare outputs and final metrics. Exit code 1 "
        "where they changed. Reruns have the tag rerun and the run as their parent, and do not "
        "count in lists and among the best. The program runs with your rights: verify only what "
        "you trust.",
    )
    verify.add_argument("run_id", metavar="RUN", help="id, UUID, name, last, -1, …")
    for name, default, kind in (("--rtol", 1e-5, "relative"), ("--atol", 1e-8, "absolute")):
        verify.add_argument(
            name, type=_tolerance, default=default, help=f"{kind} (default: %(default)s)"
        )
    verify.add_argument(
        "--db", metavar="URL", help="the database (default: ATO_DB, experiments.db)"
    )
    verify.add_argument("--json", action="store_true", help="print the verdict as JSON")
    verify.set_defaults(run=_verify)


def _tolerance(text: str) -> float:
    """Return a number that a distance can be compared to; `nan` would find nothing close."""
    import argparse

    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not number >= 0:
        raise argparse.ArgumentTypeError(f"must be a number of 0 or more, not {text!r}")
    return number


def _verify(options: argparse.Namespace) -> int:
    from ato._cli.rerun import at_the_same_time, run_again
    from ato._cli.why.report import report_of
    from ato_adict import UserError
    from ato_sql.cli import database_anywhere, open_finder, open_stored
    from ato_sql.comparing import plain

    finder = open_finder(options.db)
    run = finder.named_run(options.run_id)
    if run.status == "running":
        raise UserError(f"run {run.id} is still running: verify it when it has ended")
    again = run_again(finder, run, options.json, database_anywhere(options.db))
    report = report_of(open_stored(options.db), run.id, again)
    verdict = _judge(finder, report, options.rtol, options.atol)
    why = None if verdict["verdict"] == "same" else report
    options.answer = 1 if verdict["verdict"] == "changed" else 0
    others = at_the_same_time(finder, run) if options.answer else []
    if others:
        named = ", ".join(map(str, others))
        verdict["changes"].append(
            f"run {run.id} ran at the same time as {named} of its program: where their order is by "
            f"chance, run {again} is another of them"
        )
    if options.json:
        print(json.dumps({"run": run.id, "again": again, **verdict, "why": plain(why)}))
    else:
        _print(run.id, again, verdict, why, report["results"] is not None)
    return int(options.answer)


def _print(run: int, again: int, verdict: Mapping[str, Any], report: Any, recorded: bool) -> None:
    """Print the verdict, what differs, and, as `ato why` says it, why."""
    from ato._cli.why.sentences import sentences
    from ato_adict.surroundings import escaped

    none = _NOTHING if report is None and not recorded else ""
    print(f"run {again}, against run {run}: {TITLES[verdict['verdict']]}{none}")
    for line in verdict["changes"]:
        print(f"  {escaped(line)}")
    if report is not None:
        print()
        for line in sentences(report, results=False):
            print(escaped(line))


def _judge(
    finder: SQLFinder, report: Mapping[str, Any], rtol: float, atol: float
) -> dict[str, Any]:
    """Say whether outputs, metrics and endings are the same, within tolerance, or changed."""
    from ato._cli.why.differences.results import counts, ending_sentence

    compared = finder.compare(report["run_a"], report["run_b"]).to_dict()
    checked = [
        _check_output(finder, name, change, rtol, atol)
        for name, change in compared["outputs"].items()
    ]
    checked += [_check_metric(k, m, rtol, atol) for k, m in compared["metrics"].items()]
    # That a run was killed is said where it may explain what else differs.
    differs = any(not is_close for _, is_close in checked)
    endings = [one for one in report["endings"] if differs or counts(one)]
    checked += [(f"it ended: {ending_sentence(one)}", False) for one in endings]
    changed = [line for line, is_close in checked if not is_close]
    close = [line for line, is_close in checked if is_close and line]
    verdict = "changed" if changed else "within tolerance" if close else "same"
    return {"verdict": verdict, "changes": changed + close}


def _check_output(
    finder: SQLFinder, name: str, change: Mapping[str, Any], rtol: float, atol: float
) -> tuple[str, bool]:
    """Return what to say of an output that is not bit for bit the same, and whether it is close."""
    from ato_trace import verify_recorded

    if not change["a"] or not change["b"]:
        return f"output {name} is only in the {'first' if change['a'] else 'second'} run", False
    old, new = (finder.get_fingerprint_source(change[side][-1]) for side in ("a", "b"))
    if old is None or new is None or old.canonical is None or new.canonical is None:
        return f"output {name} differs; it is too large to tell by how much", False
    found = verify_recorded(old.canonical, new.canonical, rtol, atol)
    return f"output {name}: {found}", bool(found)


def _check_metric(
    key: str, change: Mapping[str, Any], rtol: float, atol: float
) -> tuple[str, bool]:
    """Return what to say of a metric, empty where it is equal, and whether it is close."""
    from ato_sql.comparing import number_text

    a, b = change.get("a"), change.get("b")
    if a is None or b is None:
        return f"metric {key} is only in the {'second' if a is None else 'first'} run", False
    if a == b or (a != a and b != b):
        return "", True
    close = math.isclose(as_float(a), as_float(b), rel_tol=rtol, abs_tol=atol)
    return f"metric {key}: {number_text(a)} -> {number_text(b)}", close
