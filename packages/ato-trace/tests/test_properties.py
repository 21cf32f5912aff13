"""Hypothesis writes programs; CPython's compiler is the judge of what they do."""

import ast
import types

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ato_trace import explain_change, fingerprint

# Random programs give the compiler much to wonder about.
pytestmark = pytest.mark.filterwarnings("ignore::SyntaxWarning")

# Programs are written with numbers for variables, so that one program can be given many namings.
SLOTS = 5
variables = st.integers(0, SLOTS - 1).map("{{v{}}}".format)
constants = st.sampled_from(["0", "1", "1.0", "True", "None", "'a'", "b'a'", "2j", "-1", "..."])
global_names = st.sampled_from(["g", "h", "len", "print"])


def expressions():
    return st.recursive(
        variables | constants | global_names,
        lambda inner: st.one_of(
            st.builds("({} {} {})".format, inner, st.sampled_from("+-*/%|&^"), inner),
            st.builds("({} {} {})".format, inner, st.sampled_from(["<", "is", "in", "!="]), inner),
            st.builds("({} {} {})".format, inner, st.sampled_from(["and", "or"]), inner),
            st.builds("(not {})".format, inner),
            st.builds("g({}, {})".format, inner, inner),
            st.builds("g({}, k={})".format, inner, inner),
            st.builds("({}).attr".format, inner),
            st.builds("({})[{}]".format, inner, inner),
            st.builds("[{}, {}]".format, inner, inner),
            st.builds("({}, *{})".format, inner, inner),
            st.builds("({} if {} else {})".format, inner, inner, inner),
            st.builds("[{} for {} in ({}) if {}]".format, inner, variables, inner, inner),
            st.builds("(lambda {}, z=({}): {})".format, variables, inner, inner),
            st.builds("f'{{{{{}}}}}x{{{{{}!r:>3}}}}'".format, variables, variables),
        ),
        max_leaves=5,
    )


def indented(block):
    return "\n".join("    " + line for line in block.split("\n"))


def statements():
    simple = st.one_of(
        st.builds("{} = {}".format, variables, expressions()),
        st.builds("{} += {}".format, variables, expressions()),
        st.builds("print({})".format, expressions()),
        st.builds("return {}".format, expressions()),
        st.builds("import a as {}".format, variables),
        st.builds("del {}".format, variables),
        st.just("pass"),
    )
    return st.recursive(
        simple,
        lambda inner: st.one_of(
            st.builds("{}\n{}".format, inner, inner),
            st.builds("if {}:\n{}".format, expressions(), inner.map(indented)),
            st.builds(
                "if {}:\n{}\nelse:\n{}".format,
                expressions(),
                inner.map(indented),
                inner.map(indented),
            ),
            st.builds("for {} in ({}):\n{}".format, variables, expressions(), inner.map(indented)),
            st.builds("while {}:\n{}".format, expressions(), inner.map(indented)),
            st.builds(
                "try:\n{}\nexcept E as {}:\n{}".format,
                inner.map(indented),
                variables,
                inner.map(indented),
            ),
            st.builds("with ({}) as {}:\n{}".format, expressions(), variables, inner.map(indented)),
            st.builds("def {}({}):\n{}".format, variables, variables, inner.map(indented)),
        ),
        max_leaves=5,
    )


programs = st.builds(
    "def f({}):\n{}\n".format,
    st.just("{v0}, {v1}=1, *{v2}, {v3}, **{v4}"),
    statements().map(indented),
)
namings = st.permutations(["a1", "b1", "c1", "d1", "e1", "attr1", "x1", "y1"])


def named(program, names):
    return program.format(**{f"v{i}": names[i] for i in range(SLOTS)})


class OutOfLine(ast.NodeTransformer):
    """Keeps comprehensions out of the function around them.

    From 3.12 on the compiler merges them into it, and then the numbers of variables depend on
    whether one of the function's happens to have the name of one of the comprehension's.
    """

    def visit_ListComp(self, node):
        self.generic_visit(node)
        items = ast.GeneratorExp(node.elt, node.generators)
        return ast.Call(ast.Name("list", ast.Load()), [items], [])


def behaviour(source):
    """The byte code, in which variables are numbers already."""
    tree = ast.fix_missing_locations(OutOfLine().visit(ast.parse(source)))
    module = compile(tree, "<text>", "exec", optimize=1)
    (code,) = [c for c in module.co_consts if isinstance(c, types.CodeType)]
    return plain(code)


def plain(code):
    constants = [
        plain(c) if isinstance(c, types.CodeType) else (type(c).__name__, repr(c))
        for c in code.co_consts
        if not (isinstance(c, str) and "<locals>" in c)
    ]
    return code.co_code, code.co_names, code.co_argcount, constants


def compiles(source):
    try:
        compile(source, "<text>", "exec")
    except SyntaxError:
        return False
    return True


@settings(max_examples=60, deadline=None)
@given(programs, namings, namings)
def test_names_of_variables_never_matter(program, names, others):
    one, other = named(program, names), named(program, others)
    if compiles(one):
        assert fingerprint(one) == fingerprint(other)
        assert not explain_change(one, other)


@settings(max_examples=60, deadline=None)
@given(programs, programs, namings)
def test_equal_fingerprints_mean_equal_byte_code(program, other, names):
    one, two = named(program, names), named(other, names)
    if compiles(one) and compiles(two) and fingerprint(one) == fingerprint(two):
        assert without_passes(one) == without_passes(two)


@settings(max_examples=60, deadline=None)
@given(programs, st.lists(st.integers(0, 2), min_size=SLOTS, max_size=SLOTS))
def test_making_one_of_two_variables_is_noticed_when_the_byte_code_changes(program, merged):
    one = named(program, ["a1", "b1", "c1", "d1", "e1"])
    two = named(program, [f"m{merged[i]}" for i in range(SLOTS)])
    if compiles(one) and compiles(two) and fingerprint(one) == fingerprint(two):
        assert behaviour(one) == behaviour(two)


@settings(max_examples=60, deadline=None)
@given(programs, programs, namings)
def test_a_difference_is_always_explained(program, other, names):
    one, two = named(program, names), named(other, names)
    if compiles(one) and compiles(two):
        assert bool(explain_change(one, two)) == (fingerprint(one) != fingerprint(two))


def without_passes(source):
    """What the compiler makes of a program; `pass` leaves traces in it on some versions."""
    rows = [row for row in source.split("\n") if row.strip() != "pass"]
    text = "\n".join(rows)
    return behaviour(text if compiles(text) else source)
