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
        "RATE = {rate}\ndef used(x):\n    return x{op}2\ndef {other}(x):\n    return x\n"
        "def f(x):\n    return used({other}(x)) * RATE\n"
    )
    old = write_module(form.format(rate=0.1, op="+", other="gone")).f
    new = write_module(form.format(rate=0.2, op="-", other="came")).f
    text = str(explain_change(fingerprint(old, follow=True), fingerprint(new, follow=True)))
    assert "f: RATE 0.1 -> 0.2" in text
    assert "used:\n  line 2\n  -     return x+2\n  +     return x-2" in text
    assert "came: newly used" in text
    assert "gone: no longer used" in text


def test_a_bare_digest_explains_nothing():
    with pytest.raises(ExplainError, match="a digest alone remembers no code"):
        explain_change(str(fingerprint(OLD)), OLD)
