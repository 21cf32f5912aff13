"""Values of a scope with a schema: read as the type that their field has, in one line or not."""

from __future__ import annotations

from ato_adict import MISSING, ConversionError
from ato_scope._build.evaluated import evaluated
from ato_scope._build.places import put, value_at
from ato_scope._command.keys import typed
from ato_scope._command.tokens import shown
from ato_scope._errors import ExpressionError, SchemaError
from ato_scope._history.explain import describe
from ato_scope._history.recorder import Source, snapshot
from ato_scope._values.expressions import evaluate
from ato_scope._values.words import WORDS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Mapping

    from ato_adict import ADict, Schema
    from ato_scope._command.keys import Keys
    from ato_scope._command.tokens import Token
    from ato_scope._history.recorder import Recorder


def typed_value(keys: Keys, token: Token, names: Mapping[str, Any], schema: Schema) -> Any:
    """Return what a token gives to a key, as the type that the schema has for it.

    A text needs no quotes and no `:=` where the field can be made of it: `name=resnet`,
    `start=2018-11-25` for a date, `flag=yes` for a bool.

    Raises:
        TokenError: The value is no expression.
        ConversionError: The schema has no such key, or the value does not fit.
    """
    if token.kind != "set":
        return schema.read(keys, [snapshot(token.value)])
    text = token.value.strip()
    if not schema.takes_text(keys):
        return schema.read(keys, [evaluated(token, names)])
    if _is_date(text):
        return schema.read(keys, [text])
    try:
        value = evaluate(text, names)
    except ExpressionError as error:
        if text[0] in "'\"[({" or any(f"{name}." in text for name in names):
            raise
        return _from_text(keys, text, schema, error)
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    candidates = [value]
    if is_number and not any(name in text for name in names):
        candidates += [bool(value)] if text in ("0", "1") else []
        candidates.append(text)
    return schema.read(keys, candidates)


def _from_text(keys: Keys, text: str, schema: Schema, error: ExpressionError) -> Any:
    """Read what is no expression: a word of another language, or the text itself."""
    meant = WORDS.get(text.lower())
    words = [] if meant is None else [evaluate(meant, {})]
    try:
        fits: Any = schema.read(keys, [*words, text])
    except ConversionError as problem:
        # `lr=resnet` is told what is expected; `layers=a+b` what is wrong with it.
        raise (problem if text.isalnum() or words else ConversionError(f"{error}; {problem}")) from None
    if words and not isinstance(fits, (bool, str)) and fits is None:
        _refuse_two_meanings(keys, text, schema)
    return fits


def _refuse_two_meanings(keys: Keys, text: str, schema: Schema) -> None:
    """`name=null` is None or a text: nobody can know."""
    try:
        schema.read(keys, [text])
    except ConversionError:
        return
    name = ".".join(map(str, keys))
    either = f"{typed(name, '=', 'None')} or {typed(name, ':=', text)}"
    raise ConversionError(f"{text!r} may be None or a text; write {either}")


def _is_date(text: str) -> bool:
    return len(text.split("-")) == 3 and text.replace("-", "").isdigit() and text[0] != "-"


def make_levels(config: ADict, keys: Keys, schema: Schema) -> None:
    """Give the levels above a key that are None, or not there, the defaults of their class."""
    for depth in range(1, len(keys)):
        if value_at(config, keys[:depth], None) is None:
            level = schema.default_at(keys[:depth])
            if level is not None:
                put(config, keys[:depth], level)


class Computed:
    """The step that sets what a class computes."""

    def __init__(self, schema: Schema) -> None:
        self.name = schema.name

    def source(self) -> Source:
        """Return how the history names it."""
        return Source("computed", self.name)


def conform(config: ADict, recorder: Recorder, schema: Schema, checks: bool = True) -> None:
    """Make the values of a finished config what the schema says.

    Args:
        config: The config.
        recorder: Its history.
        schema: The schema.
        checks: Whether what does not fit is an error.

    Raises:
        SchemaError: Values are missing or do not fit; the message names each with who set it.
    """
    problems = schema.conform(config)
    for key in schema.computed():
        value = value_at(config, tuple(key.split(".")), MISSING)
        if value is not MISSING:
            recorder.add(Computed(schema), key, value)
    if not problems or not checks:
        return
    sources = {event.key: event.source for event in recorder.events()}
    texts = []
    is_typed = True
    for key, text in problems:
        source = sources.get(key)
        is_typed = is_typed and (source is None or source.kind not in ("view", "lazy"))
        texts.append((f"'{key}': {text}" if key else text) + (f" (set by {describe(source)})" if source else ""))
    error = SchemaError(shown_all(texts))
    error.is_typed = is_typed
    raise error


def shown_all(texts: list[str]) -> str:
    """Return several sentences as one."""
    return "; ".join(text if len(text) < 300 else shown(text) for text in texts)
