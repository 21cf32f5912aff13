"""The changes between two runs as sentences."""

from __future__ import annotations

import textwrap

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterator, Mapping


def sentences(report: Mapping[str, Any]) -> Iterator[str]:
    """Yield the lines that `ato why` prints."""
    a, b = report["run_a"], report["run_b"]
    parts = [
        ("The config differs:", map(_config, report["config"])),
        ("The logic differs:", (line for code in report["code"] for line in _code(code))),
        ("The outputs differ:", map(_output, report["outputs"])),
        ("The environment differs:", map(_environment, report["environment"])),
    ]
    found = [(title, list(lines)) for title, lines in parts]
    if not any(lines for _, lines in found):
        yield f"Run {a} and run {b} agree in config, logic, outputs and environment."
    else:
        yield f"From run {a} to run {b}:"
    found.append(("The metrics ended at:", [_metric(m) for m in report["metrics"]]))
    for title, lines in found:
        if lines:
            yield ""
            yield title
            yield from (f"  {line}" for line in lines)


def _config(change: Mapping[str, Any]) -> str:
    a, b = change["a"], change["b"]
    if a is None:
        return f"{change['key']}: new, {b['value']!r}{_by(b)}"
    if b is None:
        return f"{change['key']}: gone, was {a['value']!r}{_by(a)}"
    setter = f"  (set by {b['by'] or 'the program'}; before by {a['by'] or 'the program'})"
    return f"{change['key']}: {a['value']!r} -> {b['value']!r}{setter}"


def _by(side: Mapping[str, Any]) -> str:
    return f"  (set by {side['by']})" if side["by"] else ""


def _code(change: Mapping[str, Any]) -> Iterator[str]:
    name = change["trace_id"]
    if not change["a"]:
        yield f"{name}: traced only in the second run"
    elif not change["b"]:
        yield f"{name}: traced only in the first run"
    else:
        yield f"{name}:" if change["statements"] else f"{name}: its source was not kept"
    for statement in change["statements"]:
        yield from _statement(statement)


def _statement(statement: Mapping[str, Any]) -> Iterator[str]:
    if statement["kind"] == "function":
        word = "no longer used" if statement["old"] else "newly used"
        yield f"  {statement['function']}: {word}"
        return
    if statement["kind"] != "statement":  # the value of a global, the version of a library
        old, new = statement["old"] or "(none)", statement["new"] or "(none)"
        yield f"  {statement['function']}: {old} -> {new}"
        return
    if statement["place"]:
        yield f"  {statement['place']}"
    for sign, text in (("-", statement["old"]), ("+", statement["new"])):
        yield from (f"  {sign} {row}" for row in textwrap.dedent(text).splitlines())


def _output(change: Mapping[str, Any]) -> str:
    if not change["a"]:
        return f"{change['trace_id']}: traced only in the second run"
    if not change["b"]:
        return f"{change['trace_id']}: traced only in the first run"
    return f"{change['trace_id']}: {change['a'][-1][:12]} -> {change['b'][-1][:12]}"


def _environment(change: Mapping[str, Any]) -> str:
    return f"{change['name']}: {change.get('a', '(none)')} -> {change.get('b', '(none)')}"


def _metric(change: dict[str, Any]) -> str:
    a, b = change.get("a"), change.get("b")
    if a is None:
        return f"{change['key']}: {b:g}, not in the first run"
    if b is None:
        return f"{change['key']}: {a:g}, not in the second run"
    return f"{change['key']}: {a:g} -> {b:g}{_relative(a, change['delta'])}"


def _relative(before: float, delta: float | None) -> str:
    if not delta:
        return "  (unchanged)"
    share = f", {delta / abs(before):+.1%}" if before else ""
    return f"  ({delta:+g}{share})"
