"""Seconds between two moments, as an SQL expression that each database understands."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Float
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.expression import FunctionElement
from sqlalchemy.types import TypeEngine


class seconds_between(FunctionElement[float]):  # noqa: N801 - it reads as a function of SQL
    """`seconds_between(start, end)`; NULL where either is."""

    __module__ = "ato_sql.reading"

    inherit_cache: bool | None = True
    type: TypeEngine[float] = Float()


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
