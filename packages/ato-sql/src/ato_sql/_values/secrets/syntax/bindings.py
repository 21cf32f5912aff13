"""Find what Python binds to a secret's name, compares with it, and hands to it."""

from __future__ import annotations

import ast
import re
from typing import Any, Callable, Iterable, Sequence

from ato_sql._values.secrets.calls import handed_to
from ato_sql._values.secrets.names import says_password, words
from ato_sql._values.secrets.shapes import is_mixed, looks_random
from ato_sql._values.secrets.syntax.naming import (
    Names,
    is_lookup,
    is_pattern,
    key_of,
    name_of,
    of_getter,
)
from ato_sql._values.secrets.syntax.values import FORMS, Values, called, number_of, text_of

_MOST_NAMES = 100
_GIVEN_BY = ("value", "default", "const", "fallback", "default_value")
_NAMED_BY = ("name", "key", "field", "variable", "env", "envvar", "option")
_SETTERS = words(
    "setattr setenv putenv setdefault set put add insert get getenv pop getattr add_header setitem"
    " __setitem__ __setattr__ set_option set_cookie update_or_create append_header"
)
_ADDERS = words("append appendleft add extend insert update push put send discard remove")
# Up to what a text is put together from: `"https://h/?token=" + "x"`.
_BEFORE = re.compile(r"""([\w.\-]{1,100})["']?[=:]\s?["']?\Z""")
_EQUALS = words(
    "compare_digest assertEqual assertEquals assertNotEqual assertIn assert_equal eq ne __eq__"
    " __ne__ safe_str_cmp"
)


class Bindings:
    """The literals of a tree that are secrets for the names that they are bound to."""

    def __init__(self, extra: Sequence[str]) -> None:
        self._names, self._values = Names(extra), Values()
        self._owners: dict[int, str] = {}
        self._forms: dict[int, ast.AST] = {}
        self.found: dict[int, ast.AST] = {}

    def look(self, tree: ast.AST) -> None:
        """Look at each node, at what is around others before them."""
        for node in ast.walk(tree):
            kind = type(node).__name__
            if kind in FORMS and id(node) not in self._forms:
                self._forms.update((id(part), node) for part in ast.walk(node))
            look = _LOOKS.get(kind)
            if look is not None:
                look(self, node)

    def _hide(self, name: str, value: Any, owner: str = "", is_strict: bool = False) -> None:
        """Hide the literals of a value if its name is that of a secret."""
        if value is None or not self._names.is_secret(name, owner):
            if value is not None and name:
                self._owners[id(value)] = name
            return
        if is_pattern(name, text_of(value)):
            return
        if says_password(name) and number_of(value) is not None:
            self.found[id(value)] = value
        if name.rpartition(".")[2].lower() == "auth" and _is_pair(value):
            self._take(value.elts[0], False, True)  # a user, or a token in the place of one
            value = value.elts[1]
        is_sure = self._names.is_sure(name)
        is_strict = is_strict or self._names.is_about_tokens(name)
        self._take(value, is_sure, is_strict and not is_sure)

    def _take(self, value: Any, is_sure: bool, is_strict: bool) -> None:
        """Hide the literals of a value; see `Values.of`."""
        for literal in self._values.of(value, is_sure, is_strict):
            # Within an f-string the places of texts are not told: it is hidden whole.
            shown = self._forms.get(id(literal), literal)
            self.found[id(shown)] = shown

    def _take_mixed(self, value: Any) -> None:
        """Hide of what `get_token` returns what no lexer does: it has letters and digits."""
        for literal in self._values.of(value, False):
            text = text_of(literal)
            if isinstance(text, str) and is_mixed(text):
                self.found[id(literal)] = literal

    def _bind(self, target: Any, value: Any, owner: str = "", is_strict: bool = False) -> None:
        """Hide what is bound to a target: to several by their places, where these are known."""
        waiting = [(target, value)]
        while waiting:
            target, value = waiting.pop()
            if not isinstance(target, (ast.Tuple, ast.List)):
                self._hide(name_of(target), value, owner, is_strict)
            elif isinstance(value, (ast.Tuple, ast.List)) and _is_plain(target, value):
                waiting += _matched(target.elts, value.elts)
            else:
                waiting += [(one, value) for one in target.elts]

    def assign(self, node: Any) -> None:
        for target in getattr(node, "targets", None) or [node.target]:
            self._bind(target, node.value, self._owners.get(id(node), ""))

    def loop(self, node: Any) -> None:
        """Hide what is looped over, of tuples the one at the place of the secret's name."""
        over = node.iter
        is_listed = isinstance(over, (ast.Tuple, ast.List, ast.Set))
        if is_listed and all(_is_plain(node.target, one) for one in over.elts):
            for one in over.elts:
                self._bind(node.target, one, is_strict=True)
        else:
            self._bind(node.target, over, is_strict=True)

    def enter(self, node: Any) -> None:
        if node.optional_vars is not None:
            self._bind(node.optional_vars, node.context_expr, is_strict=True)

    def define(self, node: Any) -> None:
        """Look at the defaults of a function's parameters."""
        given = node.args
        places = [*getattr(given, "posonlyargs", ()), *given.args]
        defaults = [None] * (len(places) - len(given.defaults)) + given.defaults
        for parameter, default in zip(places + given.kwonlyargs, defaults + given.kw_defaults):
            self._hide(parameter.arg, default)

    def give(self, node: Any) -> None:
        """Look at a function: its defaults, and what one that is called for a secret returns."""
        self.define(node)
        name, is_getter = of_getter(node.name)
        if not self._names.is_secret(name):
            return
        is_strict = not (self._names.is_sure(name) and (is_getter or "_" not in name.strip("_")))
        for value in _returned(node):
            self._take(value, True, is_strict)
            if is_getter and is_strict and not self._names.is_about_tokens(name):
                self._take_mixed(value)

    def declare(self, node: Any) -> None:
        is_store = node.name.endswith("s") and self._names.is_secret(node.name)
        for statement in node.body:
            self._owners[id(statement)] = node.name
            if is_store and isinstance(statement, (ast.Assign, ast.AnnAssign)):
                self._take(statement.value, True, is_strict=True)
        self._pass(node.keywords, "")

    def call(self, node: ast.Call) -> None:
        owner = self._owners.get(id(node), "")
        self._pass(node.keywords, owner)
        name = called(node)
        for before, after in zip(node.args, node.args[1:]):
            if self._is_handed(name, before, after, before is node.args[0]):
                self._hide(key_of(before).lstrip("-"), after)
        self._default(node)
        if name in _EQUALS:
            receiver = getattr(node.func, "value", None) if name.startswith("__") else None
            self._same([*filter(None, [receiver]), *node.args[:2]])
        elif name in _ADDERS:
            for one in node.args:
                self._hide(name_of(getattr(node.func, "value", None)), one, is_strict=True)
        self._hand(node)

    def _hand(self, call: ast.Call) -> None:
        """Hide the last argument of a call that is named for it: `set_password("me", "x")`."""
        receiver = name_of(getattr(call.func, "value", None))
        name = handed_to(f"{receiver}.{called(call)}") if call.args else ""
        # The old one is a secret as well: `change_password("x", "y")`.
        for one in call.args[-2 if called(call).startswith("change") else -1 :] if name else ():
            self._hide(name, one, is_strict=True)

    def _default(self, call: ast.Call) -> None:
        """Hide what a call gives where it names a secret: `Option("token", default="x")`."""
        given = [one.value for one in call.keywords if one.arg in _GIVEN_BY]
        by_name = [one.value for one in call.keywords if one.arg in _NAMED_BY]
        names = (key_of(one).lstrip("-") for one in call.args + by_name) if given else ()
        named = next((name for name in names if self._names.is_secret(name)), "")
        for one in given if named else ():
            self._hide(named, one, is_strict=True)

    def _pass(self, keywords: Iterable[ast.keyword], owner: str) -> None:
        for one in keywords:
            self._hide(one.arg or "", one.value, owner)

    def _is_handed(self, name: str, before: Any, after: Any, is_first: bool) -> bool:
        """Tell whether a call gives a secret's name and then the secret: `set("password", "x")`."""
        key, text = key_of(before), text_of(after)
        if not key or (text is not None and text[:1] in ("-", b"-")):
            return False
        return is_first or name in _SETTERS or says_password(key)

    def mapping(self, node: ast.Dict) -> None:
        owner = self._owners.get(id(node), "")
        entries = {key_of(key): value for key, value in zip(node.keys, node.values) if key}
        for key, value in zip(node.keys, node.values):
            if key is not None:
                self._hide(key_of(key) or name_of(key), value, owner)
        told = {key.lower(): value for key, value in entries.items()}
        for named in ("name", "key"):
            if "value" in told and named in told:
                self._hide(key_of(told[named]), told["value"])

    def pair(self, node: Any) -> None:
        """Hide the second of `("password", "x1")`, but not of two names."""
        if len(node.elts) != 2 or not key_of(node.elts[0]):
            return
        name, text = key_of(node.elts[0]), text_of(node.elts[1])
        is_name = text is not None and self._names.is_secret(key_of(node.elts[1]))
        if text and not is_name and (says_password(name) or looks_random(str(text))):
            self._hide(name, node.elts[1])

    def either(self, node: Any) -> None:
        """Hide what is taken where there is no secret: `getenv("API_KEY") or "x"`."""
        secret = None  # the last one so far, of which a lookup tells most
        for one in node.values if isinstance(node.op, ast.Or) else ():
            if secret is not None:
                self._instead(secret, one)
            if self._names.is_secret(name_of(one)) and (secret is None or is_lookup(one)):
                secret = one

    def choose(self, node: ast.IfExp) -> None:
        """Hide what is taken in the place of a secret: `cfg["password"] if cfg else "x"`."""
        self._instead(node.body, node.orelse)
        self._instead(node.orelse, node.body)

    def _instead(self, one: Any, other: Any) -> None:
        """Hide the literals that stand in for a secret, as the default of a lookup would be.

        What is said instead of one that is at hand, `password or "(none)"`, may be a word.
        """
        name = name_of(one)
        if not self._names.is_secret(name):
            return
        if is_lookup(one):
            self._hide(name, other)
        else:
            self._take(other, True, is_strict=True)

    def add(self, node: Any) -> None:
        """Hide what is put behind a text that ends with a secret's name: `"?token=" + "x"`."""
        before = text_of(getattr(node.left, "right", node.left))
        named = _BEFORE.search(before[-200:]) if isinstance(before, str) else None
        if named is not None and isinstance(node.op, ast.Add):
            self._hide(named.group(1), node.right)

    def compare(self, node: ast.Compare) -> None:
        sides = [node.left, *node.comparators]
        for sign, left, right in zip(node.ops, sides, sides[1:]):
            if isinstance(sign, (ast.Eq, ast.NotEq, ast.Is, ast.IsNot)):
                self._same([left, right])
            elif isinstance(sign, (ast.In, ast.NotIn)):
                self._hide(name_of(left), right, is_strict=True)
                if not isinstance(right, ast.Dict):
                    self._hide(name_of(right), left, is_strict=True)

    def _same(self, sides: Sequence[Any]) -> None:
        for one, other in zip(sides, reversed(sides)):
            if one is not other:
                self._hide(name_of(one), other, is_strict=True)

    def match(self, node: Any) -> None:
        for case in node.cases:
            parts: Iterable[Any] = ast.walk(case.pattern)
            for pattern in parts:
                kind = type(pattern).__name__
                if kind == "MatchValue":
                    self._hide(name_of(node.subject), pattern.value, is_strict=True)
                elif kind == "MatchMapping":
                    self._hide_each(map(key_of, pattern.keys), pattern.patterns)
                elif kind == "MatchClass":
                    self._hide_each(pattern.kwd_attrs, pattern.kwd_patterns)

    def _hide_each(self, names: Iterable[str], patterns: Iterable[Any]) -> None:
        for name, pattern in zip(names, patterns):
            self._hide(name, getattr(pattern, "value", None))


def _returned(function: Any) -> list[Any]:
    """Return what a function returns, not what those within it do."""
    found, waiting = [], list(function.body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, (ast.Return, ast.Yield)) and node.value is not None:
            found.append(node.value)
        elif not isinstance(
            node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
        ):
            waiting += ast.iter_child_nodes(node)
    return found


def _is_pair(value: Any) -> bool:
    return isinstance(value, ast.Tuple) and len(value.elts) == 2


def _is_plain(target: Any, value: Any) -> bool:
    """Tell whether it is known which of a few names takes which of the values."""
    if not isinstance(target, (ast.Tuple, ast.List)):
        return True
    if not isinstance(value, (ast.Tuple, ast.List)) or len(target.elts) > _MOST_NAMES:
        return False
    return not any(isinstance(one, ast.Starred) for one in value.elts)


def _matched(targets: Sequence[Any], values: Sequence[Any]) -> list[tuple[Any, Any]]:
    """Return which of several values each target takes; `*rest` takes those between."""
    stars = [place for place, one in enumerate(targets) if isinstance(one, ast.Starred)]
    if not stars:
        return list(zip(targets, values))
    star, behind = stars[0], len(targets) - stars[0] - 1
    end = max(len(values) - behind, star)
    found = [*zip(targets[:star], values[:star]), *zip(targets[star + 1 :], values[end:])]
    return found + [(targets[star].value, one) for one in values[star:end]]


_LOOKS: dict[str, Callable[[Bindings, Any], None]] = {
    "AnnAssign": Bindings.assign,
    "Assign": Bindings.assign,
    "AsyncFor": Bindings.loop,
    "AsyncFunctionDef": Bindings.give,
    "AugAssign": Bindings.assign,
    "BinOp": Bindings.add,
    "BoolOp": Bindings.either,
    "Call": Bindings.call,
    "ClassDef": Bindings.declare,
    "Compare": Bindings.compare,
    "Dict": Bindings.mapping,
    "For": Bindings.loop,
    "FunctionDef": Bindings.give,
    "IfExp": Bindings.choose,
    "Lambda": Bindings.define,
    "List": Bindings.pair,
    "Match": Bindings.match,
    "NamedExpr": Bindings.assign,
    "Tuple": Bindings.pair,
    "comprehension": Bindings.loop,
    "withitem": Bindings.enter,
}
