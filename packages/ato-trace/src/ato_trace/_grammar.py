"""Which visitor takes which node, for all kinds of nodes that this Python has."""

from __future__ import annotations

import _ast

from ato_trace import (
    _compound_statements,
    _constants,
    _definitions,
    _expressions,
    _functions,
    _operators,
    _simple_statements,
)
from ato_trace._blocks import unknown_statement
from ato_trace._visit import EXPRESSIONS, STATEMENTS, visit_unknown


def fill_tables() -> None:
    """Fill the tables of visitors; kinds that only a newer Python has get a general one."""
    expressions = {
        **_constants.VISITORS,
        **_expressions.VISITORS,
        **_functions.VISITORS,
        **_operators.VISITORS,
    }
    statements = {
        **_compound_statements.VISITORS,
        **_definitions.VISITORS,
        **_simple_statements.VISITORS,
    }
    slices = getattr(_ast, "slice", _ast.expr).__subclasses__()  # before Python 3.9
    for kind in _ast.expr.__subclasses__() + slices:
        EXPRESSIONS[kind] = expressions.get(kind.__name__, visit_unknown)
    for kind in _ast.stmt.__subclasses__():
        STATEMENTS[kind] = statements.get(kind.__name__, unknown_statement)


fill_tables()
