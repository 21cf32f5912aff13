"""`explain_change`: which function, which statement, both sides."""

import pytest

from ato_trace import ExplainError, explain_change, fingerprint

OLD = '''
def step(model, data, rate=0.1):
    """Old docstring."""
    total = 0
    for item in data:
        total += model(item)
    if total > 3:
        print("%0 large")
    return total
'''


def changes(old, new):
    return [(c.kind, c.old, c.new) for c in explain_change(old, new).changes]


def followed(write_module, text, name="f"):
    return fingerprint(getattr(write_module(text, "explained"), name), follow=True)


def test_nothing_changed():
    explanation = explain_change(OLD, OLD.replace("total", "summed").replace("Old", "New"))
    assert not explanation
    assert str(explanation) == "the logic is the same"


def test_a_changed_statement_is_shown_from_both_sides():
    new = OLD.replace("total += model(item)", "total += model(\n            item) * 2")
    assert str(explain_change(OLD, new)) == (
        "step:\n"
        "  line 5\n"
        "  -         total += model(item)\n"
        "  +         total += model(\n"
        "  +             item) * 2"
    )


def test_a_new_variable_does_not_make_every_line_differ():
    new = OLD.replace("    total = 0\n", "    first = 1\n    total = 0\n")
    assert changes(OLD, new) == [("statement", "", "    first = 1")]


def test_a_removed_statement_has_no_new_side():
    new = OLD.replace('        print("%0 large")\n', "        pass\n")
    assert changes(OLD, new) == [("statement", '        print("%0 large")', "")]


def test_another_variable_in_the_same_place_is_found():
    new = OLD.replace("return total", "return item")
    assert changes(OLD, new) == [("statement", "    return total", "    return item")]


def test_indentation_that_changes_the_flow_is_found():
    new = OLD.replace(
        "    if total > 3:\n        print", "        if total > 3:\n            print"
    )
    assert [kind for kind, _, _ in changes(OLD, new)] == ["statement"] * 2


def test_a_changed_default_is_a_changed_header():
    assert changes(OLD, OLD.replace("0.1", "0.2")) == [
        (
            "statement",
            "def step(model, data, rate=0.1):",
            "def step(model, data, rate=0.2):",
        )
    ]


def test_lines_count_within_the_function(write_module):
    old = fingerprint(write_module("\n\n\n" + OLD).step)
    new = fingerprint(write_module(OLD.replace("> 3", "> 4")).step)
    (change,) = explain_change(old, new).changes
    assert (change.function, change.old_line, change.new_line) == ("step", 6, 6)


def test_methods_are_found_in_their_class(write_module):
    old = write_module("class A:\n    def m(self, x):\n        return x + 1\n").A
    new = write_module("class A:\n    def m(self, x):\n        return x + 2\n").A
    assert changes(old, new) == [("statement", "        return x + 1", "        return x + 2")]
    assert changes(old.m, new.m) == [("statement", "    return x + 1", "    return x + 2")]


def test_lambdas():
    def make(n):
        return [lambda x: x + 1, lambda x: x + 2][n]

    assert len(changes(make(0), make(1))) == 1


def test_stored_pairs_are_enough(write_module):
    old, new = fingerprint(OLD), fingerprint(OLD.replace("> 3", "> 4"))
    stored = explain_change((old.canonical, old.source), (new.canonical, new.source))
    assert str(stored) == str(explain_change(old, new))


def test_without_source_the_canonical_forms_are_compared():
    def made(text):
        namespace = {}
        exec(text, namespace)
        return namespace["f"]

    ((kind, old, new),) = changes(made("def f(x): return x.a"), made("def f(x): return x.b"))
    assert kind == "statement"
    assert (old[-2:], new[-2:]) == ("$a", "$b")


def test_what_follow_found_is_named(write_module):
    form = (
        "RATE = {rate}\ndef used(x):\n    return x{op}2\ndef {other}(x):\n    return x{op}1\n"
        "def f(x):\n    return used({other}(x)) * RATE\n"
    )
    old = followed(write_module, form.format(rate=0.1, op="+", other="gone"))
    new = followed(write_module, form.format(rate=0.2, op="-", other="came"))
    text = str(explain_change(old, new))
    assert "f: RATE 0.1 -> 0.2" in text
    assert "used (explained.py:2):\n  line 2\n  -     return x+2\n  +     return x-2" in text
    assert "came (explained.py:4): newly used" in text
    assert "gone (explained.py:4): no longer used" in text


def test_a_helper_that_only_got_another_name_is_no_news_of_its_own(write_module):
    form = "def {0}(x):\n    return x\ndef f(x):\n    return {0}(x)\n"
    old, new = (followed(write_module, form.format(name)) for name in ("gone", "came"))
    assert [change.function for change in explain_change(old, new).changes] == ["f"]


NET = """
class Net:
    def forward(self, x):
        return x + 1
        # a comment

class Other:
    def forward(self, x):
        return x + 2

net, other = Net().forward, Other().forward
TABLE = {"a": net, "b": other}
def f(x):
    return net(x), other(x)
def g(x):
    return TABLE["a"](x)
"""


def test_methods_are_named_with_their_class_and_file(write_module):
    old = followed(write_module, NET)
    new = followed(write_module, NET.replace("x + 2", "x + 3"))
    assert str(explain_change(old, new)) == (
        "Other.forward (explained.py:8):\n"
        "  line 2\n  -         return x + 2\n  +         return x + 3"
    )


def test_a_swap_in_a_registry_is_shown_as_such(write_module):
    old = followed(write_module, NET, "g")
    new = followed(write_module, NET.replace('"a": net, "b": other', '"a": other, "b": net'), "g")
    assert str(explain_change(old, new)).startswith("g: TABLE['a'] Net.forward -> Other.forward\n")


def test_comments_after_a_changed_statement_are_not_shown(write_module):
    old = NET.replace("        # a comment\n", "        # a comment\n        # more\n")
    assert changes(old.split("\n\n")[0], NET.split("\n\n")[0].replace("x + 1", "x")) == [
        ("statement", "        return x + 1", "        return x")
    ]


@pytest.mark.parametrize(
    ("old", "new", "shown"),
    [
        ("{i: i for i in range(99)}", "{**{i: i for i in range(99)}, 7: 0}", "T[7] 7 -> 0"),
        ("list(range(99))", "list(range(98))", "T[98] 98 -> (none)"),
        ("'a' * 99", "'a' * 50 + 'b' + 'a' * 48", "T[50:] ...'"),
        ("{'k': list(range(99))}", "{'k': [1, *range(1, 99)]}", "T['k'][0] 0 -> 1"),
    ],
)
def test_of_long_constants_the_part_that_differs_is_shown(write_module, old, new, shown):
    form = "T = {}\ndef f(): return T\n"
    one, other = (followed(write_module, form.format(value)) for value in (old, new))
    text = str(explain_change(one, other))
    assert shown in text
    assert "sha256" not in text
    assert len(text) < 200


def test_of_arrays_the_elements_that_differ_are_shown(write_module):
    pytest.importorskip("numpy")
    form = "import numpy as np\nT = np.arange(99)\nT[7] = {}\ndef f(): return T\n"
    one, other = (followed(write_module, form.format(value)) for value in (1, 2))
    assert str(explain_change(one, other)) == "f: T[7] 1 -> 2"


def test_a_fingerprint_of_the_older_form_is_said_to_be_one(write_module):
    new = followed(write_module, NET)
    old = (new.canonical.replace("2 def", "1 def"), new.source)
    (change,) = explain_change(old, new).changes
    assert change.kind == "form"
    assert str(explain_change(old, new)) == (
        "f: the first was recorded in an older form; the two cannot be compared"
    )


def test_source_and_byte_code_are_not_compared():
    namespace = {}
    exec("def f(x): return x", namespace)
    text = str(explain_change("def f(x): return x", namespace["f"]))
    assert "one was recorded by the source, the other by the byte code" in text


def test_what_was_not_followed_is_shown_when_asked(write_module):
    form = "import random\nrng = random.Random()\ndef f(x): return x + {}, rng\n"
    old, new = (followed(write_module, form.format(number)) for number in (1, 2))
    explanation = explain_change((old.canonical, old.source), (new.canonical, new.source))
    assert explanation.skipped == (("rng", "the state of a random generator"),)
    assert "rng" not in str(explanation).split("\n")[0]
    assert "not followed: rng (the state of a random generator)" in explanation.verbose()


def test_a_decorator_that_comes_or_goes_is_a_changed_line():
    assert changes(OLD, "@no_grad()" + OLD) == [("statement", "", "@no_grad()")]
    assert changes(OLD, "@scope.trace('x')" + OLD) == []


def test_a_bare_digest_explains_nothing():
    with pytest.raises(ExplainError, match="a digest alone remembers no code"):
        explain_change(str(fingerprint(OLD)), OLD)
