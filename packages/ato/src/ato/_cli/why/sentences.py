"""The report of `ato why` in words."""

from __future__ import annotations

import textwrap

from ato._cli.why.cause import module_sentence
from ato._cli.why.differences.config import config_sentence, value_words
from ato._cli.why.differences.environment import fact_sides
from ato._cli.why.differences.inputs import input_sentence
from ato._cli.why.differences.results import (
    artifact_sentence,
    ending_sentence,
    metric_sentence,
)
from ato._cli.why.excerpts import excerpts, places_that_differ, rows_that_differ
from ato._cli.why.typed import typed_change

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterator, Mapping, Sequence

_LONGEST_ROW = 160


def sentences(
    report: Mapping[str, Any], everything: bool = False, verbose: bool = False, results: bool = True
) -> Iterator[str]:
    """Yield the lines that `ato why` prints; without `results`, none on outputs and metrics."""
    yield _first_line(report)
    sections = [
        ("What would record the cause next time:", report["unexplained"]),
        ("The config differs:", map(_config, report["config"])),
        ("The logic differs:", _logic(report)),
        ("The inputs differ:", (line for one in report["inputs"] for line in _input(one))),
        ("The environment differs:", _environment(report["environment"], everything)),
        ("The outputs differ:", map(_output, report["outputs"]) if results else ()),
        ("The artifacts differ:", map(artifact_sentence, report["artifacts"])),
        ("The runs ended:", map(ending_sentence, report["endings"]) if results else ()),
        ("The metrics ended at:", map(metric_sentence, report["metrics"]) if results else ()),
        ("Not followed by fingerprints:", map(_skipped, report["skipped"]) if verbose else ()),
    ]
    for title, lines in sections:
        shown = [f"  {line}" for line in lines]
        if shown:
            yield from ("", title, *shown)
    missing = _not_recorded(report["recorded"], bool(report["inputs"]))
    if missing:
        yield from ("", f"Not recorded: {', '.join(missing)}.")


def _first_line(report: Mapping[str, Any]) -> str:
    causes, results = report["cause"], report["results"]
    runs = f"Run {report['run_a']} and run {report['run_b']}"
    if not causes and results != "differ":
        return f"{runs} agree in {_agreement(report)}."
    if results == "differ" and all(one["weak"] for one in causes):
        end = f"; {causes[0]['text']}" if causes else "."
        return f"The {_what_differs(report)} differ, and nothing that was recorded explains it{end}"
    text = "; ".join(_capital(one["text"], n) for n, one in enumerate(causes[:2]))
    if len(causes) > 2:
        text += f"; and {len(causes) - 2} more"
    return text + ("; the recorded results agree" if results == "agree" else "")


def _capital(text: str, number: int) -> str:
    return text[:1].upper() + text[1:] if number == 0 and text.startswith("the ") else text


def _what_differs(report: Mapping[str, Any]) -> str:
    outputs = any(not one["problem"] for one in report["outputs"])
    metrics = any(one["differs"] and not one["of_time"] for one in report["metrics"])
    artifacts = bool(report["artifacts"])
    return " and ".join(
        [
            *["outputs"] * outputs,
            *["metrics"] * metrics,
            *["artifacts"] * artifacts,
            *["endings"] * len(report["endings"]),
        ]
    )


def _agreement(report: Mapping[str, Any]) -> str:
    """What both runs recorded and agree in, counted."""
    found = report["recorded"]
    logic = [_count(found["traced"], "traced function"), _count(found["modules"], "module")]
    parts = [
        f"config ({_count(found['config'], 'key')})",
        _part("logic", [one for one in logic if one]),
        _part("inputs", [_count(found["inputs"], "file")]),
        "environment" if found["environment"] else "",
        _part("outputs", [_count(found["outputs"], "output")]),
        _part("metrics", [_count(found["metrics"], "metric")]),
    ]
    shown = [part for part in parts if part]
    return " and ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)


def _part(name: str, counts: Sequence[str]) -> str:
    return f"{name} ({', '.join(counts)})" if any(counts) else ""


def _count(number: int | None, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}" if number else ""


def _not_recorded(found: Mapping[str, Any], inputs_differ: bool) -> list[str]:
    """What nothing can be said about."""
    missing = []
    if not found["traced"]:
        missing.append("no logic of functions" if found["outputs"] else "nothing was traced")
    if found["modules"] is None:
        missing.append("not the sources of both")
    if found["inputs"] is None:
        missing.append("which files were read is not known")
    elif not found["inputs"] and not inputs_differ:
        missing.append("no files were read, as far as Python tells")
    if not found["environment"]:
        missing.append("not the environment of both")
    if not found["outputs"] and not found["metrics"]:
        missing.append("no outputs and no metrics to compare")
    return missing


def _config(change: Mapping[str, Any]) -> str:
    a, b = change["a"], change["b"]
    if a is None or b is None:
        return config_sentence(change)
    setters = [side["by"] or "the program" for side in (b, a)]
    setter = f"  (set by {'; before by '.join(dict.fromkeys(setters))})"
    return f"{change['key']}: {value_words(change, _LONGEST_ROW)}{setter}"


# -- logic -----------------------------------------------------------------------------------------


def _logic(report: Mapping[str, Any]) -> Iterator[str]:
    for change in report["code"]:
        yield from _traced(change)
    shown = None
    for change in map(typed_change, report["sources"]):
        if change["traced_as"] or change["set_key"]:
            continue
        header = _source_header(change)
        if header != shown:
            yield header
            shown = header
        yield from _sides(change, "" if change["problem"] else _where(places_that_differ(change)))
    yield from map(module_sentence, report["modules"])


def _traced(change: Mapping[str, Any]) -> Iterator[str]:
    name = f"{change['function'] or 'a function'}, traced as {change['trace_id']!r}"
    place = _where(change["places"])
    name += f" ({place})" if place else ""
    if not change["a"] or not change["b"]:
        yield f"{name}: only in the {'second' if change['b'] else 'first'} run"
    elif change["problem"]:
        yield f"{name}: it cannot be compared, {change['problem']}"
    else:
        yield f"{name}:" if change["statements"] else f"{name}: what it was made of was not kept"
    for statement in map(typed_change, change["statements"]):
        yield from _statement(statement, change["function"] or "")


def _statement(statement: Mapping[str, Any], traced: str) -> Iterator[str]:
    name = statement["name"] or statement["function"]
    if statement["kind"] == "function":
        yield f"  {name}: {'no longer used' if statement['old'] else 'newly used'}"
    elif statement["kind"] != "statement":  # the value of a global, the version of a library
        old, new = statement["old"] or "(none)", statement["new"] or "(none)"
        place = _where(statement["places"])
        yield f"  {statement['function']}: {_both(old, new)}{f'  ({place})' if place else ''}"
    else:
        line = statement["new_line"] or statement["old_line"]
        place = _where(statement["places"]) or (f"line {line} of it" if line else "")
        if name in (traced, traced.rpartition(".")[2]):
            yield from _sides(statement, place)
        else:  # a function that it uses
            yield from _sides(statement, f"{name} ({place})" if place else name)


def _source_header(change: Mapping[str, Any]) -> str:
    words = {"changed": "", "added": ": added", "removed": ": removed"}[change["kind"]]
    name = (
        change["name"] if change["function"] != "<module>" else f"{change['name']}, its own lines"
    )
    if change["problem"]:
        return f"{name}: it differs ({change['problem']})"
    name += f" (was {change['was']})" if change["was"] else ""
    loaded = " (no loaded module names it)" if change["used"] is False else ""
    return f"{name}{words}{loaded}"


def _sides(change: Mapping[str, Any], place: str) -> Iterator[str]:
    if place:
        yield f"  {place}"
    parts = rows_that_differ(
        *(textwrap.dedent(change[side]).strip("\n") for side in ("old", "new"))
    )
    for n, (_, _, old, new) in enumerate(parts):
        if n or len(parts) > 1:
            yield "    ..."
        if len(old) == len(new) == 1:
            old, new = ([text] for text in excerpts(old[0], new[0], _LONGEST_ROW))
        for sign, rows in (("-", old), ("+", new)):
            yield from (f"  {sign} {_row(row)}" for row in rows[:20])
            if len(rows) > 20:
                yield f"  {sign} ... {len(rows) - 20} more lines"


def _both(old: str, new: str) -> str:
    return " -> ".join(map(_row, excerpts(old, new, _LONGEST_ROW)))


def _row(text: str) -> str:
    text = "".join(c if c.isprintable() else " " for c in text)
    return text if len(text) <= _LONGEST_ROW else text[: _LONGEST_ROW - 3] + "..."


def _where(places: Sequence[str | None]) -> str:
    """File and line in both versions; once where they are the same."""
    return " -> ".join(dict.fromkeys(place for place in places if place))


# -- inputs, environment, outputs ------------------------------------------------------------------


def _input(change: Mapping[str, Any]) -> Iterator[str]:
    yield input_sentence(change)
    for line in change["lines"]:
        number = line["new_line"] or line["old_line"]
        if line["old"] is not None and line["new"] is not None:
            yield f"  line {number}: {_both(line['old'], line['new'])}"
        elif line["new"] is not None:
            yield f"  line {number} is new: {_row(line['new'])}"
        else:
            yield f"  line {number} is gone: {_row(line['old'])}"
    if change["more_lines"]:
        yield f"  ... and {change['more_lines']} more lines"


def _environment(changes: Sequence[dict[str, Any]], everything: bool) -> Iterator[str]:
    for change in changes:
        if change["matters"]:
            yield f"{change['name']}: {fact_sides(change)}"
    for change in changes if everything else ():
        if not change["matters"]:
            yield f"{change['name']}: {fact_sides(change)}  (no cause)"


def _output(change: Mapping[str, Any]) -> str:
    if change["problem"]:
        return f"{change['trace_id']}: it cannot be compared, {change['problem']}"
    return f"{change['trace_id']}: {change['summary']}"


def _skipped(one: Mapping[str, Any]) -> str:
    return f"{one['trace_id']}: {one['name']} ({one['reason']})"
