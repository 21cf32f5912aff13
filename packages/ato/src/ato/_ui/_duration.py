"""Seconds between two moments, as an SQL expression each database understands."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Float
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.expression import FunctionElement


class seconds_between(FunctionElement):  # type: ignore[type-arg]  # noqa: N801
    """`seconds_between(start, end)`; NULL where either is."""

    inherit_cache = True
    type = Float()


def _parts(element: Any, compiler: Any, options: Any) -> Any:
    return [compiler.process(clause, **options) for clause in element.clauses]


@compiles(seconds_between)
def _standard(element: Any, compiler: Any, **options: Any) -> str:
    start, end = _parts(element, compiler, options)
    return f"EXTRACT(EPOCH FROM ({end}) - ({start}))"


@compiles(seconds_between, "sqlite")
def _sqlite(element: Any, compiler: Any, **options: Any) -> str:
    start, end = _parts(element, compiler, options)
    return f"((julianday({end}) - julianday({start})) * 86400.0)"


@compiles(seconds_between, "mysql")
@compiles(seconds_between, "mariadb")
def _mysql(element: Any, compiler: Any, **options: Any) -> str:
    start, end = _parts(element, compiler, options)
    return f"(TIMESTAMPDIFF(MICROSECOND, {start}, {end}) / 1000000.0)"
