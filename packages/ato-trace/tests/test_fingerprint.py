"""What a fingerprint counts, and what it does not."""

import functools
import json
import pickle

import pytest

from ato_trace import Fingerprint, FingerprintError, fingerprint

BASE = """
def step(model, data, rate=0.1):
    total = 0
    for item in data:
        total += model(item) * rate
    return total
"""


def same(first, second):
    return fingerprint(first) == fingerprint(second)


class TestCosmetics:
    def test_comments_layout_docstring_and_names_do_not_count(self):
        assert same(
            BASE,
            '''
@scope.trace("something")
def another_name(net, xs, lr = 0.1) -> float:
    """What it does."""

    acc: int = 0  # starts at zero
    for x in xs:
        acc += (
            net(x)
            * lr
        )

    return (acc)
''',
        )

    def test_recursion_does_not_depend_on_the_own_name(self):
        assert same("def f(n): return n and f(n - 1)", "def g(n): return n and g(n - 1)")

    def test_calling_another_function_of_the_same_form_differs(self):
        assert not same("def f(n): return n and f(n - 1)", "def g(n): return n and f(n - 1)")

    def test_imports_have_no_order(self):
        assert same(
            "def f():\n    import a, b\n    return a, b",
            "def f():\n    import b as c\n    import a\n    return a, c",
        )

    def test_imports_that_shadow_each_other_keep_their_order(self):
        assert not same(
            "def f():\n    from a import x\n    from b import x\n    return x",
            "def f():\n    from b import x\n    from a import x\n    return x",
        )

    def test_handlers_may_call_their_exceptions_alike_or_differently(self):
        form = "def f():\n    try: g()\n    except A as {}: h({})\n    except B as {}: h({})"
        assert same(form.format("e", "e", "e", "e"), form.format("a", "a", "b", "b"))

    def test_a_handler_that_clobbers_the_outer_exception_differs(self):
        form = (
            "def f():\n  try: g()\n  except A as e:\n"
            "    try: g()\n    except B as {}: pass\n    return e"
        )
        assert not same(form.format("e"), form.format("inner"))

    def test_brackets_that_formatters_remove_do_not_count(self):
        assert same("def f(a, b): del (a, b)", "def f(a, b): del a, b")

    def test_a_format_string_without_fields_is_a_string(self):
        assert same("def f(): return f'x'", "def f(): return 'x'")


class TestLogic:
    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ("def f(a, b): return a - b", "def f(b, a): return a - b"),
            ("def f(): return 1", "def f(): return 1.0"),
            ("def f(): return 1", "def f(): return True"),
            ("def f(): return 'a'", "def f(): return b'a'"),
            ("def f(a): return a.x", "def f(a): return a.y"),
            ("def f(): return x", "def f(): return y"),
            ("def f(a=1): return a", "def f(a=2): return a"),
            ("def f(a): return a", "def f(*a): return a"),
            ("def f(a): return a", "def f(*, a): return a"),
            ("def f(a): g(k=a)", "def f(a): g(j=a)"),
            ("def f(a): yield a", "def f(a): return a"),
            ("async def f(): pass", "def f(): pass"),
            ("def f(a): return (a,)", "def f(a): return [a]"),
            ("def f():\n global x\n x = 1", "def f():\n x = 1"),
            ("def f(): return a < b < c", "def f(): return a < b and b < c"),
            ("def f(x): return f'{x}'", "def f(x): return f'{x!r}'"),
            ("def f(a, b): return {a: b, 1: 2}", "def f(a, b): return {1: 2, a: b}"),
        ],
    )
    def test_these_differ(self, one, other):
        assert not same(one, other)

    def test_what_a_closure_takes_from_outside_counts_by_name(self):
        def make(a, b):
            return lambda x: x * a - b, lambda x: x * b - a

        first, second = make(1, 2)
        assert not same(first, second)

    def test_decorators_inside_a_function_count(self):
        plain = "def f():\n    def g(): pass\n    return g"
        assert not same(plain, "def f():\n    @no_grad()\n    def g(): pass\n    return g")

    def test_a_field_of_a_class_is_no_plain_attribute(self):
        # A dataclass would make a field of the one and not of the other.
        assert not same("class A:\n    x: int = 1", "class A:\n    x = 1")
        assert same("class A:\n    x: int = 1", "class A:\n    x: float = 1")
        assert not same("class A:\n    x: int = 1", "class A:\n    x: ClassVar[int] = 1")

    def test_methods_count_by_name_and_their_locals_do_not(self):
        assert same("class A:\n def m(self): return 1", "class B:\n def m(me): return 1")
        assert not same("class A:\n def m(self): return 1", "class A:\n def n(self): return 1")

    def test_watching_a_method_is_no_change_of_its_class(self):
        assert same(
            "class A:\n    def m(self): return 1",
            "class A:\n    @scope.trace('m')\n    def m(self): return 1",
        )


class TestObjects:
    def test_a_function_and_its_source_text_have_one_fingerprint(self, write_module):
        assert fingerprint(write_module(BASE).step) == fingerprint(BASE)

    def test_bound_methods_properties_and_wrapped_functions(self):
        class A:
            def method(self, x):
                return x + 1

            @property
            def value(self):
                return 1

            @staticmethod
            def static(x):
                return x + 2

            @classmethod
            def make(cls):
                return cls()

        def plain(x):
            return x + 2

        cached = functools.lru_cache(maxsize=None)(plain)
        assert fingerprint(A().method) == fingerprint(A.method)
        assert fingerprint(A.value).kind == "source"
        assert fingerprint(A.make) == fingerprint(A.__dict__["make"])
        assert fingerprint(cached) == fingerprint(plain)
        assert fingerprint(A.static) == fingerprint("@staticmethod\ndef static(x): return x + 2")

    def test_arguments_of_a_partial_count(self):
        def add(x, y):
            return x + y

        partials = [functools.partial(add), functools.partial(add, 1), functools.partial(add, y=1)]
        assert len({fingerprint(partial) for partial in partials}) == 3
        assert fingerprint(partials[0]) == fingerprint(add)

    def test_a_module_has_a_fingerprint(self, write_module):
        first = write_module("x = 1\n\ndef f(a): return a\n")
        second = write_module("# comment\nx = 1\ndef f(b):\n    return b\n")
        third = write_module("y = 1\n\ndef f(a): return a\n")
        assert same(first, second)
        assert not same(first, third)

    @pytest.mark.parametrize(
        ("obj", "message"),
        [
            (len, "builtins.len is implemented in C"),
            (dict, "builtins.dict is implemented in C"),
            (3, "an object of type int has no code of its own"),
            ("not python", "is not the source of a function or class"),
        ],
    )
    def test_what_has_no_code_is_a_clear_error(self, obj, message):
        with pytest.raises(FingerprintError, match=message):
            fingerprint(obj)

    def test_a_thousand_terms_and_branches_are_not_too_deep(self):
        terms = " + ".join(["x"] * 1000)
        branches = "if x: y\n" + "".join(f"    elif x == {i}: y\n" for i in range(1, 900))
        assert fingerprint("def f(x): return " + terms)
        assert fingerprint("def f(x):\n    " + branches)


class TestResult:
    def test_it_is_the_hex_digest_and_remembers_what_it_was_made_of(self, write_module):
        module = write_module(BASE)
        value = fingerprint(module.step)
        assert isinstance(value, str)
        assert len(value) == 64
        assert value.source == BASE.strip()
        assert value.canonical.startswith("2 def (args %0 %1 %2 = 0.1 )")
        assert value.location == f"{module.__file__}:2"
        assert value.kind == "source"
        assert value.form == 2

    def test_it_is_json_and_survives_pickling(self):
        value = fingerprint(BASE)
        assert json.loads(json.dumps({"f": value})) == {"f": str(value)}
        copy = pickle.loads(pickle.dumps(value))
        assert isinstance(copy, Fingerprint)
        assert (copy, copy.source, copy.canonical) == (value, value.source, value.canonical)
