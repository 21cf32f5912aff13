"""Whatever is typed for a key: the right value, or one line and exit code 2."""

import ast
import contextlib
import io
import math
import sys
from dataclasses import dataclass, field
from enum import Enum
from typing import List, Optional, Tuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ato_scope import Scope

pytestmark = pytest.mark.usefixtures("main_thread")


class Kind(Enum):
    SGD = "sgd"
    ADAM = "adam"


@dataclass
class Model:
    depth: int = 18
    width: Optional[int] = None


@dataclass
class Settings:
    lr: float = 0.1
    epochs: int = 3
    name: str = "x"
    flag: bool = True
    kind: Kind = Kind.SGD
    layers: List[int] = field(default_factory=lambda: [1, 2])
    pair: Tuple[int, float] = (1, 2.0)
    model: Model = field(default_factory=Model)


PLAIN = {
    "lr": 0.1,
    "epochs": 3,
    "name": "x",
    "flag": True,
    "kind": "sgd",
    "layers": [1, 2],
    "pair": (1, 2.0),
    "model": {"depth": 18, "width": None},
}
NAMES = [*PLAIN, "model.depth", "model.width", "layers[0]", "layers.1", "pair[1]", 'model["depth"]']
ODD = [
    "lrr",
    "learning_rate",
    "model.dept",
    "a b",
    "",
    ".",
    "lr.",
    "layers[9]",
    "x[0]",
    "0",
    "é",
    "-",
]
SIGNS = ["=", "=", "=", ":=", "+=", "*=", "//=", "|=", "==", "-=", " =", "?=", "<<=", "@=", "=="]
TEXTS = [
    *("1", "-2", "0.5", "1e-3", "1.10", "1_1", "5e3", "inf", "nan", "2018-11-25", "010", "22:22"),
    *("True", "true", "yes", "no", "None", "null", "sgd", "adam", "x y", "it's", "'q'", '"q"'),
    *("[1,2]", "1,2", "(1,2.5)", "{1}", "{'depth':3}", "[1,", "config.lr*2", "config.name", "~1"),
    *("", " ", "\\", "a=b", "/tmp/x", "1/0", "'a'+1", "[x]", "3 if 1 else 2", "None or 5", "0x1f"),
]
keys = st.one_of(
    st.sampled_from(NAMES), st.sampled_from(ODD), st.text("lrmodel.[]01'\"*é-", max_size=8)
)
texts = st.one_of(
    st.sampled_from(TEXTS),
    st.text(max_size=12),
    st.integers().map(str),
    st.floats().map(repr),
    st.lists(st.integers(-9, 9), max_size=3).map(repr),
    st.booleans().map(repr),
)
tokens = st.builds(lambda key, sign, text: key + sign + text, keys, st.sampled_from(SIGNS), texts)


def typed(scope, token):
    """Type a token; return the config, None where the program ends, and the lines on stderr."""
    before, sys.argv = sys.argv, ["train.py", token]
    prompt = sys.__dict__.pop("ps1", None)  # IPython, in other tests, sets it
    errors = io.StringIO()
    try:
        with contextlib.redirect_stderr(errors), contextlib.redirect_stdout(io.StringIO()):
            return scope.apply(), errors.getvalue().splitlines()
    except SystemExit as ended:
        code, lines = ended.code, errors.getvalue().splitlines()
    finally:
        sys.argv = before
        if prompt is not None:
            sys.ps1 = prompt
    # A built-in word, `print=yaml`, prints and ends well.
    assert (code, len(lines)) in ((2, 1), (0, 0))
    return None, lines


def kind(value):
    """Return the kind of a value: numbers are of one, and None is of any."""
    if isinstance(value, dict):
        return {key: kind(item) for key, item in value.items()}
    is_number = isinstance(value, (int, float, complex)) and not isinstance(value, bool)
    return "number" if is_number else type(value)


def is_kept(before, after):
    """Whether a value has the kind of the one before it."""
    if isinstance(before, dict) and isinstance(after, dict):
        return all(is_kept(before.get(key), value) for key, value in after.items())
    return before is None or after is None or kind(before) == kind(after)


def same(one, other):
    return one == other or (one != one and other != other)


def check_plain(token):
    config, lines = typed(Scope(PLAIN, strict=True), token)
    if config is None:
        return
    changed = {key: value for key, value in config.items() if not same(PLAIN.get(key), value)}
    assert set(config) == set(PLAIN), "a junk key"
    assert len(changed) < 2
    for key, value in changed.items():
        assert lines or is_kept(PLAIN[key], value), "a silent change of type"
        check_value(key, value, token)
    assert len(lines) < 2


def check_value(key, value, token):
    """Check the value of a key that a plain literal or text was given to."""
    name, _, text = token.partition("=")
    if name == key + ":":
        assert value == text
    elif name == key:
        try:
            expected = ast.literal_eval(text.strip())
        except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
            return  # an expression, whose value other tests check
        assert same(value, expected)


TYPES = {
    "lr": float,
    "epochs": int,
    "name": str,
    "flag": bool,
    "kind": Kind,
    "layers": list,
    "pair": tuple,
    "model": dict,
}


def check_schema(token):
    config, lines = typed(Scope(schema=Settings), token)
    if config is None:
        return
    assert lines == []
    assert set(config) == set(TYPES)
    assert set(config.model) == {"depth", "width"}
    for key, cls in TYPES.items():
        assert type(config[key]) is cls or (cls is dict and isinstance(config[key], dict))
    assert all(type(item) is int for item in config.layers)
    assert [type(item) for item in config.pair] == [int, float]
    assert type(config.model.depth) is int
    assert type(config.model.width) in (int, type(None))
    if token.startswith("lr=") and not math.isnan(config.lr):
        assert config.to_dataclass(Settings).lr == config.lr


@pytest.mark.parametrize("check", [check_plain, check_schema])
class TestAnyToken:
    @pytest.mark.slow
    def test_that_people_type(self, check):
        for key in NAMES:
            for sign in SIGNS:
                for text in TEXTS:
                    check(key + sign + text)

    @given(tokens)
    @settings(max_examples=150)
    def test_at_random(self, check, token):
        check(token)

    @pytest.mark.slow
    @given(tokens)
    @settings(max_examples=5_000)
    def test_at_random_many_times(self, check, token):
        check(token)
