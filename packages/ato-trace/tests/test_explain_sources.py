"""`explain_sources`: what changed in the texts of a program that nobody decorated."""

import ast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ato_trace import explain_sources

MODEL = '''"""The model."""
import math
from ato.scope import Scope

scope = Scope()
RATE = 0.1  # of learning

class Base:
    def reset(self):
        self.x = 0


class Net(Base):
    """A net."""

    depth = 3

    def forward(self, x):
        # forward
        hidden = x + 1
        return hidden * self.depth

    def unused(self):
        return 1


def loss(a, b=2):
    return math.sqrt(a * b)


@scope
def main(config):
    return loss(Net().forward(1))


if __name__ == "__main__":
    main()
'''


def changes(old, new):
    found = explain_sources(old, new)
    return [(c.kind, c.module, c.name, c.old.strip(), c.new.strip()) for c in found]


def edited(*edits):
    text = MODEL
    for old, new in edits:
        assert old in text
        text = text.replace(old, new)
    return changes({"model": MODEL}, {"model": text})


@pytest.mark.parametrize(
    "edit",
    [
        ("RATE = 0.1  # of learning", "RATE = 0.1"),
        ('"""A net."""', '"""Another."""'),
        ("        # forward\n", "\n\n"),
        ("hidden", "h"),
        ("import math\nfrom ato.scope import Scope", "from ato.scope import Scope\nimport math"),
        ("def loss(a, b=2)", "def loss(a: float, b: float = 2) -> float"),
        ("def forward(self, x)", "def forward(me, x)"),
        ("@scope\n", "@scope\n@scope.trace('main', follow=True)\n"),
        ("sqrt(a * b)", "sqrt(\n        a * b\n    )"),
    ],
    ids=lambda edit: edit[0][:20],
)
def test_looks_are_no_changes(edit):
    if edit[0] == "def forward(self, x)":
        assert edited(edit, ("self.depth", "me.depth")) == []
    else:
        assert edited(edit) == []


def test_definitions_may_be_reordered():
    start, end = MODEL.index("def loss"), MODEL.index("@scope\n")
    moved = MODEL[:start] + MODEL[end:] + MODEL[start:end]
    assert changes({"m": MODEL}, {"m": moved}) == []


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        (
            ("hidden = x + 1", "hidden = x + 2"),
            ("changed", "model", "Net.forward", "hidden = x + 1", "hidden = x + 2"),
        ),
        (("RATE = 0.1 ", "RATE = 0.2 "), None),
        (
            ("b=2", "b=3"),
            ("changed", "model", "loss", "def loss(a, b=2):", "def loss(a, b=3):"),
        ),
        (("depth = 3", "depth = 4"), ("changed", "model", "Net", "depth = 3", "depth = 4")),
        (("@scope\n", "@no_grad()\n@scope\n"), ("added", "model", "main", "", "@no_grad()")),
        (
            ("class Net(Base):", "class Net(Other):"),
            ("changed", "model", "Net", "class Net(Base):", "class Net(Other):"),
        ),
        (
            ("    def unused(self):\n        return 1\n", ""),
            ("removed", "model", "Net.unused", "def unused(self):\n        return 1", ""),
        ),
        (
            ("    main()\n", "    main()\n    main()\n"),
            ("added", "model", "<module>", "", "main()"),
        ),
    ],
    ids=lambda value: str(value[0])[:20] if value else "RATE",
)
def test_the_changed_statement_is_named(edit, expected):
    if expected is None:
        expected = (
            "changed",
            "model",
            "<module>",
            MODEL.split("\n")[5],
            edit[1] + " # of learning",
        )
    assert edited(edit) == [expected]


def test_lines_are_those_of_the_files():
    new = "# a comment\n" + MODEL.replace("x + 1", "x + 2")
    (change,) = explain_sources({"pkg.model": MODEL}, {"pkg.model": new})
    assert change.file == "pkg/model.py"
    assert MODEL.split("\n")[change.old_line - 1] == change.old
    assert new.split("\n")[change.new_line - 1] == change.new


def test_a_record_of_a_tracker_is_taken_as_it_is():
    old = {"m": {"text": "X = 1\n", "name": "src/m.py", "hash": "a"}}
    new = {"m": {"text": "X = 2\n", "name": "src/m.py", "hash": "b"}}
    (change,) = explain_sources(old, new)
    assert (change.file, change.old, change.new) == ("src/m.py", "X = 1", "X = 2")


def test_of_texts_that_were_not_kept_the_hash_decides():
    def record(digest):
        return {"m": {"text": None, "name": "m.py", "hash": digest}}

    assert explain_sources(record("a"), record("a")) == []
    (change,) = explain_sources(record("a"), record("b"))
    assert (change.kind, change.file) == ("text", "m.py")


def test_a_renamed_function_is_no_change():
    assert edited(("loss", "criterion")) == []


def test_a_moved_function_is_no_change():
    start, end = MODEL.index("def loss"), MODEL.index("@scope\n")
    helper = "import math\n" + MODEL[start:end]
    new = (MODEL[:start] + MODEL[end:]).replace(
        "import math\n", "import math\nfrom h import loss\n"
    )
    found = changes({"model": MODEL}, {"model": new, "h": helper})
    assert [change for change in found if "loss" in change[2]] == []


def test_a_renamed_module_is_no_change():
    main = "import model\n\ndef run():\n    return model.main()\n"
    assert (
        changes({"model": MODEL, "run": main}, {"net": MODEL, "run": main.replace("model", "net")})
        == []
    )


def test_a_renamed_module_with_an_edit_shows_the_edit():
    new = MODEL.replace("x + 1", "x + 2")
    assert changes({"model": MODEL}, {"net": new}) == [
        ("changed", "net", "Net.forward", "hidden = x + 1", "hidden = x + 2")
    ]


def test_a_new_module_is_added_definition_by_definition():
    found = changes({}, {"h": "K = 1\ndef g(x):\n    return x\n"})
    assert found == [
        ("added", "h", "<module>", "", "K = 1"),
        ("added", "h", "g", "", "def g(x):\n    return x"),
    ]


SCALE = "def scale(x):\n    return x * 2\n"
IMPORTS = {
    "nobody uses": ("", "import json\nfrom os import path\n"),
    "nobody uses, in the function": ("return a.f(x)", "import json\n    return a.f(x)"),
    "under another name": ("import a\n", "import a as b\n"),
    "from its package": ("from p import q\n", "import p.q as q\n"),
    "for type checkers": (
        "",
        "from __future__ import annotations\nif TYPE_CHECKING:\n    import d\n",
    ),
}


@pytest.mark.parametrize("edit", IMPORTS.values(), ids=list(IMPORTS))
def test_an_import_that_changes_no_meaning_is_no_change(edit):
    old = "import a\nfrom p import q\n\n\ndef f(x):\n    q.go()\n    return a.f(x)\n"
    new = old.replace(*edit) if edit[0] else edit[1] + old
    assert changes({"m": old}, {"m": new.replace("a.f", "b.f") if " as b" in new else new}) == []


def test_relative_and_absolute_imports_are_one():
    old = "from pkg.sub import a\nimport pkg.b as b\n\n\ndef f():\n    return a.x + b.y\n"
    new = old.replace("from pkg.sub", "from .sub").replace("import pkg.b as b", "from . import b")
    assert changes({"pkg.m": old}, {"pkg.m": new}) == []


def test_an_import_of_the_same_name_from_elsewhere_is_a_change():
    old = "from a import f\n\n\ndef g(x):\n    return f(x)\n"
    new = old.replace("from a", "from b")
    assert changes({"m": old}, {"m": new}) == [
        ("changed", "m", "<module>", "from a import f", "from b import f")
    ]


def test_an_import_that_takes_the_place_of_a_builtin_is_a_change():
    old = "def g(x):\n    return round(x)\n"
    found = changes({"m": old}, {"m": "from b import round\n" + old})
    assert found == [("added", "m", "<module>", "", "from b import round")]


def test_a_constant_may_move_with_what_uses_it():
    both = "K = 2\n\n\ndef f(x):\n    return x * K\n\n\n"
    rest = "def g(x):\n    return f(x) + K\n"
    new = {"m": "from parts import K, f\n\n\n" + rest, "parts": both}
    assert changes({"m": both + rest}, new) == []


def test_what_moved_and_changed_is_told_where_it_is_now():
    old = {"m": SCALE, "n": "import m\n\n\ndef f(x):\n    return m.scale(x)\n"}
    new = {"m": "", "n": SCALE.replace("2", "3") + "\n\ndef f(x):\n    return scale(x)\n"}
    found = [change for change in changes(old, new) if "scale" in change[2]]
    assert found == [("changed", "n", "scale", "return x * 2", "return x * 3")]


def test_and_where_it_was():
    old = {"a": {"text": "\n\n" + SCALE, "name": "a.py"}, "b": {"text": "", "name": "b.py"}}
    new = {
        "a": {"text": "", "name": "a.py"},
        "b": {"text": SCALE.replace("2", "3"), "name": "b.py"},
    }
    (change,) = explain_sources(old, new)
    assert (change.module, change.file, change.name) == ("b", "b.py", "scale")
    assert (change.old_module, change.old_file, change.old_name) == ("a", "a.py", "scale")
    assert change.old_line == change.new_line + 2


def test_what_is_told_of_one_side_stands_where_it_is():
    (change,) = explain_sources({"a": ""}, {"a": SCALE})
    assert (change.old_module, change.old_name) == (change.module, change.name)


def test_definitions_of_one_name_are_told_apart_by_their_decorators():
    old = (
        "@f.register(int)\ndef _(x):\n    return 1\n\n\n@f.register(str)\ndef _(x):\n    return 2\n"
    )
    new = old.replace(
        "@f.register(int)", "@f.register(set)\ndef _(x):\n    return 3\n\n\n@f.register(int)"
    )
    (change,) = changes({"m": old}, {"m": new})
    assert change[:3] == ("added", "m", "_ @f.register(set)")


def test_the_setter_of_a_property_is_named_as_such():
    old = (
        "class A:\n    @property\n    def w(self):\n        return self._w\n\n"
        "    @w.setter\n    def w(self, w):\n        self._w = w * 2\n"
    )
    (change,) = changes({"m": old}, {"m": old.replace("w * 2", "w * 3")})
    assert change[2] == "A.w.setter"


def test_overloads_are_for_type_checkers():
    old = "def f(x):\n    return x\n"
    assert changes({"m": old}, {"m": "@overload\ndef f(x: int) -> int: ...\n" + old}) == []


def test_definitions_below_if_and_try_are_named():
    old = """
try:
    import fast
except ImportError:
    def mean(x):
        return 1

if fast:
    class Net:
        def forward(self):
            return 1
else:
    LIMIT = 2
"""
    new = old.replace("return 1\n\n", "return 2\n\n").replace("LIMIT = 2", "LIMIT = 3")
    found = explain_sources({"m": old}, {"m": new})
    assert [(one.name, one.old) for one in found] == [
        ("mean", "        return 1"),
        ("<module>", "    LIMIT = 2"),
    ]
    found = explain_sources({"m": old}, {"m": old.replace("return 1\nelse", "return 2\nelse")})
    assert [one.name for one in found] == ["Net.forward"]


def test_a_class_is_the_successor_of_another_only_with_its_methods():
    old = {"p": "from p.a import Net", "p.a": "class Net:\n    def f(self):\n        return 1\n"}
    new = {"p": "from p.b import Net", "p.b": old["p.a"].replace("1", "2")}
    assert ("p", "from p.b import Net") in [
        (one.module, one.new) for one in explain_sources(old, new)
    ]
    new["p.b"] = old["p.a"]
    assert explain_sources(old, new) == []


@pytest.mark.parametrize(
    "text",
    [
        "__author__ = 'me'\n__license__ = 'MIT'",
        "from typing import List, Union\nRows = List[Union[int, float]]",
        "import typing as t\nRows = t.Sequence[int]",
        "import typing\n"
        "class Sized(typing.Protocol):\n    size: int\n    def __len__(self) -> int: ...",
    ],
)
def test_what_only_people_and_type_checkers_read_is_no_change(text):
    assert explain_sources({"m": "x = 1\n"}, {"m": text + "\nx = 1\n"}) == []


def test_an_alias_of_a_type_that_means_another_is_a_change():
    old = "from typing import List, Set\nRows = List[int]\n"
    assert explain_sources({"m": old}, {"m": old.replace("= List", "= Set")})


def test_texts_that_do_not_parse_are_compared_as_texts():
    old = {"m": "def f(:\n    return 1\n\n"}
    (change,) = explain_sources(old, {"m": "def f(:\n    return 2\n\n"})
    assert (change.kind, change.old, change.new) == ("text", "    return 1", "    return 2")
    assert explain_sources(old, {"m": "def f(:\n    return 1   \n\n"}) == []


def test_a_scope_may_come_from_another_module():
    settings = "from ato import Scope\nruns = Scope()\n"
    main = "from settings import runs\n{}def f(config): return 1\n"
    old, new = main.format("@runs\n"), main.format("@runs\n@runs.observe\n")
    assert changes({"settings": settings, "m": old}, {"settings": settings, "m": new}) == []


def test_every_module_of_the_standard_library_agrees_with_itself():
    for module in (ast, pytest):
        with open(module.__file__, encoding="utf-8") as file:
            text = file.read()
        assert explain_sources({"m": text}, {"m": text + "\n# the end\n"}) == []


NAMES = ["alpha", "beta", "gamma", "delta"]


def program(numbers):
    """One function per number, in the order given."""
    return "\n\n".join(f"def {name}(x):\n    return x + {n}" for name, n in numbers) + "\n"


@settings(deadline=None)
@given(
    st.lists(st.integers(0, 3), min_size=4, max_size=4),
    st.lists(st.integers(0, 3), min_size=4, max_size=4),
    st.permutations(range(4)),
)
def test_exactly_the_functions_that_differ_are_named_in_whatever_order(old, new, order):
    before = list(zip(NAMES, old))
    after = [list(zip(NAMES, new))[index] for index in order]
    found = changes({"m": program(before)}, {"m": program(after)})
    expected = {name for name, a, b in zip(NAMES, old, new) if a != b}
    assert {change[2] for change in found} == expected
    assert len(found) == len(expected)


def test_a_change_in_the_cells_of_a_notebook_is_where_it_stands_in_its_cell():
    old = "# In[1]:1\nimport math\n# In[4]:3\ndef f(x):\n    return x + 1\n"
    new = "# In[1]:1\nimport math\n# In[9]:1\ndef f(x):\n    return x + 2\n"
    [change] = explain_sources({"__main__": old}, {"__main__": new})
    assert (change.old_place, change.new_place) == ("In[4]:4", "In[9]:2")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("x = 1", "x = 2"),
        ("from math import sin as x", "from math import cos as x"),
        ("x, y = 1, 2", "x, y = 1, 3"),
        ("x, (y, *z) = f()", "x, (y, *z) = g()"),
    ],
)
def test_statements_that_bind_the_same_names_are_one_change_among_new_ones(old, new):
    found = changes(
        {"m": f"{old}\nprint(x)\n"}, {"m": f"a = 0\nsetup(a)\n{new}\nb = 0\nprint(x)\n"}
    )
    assert ("changed", "m", "<module>", old, new) in found
    assert {c[0] for c in found if c[4] != new} <= {"added"}


def test_a_change_in_a_file_is_in_no_cell():
    [change] = explain_sources({"a": "X = 1"}, {"a": "X = 2"})
    assert (change.old_place, change.new_place) == ("", "")
