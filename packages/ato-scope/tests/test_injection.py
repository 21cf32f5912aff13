"""Nothing typed as a value can run code, read attributes, or take long."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ato_scope import Scope, ScopeError, TokenError

ATTEMPTS = [
    "__import__('os').system('true')",
    "().__class__.__bases__[0].__subclasses__()",
    "config.__class__",
    "config.items",
    "config.lr.real",
    "config.__dict__",
    "''.join(['a'])",
    "'{0.__class__}'.format(1)",
    "'%s' % 1",
    "f'{config}'",
    "[x for x in range(10**9)]",
    "{x for x in [1]}",
    "{x: x for x in [1]}",
    "sum(x for x in [1])",
    "lambda: 1",
    "(lambda f: f(f))(lambda f: f(f))",
    "(x := 1)",
    "[*range(10)]",
    "{**config}",
    "print",
    "open('x')",
    "eval('1')",
    "await x",
    "yield",
    "9**9**9",
    "9**-9**9**9",
    "2**100000",
    "(2**4000)**4000",
    "1<<10**9",
    "'a'*10**9",
    "10**9*'a'",
    "[0]*10**9",
    "(['a']*1000)*1000",
    "[[0]*1000]*1000",
    "'a'*1000*1000*1000",
    "9" * 5000,
    "9" * 100_000,
    "(" * 5000 + ")" * 5000,
    "[" * 90 + "]" * 90,
    "-" * 50_000 + "1",
    "- " * 20_000 + "1",
    "not " * 15_000 + "1",
    "1+" * 30_000 + "1",
    "1 if 1 else " * 5000 + "1",
    "1<" * 10_000 + "1",
    "1@" * 10 + "1",
    "a." * 20_000 + "a",
    "config" + ".a" * 20_000,
    "config" + "[0]" * 20_000,
    "1;2",
    "import os",
    "x=1",
    "1\n2",
    "'a" + "\\" * 3001,
    "b'a'*10**9",
    "1e308*10**400",
    "10**400*1.0",
    "(1<<8000)*(1<<8000)",
    "5 % '%s'",
    "'" * 7,
    "``",
    "$x",
    "x!",
    "0b2",
    "0777",
    "1__0",
    "'\\N{nothing}'",
    "'\\ud800'.x",
]


@pytest.mark.parametrize("text", ATTEMPTS, ids=lambda text: text[:30])
def test_an_attempt_is_refused_in_one_line(text):
    scope = Scope({"lr": 0.1, "model": {"depth": 3}})
    with pytest.raises(TokenError) as caught:
        scope.apply([f"x={text}"])
    assert len(str(caught.value).splitlines()) == 1
    assert len(str(caught.value)) < 400


def test_a_long_list_of_plain_numbers_is_no_attempt():
    assert len(Scope().apply(["x=" + "1," * 20_000]).x) == 20_000


@pytest.mark.parametrize("start", ["x=", "x:=", ""])
def test_a_megabyte_is_refused_at_once(start):
    with pytest.raises(TokenError, match=r"too long.*@file"):
        Scope().apply([start + "1" * 1_000_000])


def outcome(apply):
    """Return the value, or the text of our error; any other exception fails the test."""
    try:
        return apply()
    except ScopeError as error:
        return str(error)
    except SystemExit as ended:
        return ended.code


class Trap:
    """Notices when anything is asked of it."""

    touched = False

    def __getattribute__(self, name):
        if name not in ("__class__", "__dict__"):
            Trap.touched = True
        return object.__getattribute__(self, name)


def test_attributes_of_values_are_never_read():
    trap = Trap()
    scope = Scope({"trap": trap})
    scope.observe("base", default=True)(lambda config: None)
    Trap.touched = False
    for text in ("config.trap.touched", "config.trap['a']", "-config.trap", "config.trap + 1"):
        with pytest.raises(TokenError):
            scope.apply([f"x={text}"])
    assert not Trap.touched


PIECES = [
    *"()[]{}'\"\\,.:=+-*/%<>!~@ \n\t#0123456789",
    "**", "//", "<<", "==", "config", ".lr", "lr", "and", "or", "not", "if", "else", "lambda",
    "for", "in", "is", "True", "None", "1e9", "0x", "b'", "f'", "é", "\udcff", "\0", "__class__",
]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
@example("config.lr")
@example("1 if config else 2")
def test_any_text_gives_a_value_or_our_error(text):
    scope = Scope({"lr": 0.1, "model": {"depth": 3}})
    result = outcome(lambda: scope.apply([f"x={text}"]))
    assert isinstance(result, dict) or len(result.splitlines()) == 1


@given(st.lists(st.text(alphabet=st.sampled_from("ab=:+~@-.[](){}'\", 1\\\x00\udc80"), max_size=8)))
def test_any_arguments_give_a_config_or_our_error(arguments):
    result = outcome(lambda: Scope({"a": 1, "b": [2]}).apply(arguments))
    assert isinstance(result, dict) or result == 0 or result.encode("utf-8")


plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(alphabet=st.characters(blacklist_categories=("Cs",), blacklist_characters="\0")),
    lambda inner: st.lists(inner, max_size=4) | st.tuples(inner, inner),
    max_leaves=8,
)  # fmt: skip


@given(plain)
def test_the_repr_of_plain_data_comes_back_as_it_was(value):
    assert Scope().apply([f"x={value!r}"]).x == value


@given(plain)
def test_a_list_comes_back_however_the_shell_splits_it(value):
    words = f"x=[{value!r}]".split(" ")
    joined = " ".join(words)
    if "  " not in joined and all(words):
        assert Scope().apply(words).x == [value]


@given(st.text(alphabet=st.characters(blacklist_categories=("Cs",), blacklist_characters="\0")))
def test_text_comes_back_as_it_was(text):
    assert Scope().apply([f"x:={text}"]).x == text
