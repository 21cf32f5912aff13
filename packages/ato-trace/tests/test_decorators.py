"""Decorators count: which they are, with what arguments, and what they do; those of ato do not."""

import pytest

from ato_trace import fingerprint

DECO = """
import dataclasses
import functools
from ato_trace import MultiScope, Scope

scope = Scope()
renamed = Scope(name="other")
both = MultiScope(scope, renamed)

def twice(times=2):
    def decorate(function):
        @functools.wraps(function)
        def inner(x):
            return function(x) * times
        return inner
    return decorate

def autocast(dtype):
    return lambda function: function

{decorators}
def f(x):
    return x

def user(x):
    return f(x)
"""


@pytest.fixture
def decorated(write_module):
    """The fingerprints of a decorated function, alone and as a helper."""

    def make(decorators, edit=("", "")):
        text = DECO.format(decorators="\n".join(decorators)).replace(*edit)
        module = write_module(text, "decorated")
        return fingerprint(module.f), fingerprint(module.user, follow=True)

    return make


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ([], ["@twice()"]),
        (["@twice(2)"], ["@twice(3)"]),
        (["@autocast('float16')"], ["@autocast(dtype='bfloat16')"]),
        (["@twice()", "@autocast(1)"], ["@autocast(1)", "@twice()"]),
        ([], ["@functools.lru_cache(maxsize=None)"]),
    ],
)
def test_decorators_and_their_arguments_count(decorated, old, new):
    for before, after in zip(decorated(old), decorated(new)):
        assert before != after


def test_what_a_decorator_does_counts_where_it_is_followed(decorated):
    plain, followed = decorated(["@twice()"])
    edited_plain, edited = decorated(["@twice()"], ("function(x) * times", "function(x) + times"))
    assert plain == edited_plain
    assert followed != edited


@pytest.mark.parametrize(
    "decorators",
    [
        ["@scope.trace('f')"],
        ["@renamed.trace('f')"],
        ["@renamed.runtime_trace('f')"],
        ["@scope.observe(default=True)"],
        ["@renamed.trace('f')", "@renamed"],
        ["@both.trace('f')"],
    ],
)
def test_decorators_of_ato_do_not_count_whatever_they_are_called(decorated, decorators):
    assert decorated(decorators)[0] == decorated([])[0]


def test_another_object_called_scope_is_none_of_ato(write_module):
    text = "class T:\n    def trace(self, f): return f\nscope = T()\n{}def f(x): return x\n"
    one = write_module(text.format("@scope.trace\n")).f
    other = write_module(text.format("")).f
    assert fingerprint(one) != fingerprint(other)


def test_arguments_of_a_class_decorator_count():
    form = "@dataclass{}\nclass A:\n    x: int = 1\n"
    assert fingerprint(form.format("(frozen=True)")) != fingerprint(form.format(""))


def test_decorators_for_type_checkers_do_not_count():
    plain = "class A:\n    def f(self): return 1\n"
    assert fingerprint(plain.replace("    def", "    @override\n    def")) == fingerprint(plain)


class TestSavedAgain:
    """A file saved again just before the start is compared with what runs; generated methods,
    and sets in another order, make no difference."""

    @pytest.mark.parametrize(
        "text",
        [
            "import dataclasses\n@dataclasses.dataclass(frozen=True)\nclass A:\n    x: int = 1\n",
            "import typing\nclass A(typing.NamedTuple):\n    x: int = 1\n    def f(self): ...\n",
            "import enum\nclass A(enum.Enum):\n    X = 1\n",
            "attr = __import__('pytest').importorskip('attr')\n@attr.s(auto_attribs=True)\n"
            "class A:\n    x: int = 1\n",
            "class A:\n    n = 0\n    def __init__(self): A.n += 1\nA()\n",
        ],
        ids=["dataclass", "NamedTuple", "Enum", "attrs", "counter"],
    )
    def test_a_class(self, write_module, text):
        assert fingerprint(write_module(text).A).kind == "source"

    def test_set_constants(self, write_module):
        module = write_module("def f(x): return x in {'a', 'b', 'c', 'd', 'e', 'f', ('g', 'h')}\n")
        code = module.f.__code__
        constants = tuple(
            frozenset(sorted(c, key=str, reverse=True)) if isinstance(c, frozenset) else c
            for c in code.co_consts
        )
        if hasattr(code, "replace"):  # Python 3.8
            module.f.__code__ = code.replace(co_consts=constants)
        assert fingerprint(module.f).kind == "source"
