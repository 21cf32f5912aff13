"""Evaluate the syntax tree of an expression, node by node, within bounds."""

from __future__ import annotations

import _ast
import builtins
import operator
from warnings import catch_warnings, simplefilter

from ato_adict import did_you_mean
from ato_scope._errors import ExpressionError
from ato_scope._values.bounds import MAX_DEPTH, bounded, check_operands, check_shape, owned

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Mapping

BINARY: dict[str, Callable[[Any, Any], Any]] = {
    "Add": operator.add,
    "Sub": operator.sub,
    "Mult": operator.mul,
    "Div": operator.truediv,
    "FloorDiv": operator.floordiv,
    "Mod": operator.mod,
    "Pow": operator.pow,
    "LShift": operator.lshift,
    "RShift": operator.rshift,
    "BitOr": operator.or_,
    "BitAnd": operator.and_,
    "BitXor": operator.xor,
}
UNARY: dict[str, Callable[[Any], Any]] = {
    "UAdd": operator.pos,
    "USub": operator.neg,
    "Invert": operator.invert,
    "Not": operator.not_,
}
COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    "Eq": operator.eq,
    "NotEq": operator.ne,
    "Lt": operator.lt,
    "LtE": operator.le,
    "Gt": operator.gt,
    "GtE": operator.ge,
    "Is": operator.is_,
    "IsNot": operator.is_not,
    "In": lambda a, b: a in b,
    "NotIn": lambda a, b: a not in b,
}
FORBIDDEN = {
    "Call": "function calls",
    "Lambda": "lambdas",
    "ListComp": "comprehensions",
    "SetComp": "comprehensions",
    "DictComp": "comprehensions",
    "GeneratorExp": "comprehensions",
    "JoinedStr": "f-strings",
    "TemplateStr": "t-strings",
    "Await": "await",
    "Yield": "yield",
    "YieldFrom": "yield",
    "NamedExpr": "assignments",
    "Starred": "starred items",
}


def interpret(text: str, names: Mapping[str, Any]) -> Any:
    """Parse and evaluate `text`; see `ato_scope._values.expressions.evaluate`."""
    check_shape(text)
    try:
        with catch_warnings():
            simplefilter("ignore")
            tree: Any = compile(text, "<argument>", "eval", _ast.PyCF_ONLY_AST, True)
        return owned(_Interpreter(names).value(tree.body, 0))
    except ExpressionError:
        raise
    except SyntaxError as error:
        if "digits" in str(error):
            raise ExpressionError("has an integer of more digits than Python reads") from None
        raise ExpressionError("not a valid expression") from None
    except (RecursionError, MemoryError):
        raise ExpressionError("is nested too deeply") from None
    except (TypeError, ValueError, ArithmeticError, LookupError) as error:
        raise ExpressionError(f"cannot be evaluated: {error or type(error).__name__}") from None


class _Interpreter:
    """Values of nodes; each kind of node has the method of its name."""

    def __init__(self, names: Mapping[str, Any]) -> None:
        self.names = names

    def value(self, node: Any, depth: int) -> Any:
        kind = type(node).__name__
        if depth > MAX_DEPTH:
            raise ExpressionError("is nested too deeply")
        visit = VISIT.get(kind)
        if visit is None:
            raise ExpressionError(f"{FORBIDDEN.get(kind, kind)} are not allowed in a value")
        return visit(self, node, depth + 1)

    def values(self, nodes: Any, depth: int) -> builtins.list[Any]:
        return [self.value(node, depth) for node in nodes]

    def constant(self, node: Any, depth: int) -> Any:
        # Before Python 3.8 each kind of literal has its own node: Num.n, Str.s, ...
        for field in ("value", "n", "s"):
            if field in node._fields:
                return bounded(getattr(node, field))
        return ...

    def list(self, node: Any, depth: int) -> Any:
        return bounded(self.values(node.elts, depth))

    def tuple(self, node: Any, depth: int) -> Any:
        return bounded(tuple(self.values(node.elts, depth)))

    def set(self, node: Any, depth: int) -> Any:
        return set(self.values(node.elts, depth))

    def dict(self, node: Any, depth: int) -> Any:
        if None in node.keys:
            raise ExpressionError("** is not allowed in a value")
        return bounded(dict(zip(self.values(node.keys, depth), self.values(node.values, depth))))

    def unary(self, node: Any, depth: int) -> Any:
        return UNARY[type(node.op).__name__](self.value(node.operand, depth))

    def binary(self, node: Any, depth: int) -> Any:
        name = type(node.op).__name__
        left, right = self.value(node.left, depth), self.value(node.right, depth)
        if name not in BINARY:
            raise ExpressionError("matrix products are not allowed in a value")
        check_operands(name, left, right)
        return bounded(BINARY[name](left, right))

    def logic(self, node: Any, depth: int) -> Any:
        is_and = type(node.op).__name__ == "And"
        result = None
        for operand in node.values:
            result = self.value(operand, depth)
            if bool(result) != is_and:
                break
        return result

    def compare(self, node: Any, depth: int) -> Any:
        left, result = self.value(node.left, depth), True
        for op, right_node in zip(node.ops, node.comparators):
            right = self.value(right_node, depth)
            result = COMPARE[type(op).__name__](left, right)
            if not result:
                break
            left = right
        return result

    def condition(self, node: Any, depth: int) -> Any:
        return self.value(node.body if self.value(node.test, depth) else node.orelse, depth)

    def name(self, node: Any, depth: int) -> Any:
        if node.id in self.names:
            return self.names[node.id]
        raise self.unknown(node.id)

    def unknown(self, name: str) -> ExpressionError:
        from ato_scope._values.words import bare_word

        return ExpressionError(bare_word(name, self.names))

    def attribute(self, node: Any, depth: int) -> Any:
        name = _dotted(node)
        if name and name.partition(".")[0] not in self.names:
            raise self.unknown(name)
        return _item(self.value(node.value, depth), node.attr, "." + node.attr)

    def subscript(self, node: Any, depth: int) -> Any:
        owner, index = self.value(node.value, depth), self.value(node.slice, depth)
        if isinstance(owner, dict):
            return _item(owner, index, f"[{index!r}]")
        if not isinstance(owner, (list, tuple, str, bytes)):
            raise ExpressionError(f"[{index!r}] needs a list, a text or a config")
        return owner[index]

    def index(self, node: Any, depth: int) -> Any:
        return self.value(node.value, depth)

    def slice(self, node: Any, depth: int) -> Any:
        bounds = (node.lower, node.upper, node.step)
        return slice(*(None if n is None else self.value(n, depth) for n in bounds))


_MOST_LEVELS = 20  # of a key that a message repeats

VISIT: dict[str, Callable[[_Interpreter, Any, int], Any]] = {
    **dict.fromkeys(
        ("Constant", "Num", "Str", "Bytes", "NameConstant", "Ellipsis"), _Interpreter.constant
    ),
    "List": _Interpreter.list,
    "Tuple": _Interpreter.tuple,
    "Set": _Interpreter.set,
    "Dict": _Interpreter.dict,
    "UnaryOp": _Interpreter.unary,
    "BinOp": _Interpreter.binary,
    "BoolOp": _Interpreter.logic,
    "Compare": _Interpreter.compare,
    "IfExp": _Interpreter.condition,
    "Name": _Interpreter.name,
    "Attribute": _Interpreter.attribute,
    "Subscript": _Interpreter.subscript,
    "Index": _Interpreter.index,
    "Slice": _Interpreter.slice,
}


def _dotted(node: Any) -> str:
    """Return `model.depth` as it is typed; nothing where not all are names, or they are many."""
    names: list[str] = []
    while type(node).__name__ == "Attribute" and len(names) < _MOST_LEVELS:
        names.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(names)]) if type(node).__name__ == "Name" else ""


def _item(owner: Any, key: Any, shown: str) -> Any:
    """Read an item of a config without counting it as used; nothing else has attributes here."""
    if not isinstance(owner, dict):
        raise ExpressionError(f"{shown} is not a key of the config; only config.<key> may be read")
    if dict.__contains__(owner, key):
        return dict.__getitem__(owner, key)
    known = [k for k in owner if isinstance(k, str)]
    raise ExpressionError(f"the config has no key {key!r}{did_you_mean(str(key), known)}")
