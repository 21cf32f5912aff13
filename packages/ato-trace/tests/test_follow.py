"""`follow=True`: the user's own code that a function rests on counts as well."""

import sys

import pytest

from ato_trace import fingerprint

HELPERS = """
import dataclasses
import math

SCALE = {scale}
TABLE = {{"b": [1, 2], "a": {{3, 4}}}}

def norm(x):
    return math.sqrt(x) * SCALE

def even(n):
    return n == 0 or odd(n - 1)

def odd(n):
    return n != 0 and even(n - {step})

@dataclasses.dataclass
class Record:
    size: int

    def double(self):
        return self.size * {factor}

class Base:
    def shared(self):
        return {shared}

class Net(Base):
    def forward(self, x):
        return self.helper(x) + len(TABLE)

    def helper(self, x):
        return {helper}
"""
VALUES = {"scale": "2.5", "step": "1", "shared": "3", "factor": "2", "helper": "x + 1"}
MAIN = """
import functools
import follow_helpers as h
from follow_helpers import Net

RATE = 0.1
net = Net()
partial = functools.partial(h.odd, 3)
registry = {{"norm": h.norm, "net": h.Net}}
record = h.Record(3)

def train(x):
    return {body}
"""


@pytest.fixture
def train(write_module):
    """A function whose helpers are in another module of the same project."""

    def make(body, **changes):
        write_module(HELPERS.format(**{**VALUES, **changes}), "follow_helpers")
        return write_module(MAIN.format(body=body)).train

    return make


@pytest.mark.parametrize(
    ("body", "changes"),
    [
        ("h.norm(x)", {"scale": "3.5"}),
        ("h.even(x)", {"step": "2"}),
        ("Net().forward(x)", {"helper": "x + 2"}),
        ("Net().forward(x)", {"shared": "4"}),
        ("net.forward(x)", {"helper": "x + 2"}),
        ("partial()", {"step": "2"}),
        ("registry['norm'](x)", {"scale": "3.5"}),
        ("registry['net']().forward(x)", {"helper": "x + 2"}),
        ("record.double()", {"factor": "3"}),
        ("[f for f in map(h.norm, x)]", {"scale": "3.5"}),
    ],
)
def test_a_change_in_what_is_used_changes_the_fingerprint(train, body, changes):
    before = train(body)
    plain, followed = fingerprint(before), fingerprint(before, follow=True)
    after = train(body, **changes)
    assert fingerprint(after) == plain
    assert fingerprint(after, follow=True) != followed


def test_a_change_in_what_is_not_used_does_not(train):
    before = fingerprint(train("h.norm(x)"), follow=True)
    after = fingerprint(train("h.norm(x)", step="2", helper="x + 2"), follow=True)
    assert before == after


def test_cosmetic_changes_of_helpers_do_not(write_module):
    first = write_module("def g(a):\n    return a\n\ndef f(x):\n    return g(x)\n")
    second = write_module("def f(y):\n    return g(y)  # call\n\ndef g(b): 'doc'; return b\n")
    assert fingerprint(first.f, follow=True) == fingerprint(second.f, follow=True)


def test_recursion_and_cycles_end(train):
    value = fingerprint(train("h.even(x) + train(x)"), follow=True)
    assert [line for line in value.canonical.split("\n") if line.startswith("== ")] == [
        "== 0",
        "== 1",
        "== 2",
    ]


def test_closures_count_with_their_values(write_module):
    module = write_module(
        """
        def make(rate, function):
            def inner(x):
                return function(x) * rate
            return inner

        def double(x): return 2 * x
        def triple(x): return 3 * x
        """
    )
    one = fingerprint(module.make(0.1, module.double), follow=True)
    assert one == fingerprint(module.make(0.1, module.double), follow=True)
    assert one != fingerprint(module.make(0.2, module.double), follow=True)
    assert one != fingerprint(module.make(0.1, module.triple), follow=True)


def test_values_do_not_depend_on_the_order_of_dicts_and_sets(write_module):
    form = "T = {}\n\ndef f(): return T\n"
    one = write_module(form.format("{'a': {1, 2}, 'b': 2}"))
    other = write_module(form.format("{'b': 2, 'a': {2, 1}}"))
    assert fingerprint(one.f, follow=True) == fingerprint(other.f, follow=True)


def test_methods_follow_what_they_use_of_their_class(train):
    before = train("x")
    net = sys.modules["follow_helpers"].Net
    one = fingerprint(net.forward, follow=True)
    train("x", helper="x + 2")
    assert before
    assert fingerprint(sys.modules["follow_helpers"].Net.forward, follow=True) != one


def test_containers_that_hold_themselves_end(write_module):
    module = write_module(
        "def g(): return 1\nloop = [g]\nloop.append(loop)\n\ndef f(): return loop\n"
    )
    assert "uses loop[0] -> 1" in fingerprint(module.f, follow=True).canonical


def test_versions_of_libraries_count_and_that_of_python_is_only_recorded(write_module):
    module = write_module(
        "import json, hypothesis\n\ndef f(): return hypothesis.given, json.dumps\n"
    )
    value = fingerprint(module.f, follow=True)
    version = sys.modules["hypothesis"].__version__
    assert value.versions["hypothesis"] == version
    assert value.versions["python"] == "{}.{}.{}".format(*sys.version_info[:3])
    assert f"library hypothesis {version}" in value.canonical
    assert "library python" not in value.canonical
    assert "== 1" not in value.canonical  # nothing of theirs is followed


def test_values_that_are_not_plain_are_compared_by_hash(write_module):
    form = "import decimal\nT = {{'a': decimal.Decimal({}), None: [1]}}\n\ndef f(): return T\n"
    one, other = (fingerprint(write_module(form.format(n)).f, follow=True) for n in (1, 2))
    assert "value T = sha256:" in one.canonical
    assert one != other


def test_names_that_are_not_defined_are_no_error(write_module):
    module = write_module("def f(): return later + missing.thing()\n")
    assert fingerprint(module.f, follow=True).kind == "source"
