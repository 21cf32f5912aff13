"""What `finder.why(a, b)` returns: the report, in words and as HTML for a notebook."""

from __future__ import annotations

from ato._cli.why.report import differs
from ato._cli.why.sentences import sentences
from ato_adict.notebooks import html_table, html_text
from ato_adict.surroundings import escaped
from ato_sql.comparing import literal, number_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterable, Mapping

CONFIG = "The config differs:"
METRICS = "The metrics ended at:"
_COLOURS = {"+": "#2a7d3f", "-": "#c0392b"}


class Why:
    """Why two runs differ; as text what `ato why` prints, in a notebook with tables.

    Attributes:
        report: All that differs as plain JSON-able data, as `ato why --json` has it.
        cause: What most likely made the results differ, one sentence each, the likeliest first.
    """

    __module__ = "ato"

    def __init__(self, report: dict[str, Any]) -> None:
        self.report: dict[str, Any] = report
        self.cause: list[str] = [one["text"] for one in report["cause"]]

    def __bool__(self) -> bool:
        """Whether the runs differ in anything that may matter."""
        return differs(self.report)

    def __str__(self) -> str:
        return "\n".join(self._lines())

    __repr__ = __str__

    def _lines(self) -> list[str]:
        return [escaped(line) for line in sentences(self.report, False, False)]

    def _repr_html_(self) -> str:
        first, *others = self._lines()
        parts = [f"<p><b>{html_text(first)}</b></p>"]
        for title, lines in _sections(others):
            if title == CONFIG:
                parts.append(_config(self.report, title))
            elif title == METRICS:
                parts.append(_metrics(self.report, title))
            else:
                parts.append(f"<div><b>{html_text(title)}</b></div>{_text(lines)}")
        return "".join(parts)


def _sections(lines: Iterable[str]) -> list[tuple[str, list[str]]]:
    found: list[tuple[str, list[str]]] = []
    for line in lines:
        if line.startswith(" "):
            found[-1][1].append(line)
        elif line:
            found.append((line, []))
    return found


def _text(lines: list[str]) -> str:
    """Lines as they are, what is new and what is gone in colour."""
    return f"<pre>{''.join(map(_line, lines))}</pre>" if lines else ""


def _line(line: str) -> str:
    colour = _COLOURS.get(line.strip()[:1])
    text = html_text(line[2:]) + "\n"
    return f'<span style="color: {colour}">{text}</span>' if colour else text


def _config(report: Mapping[str, Any], title: str) -> str:
    rows = [
        [one["key"], *(_value(one.get(side)) for side in "ab"), _setter(one.get("b"))]
        for one in report["config"]
    ]
    return html_table(["key", *_runs(report), "set by"], rows, title)


def _metrics(report: Mapping[str, Any], title: str) -> str:
    rows = [
        [escaped(one["key"]), *(_number(one.get(name)) for name in ("a", "b", "delta"))]
        for one in report["metrics"]
    ]
    return html_table(["metric", *_runs(report), "change"], rows, title)


def _runs(report: Mapping[str, Any]) -> list[str]:
    return [f"run {report['run_a']}", f"run {report['run_b']}"]


def _value(side: Mapping[str, Any] | None) -> str:
    """A value of a config; None is one, unlike a key that a run has not."""
    return "-" if side is None else escaped(literal(side["value"]))


def _setter(side: Mapping[str, Any] | None) -> str:
    return "-" if side is None or side["by"] is None else escaped(str(side["by"]))


def _number(value: Any) -> str:
    return number_text(value) if isinstance(value, (int, float)) else "-"
