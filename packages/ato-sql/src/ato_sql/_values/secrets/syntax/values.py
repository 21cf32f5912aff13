"""The texts of an expression that may be its value: not the keys looked up, paths or prompts."""

from __future__ import annotations

import ast
import re
from typing import Any, Iterator

from ato_sql._values.secrets.names import is_secret_key, words
from ato_sql._values.secrets.shapes import NOTHING, REDACTED, is_token, looks_random

_LEAST = 1000  # a number from which on it may be a password
FORMS = ("JoinedStr", "TemplateStr")
# Whose arguments are what they return, whatever the name that is given it.
_MAKERS = words(
    "str bytes bytearray list tuple set frozenset dict sorted reversed next iter Secret SecretStr"
    " SecretBytes b64decode b64encode unhexlify fromhex field Field attrib default Some cast quote"
    " dedent join format OrderedDict SimpleNamespace Namespace"
)
# Whose first argument is a key, and the next what is taken where there is none.
_LOOKUPS = re.compile(
    r"(?:get|getenv|pop|setdefault|getattr|environ|env|config|secret|(?:get|fetch|find|retrieve|"
    r"require|resolve)_\w+)$"
)
# Whose arguments say where and how.
_ELSEWHERE = re.compile(
    r"(?:open|input|print|prompt|ask|getpass|confirm|[pP]ath|load|read|import_module|run|Popen"
    r"|check_output|system|expanduser|(?:load|read|ask|prompt|input|open)_\w+|encode|decode|r?split"
    r"|splitlines|r?partition|[lr]?strip|startswith|endswith|r?find|r?index|count|removeprefix"
    r"|removesuffix|[lr]just|center|zfill|isinstance|compile|match|search|findall"
    r"|_?exit|abort|fail|die)$"
)
_NOT_VALUES = words(
    "help description doc title label name env envvar env_var alias encoding errors type metavar"
    " message comment key dest mode sep prompt path file filename example examples"
)
_ENVIRONMENTS = ("env", "environ", "config", "cfg", "settings")
_MARK = re.compile(
    r"[\[<{(|]{1,2}/?[|\w ]{0,40}[\]>})|]{1,2}|(?:##|[\u2581\u0120])\w{0,40}"
    r"|\#(?:[\da-fA-F]{3,4}){1,2}"
)
_TOKEN_SIGNS = re.compile(r"[\w.~+/=:%$\-]+")
_DEFAULTS = words("default fallback value const default_value default_factory")
_FILLED_IN = re.compile(
    r"%(?:\(\w*\))?[-#0+ \d.]*[a-z]|\{[^{}]*\}|\b(?:bearer|basic|token)\b", re.I
)
_WORD = re.compile(r"\w")


def text_of(node: Any) -> str | bytes | None:
    """Return the text that a literal is; None for anything else."""
    # `Str` and `Bytes` are what `Constant` is called up to Python 3.7.
    value = getattr(node, "s" if type(node).__name__ in ("Str", "Bytes") else "value", None)
    is_literal = type(node).__name__ in ("Constant", "Str", "Bytes")
    return value if is_literal and isinstance(value, (str, bytes)) else None


def number_of(node: Any) -> int | None:
    """Return the number that a literal is, of a length that a password may have."""
    # `Num` is what `Constant` is called up to Python 3.7.
    value = getattr(node, "n" if type(node).__name__ == "Num" else "value", None)
    if type(node).__name__ not in ("Constant", "Num") or type(value) is not int:
        return None
    return value if value >= _LEAST else None


def called(call: ast.Call) -> str:
    """Return the last name of what is called."""
    return str(getattr(call.func, "attr", getattr(call.func, "id", "")))


class Values:
    """Finds the literals that may be the value of an expression, each part of a tree once."""

    def __init__(self) -> None:
        self._seen: set[tuple[int, bool, bool]] = set()

    def of(self, expression: ast.AST, is_sure: bool, is_strict: bool = False) -> Iterator[Any]:
        """Yield the literals of what is bound to a secret's name.

        Args:
            expression: what is bound.
            is_sure: whether the name means nothing else; a `token` may be a word of a text, so that
                of what is handed to any function only what looks like a secret is one.
            is_strict: whether only what looks like a secret is one, wherever it is.
        """
        waiting = [(expression, True, is_strict)]
        while waiting:
            node, is_whole, is_strict = waiting.pop()
            look = (id(node), is_strict, is_sure)
            if look in self._seen:
                continue
            self._seen.add(look)
            text = text_of(node)
            if type(node).__name__ in FORMS:
                if self._is_filled(node, is_sure, is_strict):
                    yield node
            elif text is None:
                waiting += _parts(node, is_whole, is_strict, is_sure)
            elif not is_sure and _is_word(text, is_strict):
                continue
            elif _is_value(text, is_whole, is_strict):
                yield node

    def _is_filled(self, form: Any, is_sure: bool, is_strict: bool) -> bool:
        """Tell whether an f-string says more than where its fields go."""
        for part in form.values:
            text, field = text_of(part), getattr(part, "value", None)
            if text is not None:
                if _is_value(text, False, is_strict):
                    return True
            elif isinstance(field, ast.AST) and any(self.of(field, is_sure, is_strict)):
                return True
        return False


def _plain(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value


def _is_word(value: str | bytes, is_strict: bool) -> bool:
    """Tell whether a token is one of a vocabulary or grammar: `[MASK]`, `</s>`, `##ing`, `a|b`."""
    text = _plain(value)
    if _MARK.fullmatch(text) is not None and (text[0] == "#" or not looks_random(text.lower())):
        return True
    return is_strict and _TOKEN_SIGNS.fullmatch(text) is None


def _is_label(node: Any) -> bool:
    """Tell whether an argument names a secret and is none: `text_input("Password")`."""
    text = text_of(node)
    if not isinstance(text, str) or any(map(str.isdigit, text)):
        return False
    return is_secret_key("_".join(text.rstrip(": ").split()))


def _is_value(value: str | bytes, is_whole: bool, is_strict: bool) -> bool:
    """Tell whether a text says something: `"Bearer "` and `":"` between others do not."""
    text = _plain(value)
    if not text or text == REDACTED or NOTHING.match(text):
        return False
    if is_strict:
        return is_token(text)
    left = _FILLED_IN.sub("", text).strip()
    return is_whole or _WORD.search(left) is not None or len(left) > 3


def _parts(node: Any, is_whole: bool, is_strict: bool, is_sure: bool) -> list[Any]:
    """Return what an expression may take its value from, with how to look at each."""
    if isinstance(node, ast.Call):
        return _of_call(node, is_whole, is_strict, is_sure)
    fields = _VALUE_FIELDS.get(type(node).__name__, ())
    found = []
    for field in fields:
        value = getattr(node, field)
        found += value if isinstance(value, list) else [value]
    is_whole = is_whole and not isinstance(node, ast.BinOp)
    return [(one, is_whole, is_strict) for one in found if one is not None]


# Where the value of an expression comes from; what is not here, as a comparison, has none.
_VALUE_FIELDS = {
    "Attribute": ("value",),
    "Await": ("value",),
    "BinOp": ("left", "right"),
    "BoolOp": ("values",),
    "Dict": ("values",),
    "DictComp": ("value", "generators"),
    "GeneratorExp": ("elt", "generators"),
    "IfExp": ("body", "orelse"),
    "Lambda": ("body",),
    "List": ("elts",),
    "ListComp": ("elt", "generators"),
    "NamedExpr": ("value",),
    "Set": ("elts",),
    "SetComp": ("elt", "generators"),
    "Starred": ("value",),
    "Subscript": ("value",),
    "Tuple": ("elts",),
    "UnaryOp": ("operand",),
    "Yield": ("value",),
    "YieldFrom": ("value",),
    "comprehension": ("iter",),
}


def _is_environment(function: Any) -> bool:
    """Tell whether a call looks up what it returns, as `env.str("PASSWORD")`."""
    receiver = getattr(function, "value", None)
    return str(getattr(receiver, "id", getattr(receiver, "attr", ""))) in _ENVIRONMENTS


def _is_keyring(function: Any) -> bool:
    """Tell whether a call asks a keyring, by a service and a user."""
    return getattr(getattr(function, "value", None), "id", "") in ("keyring", "Keyring")


def _of_call(call: ast.Call, is_whole: bool, is_strict: bool, is_sure: bool) -> list[Any]:
    name, arguments = called(call), list(call.args)
    keywords = [one.value for one in call.keywords if one.arg not in _NOT_VALUES]
    if _ELSEWHERE.match(name) or _is_keyring(call.func):
        arguments, keywords = [], [one.value for one in call.keywords if one.arg in _DEFAULTS]
    elif _LOOKUPS.match(name) or _is_environment(call.func):
        arguments = arguments[2 if name == "getattr" else 1 :]
        keywords = [one.value for one in call.keywords if one.arg in _DEFAULTS]
    elif name == "replace":
        arguments = arguments[1:]
    elif name not in _MAKERS:
        is_strict = is_strict or not is_sure
        arguments = [one for one in arguments if not _is_label(one)]
    is_part = name in ("join", "format")
    found = [(one, is_whole, is_strict) for one in arguments + keywords]
    # `"".join(…)`, `"x".strip()`: on what it is called may be a text as well.
    return [*found, (call.func, is_whole and not is_part, is_strict)]
