"""Finding the source: decorated functions, lambdas, notebooks, edited files, and no source."""

import linecache
import subprocess
import sys
import textwrap

import pytest

from ato_trace import FingerprintError, fingerprint


class TestFiles:
    def test_decorators_of_several_lines(self, write_module):
        module = write_module(
            """
            def deco(*args, **kwargs):
                return lambda f: f

            @deco(
                1,
                name='''
            def not_this(): pass
            ''',
            )
            @deco()
            def f(
                a,
                b=(1,
            2),
            ):
                text = '''
            at the left margin
            '''
                return a, text

            # the end
            """
        )
        assert fingerprint(module.f).source.endswith("return a, text")
        assert fingerprint(module.f) == fingerprint(fingerprint(module.f).source)

    def test_text_of_several_lines_keeps_its_indentation(self, write_module):
        module = write_module(
            """
            def outer():
                return '''
                    x'''

            class A:
                def method(self):
                    return '''
                    x'''
            """
        )
        assert "'\\n        x'" in fingerprint(module.outer).canonical
        assert "'\\n        x'" in fingerprint(module.A.method).canonical

    def test_nested_functions_and_conditional_definitions(self, write_module):
        module = write_module(
            """
            if True:
                def f(): return 1
                class A:
                    x = 1
            else:
                def f(): return 2
                class A:
                    x = 2

            def outer():
                def inner(a):
                    return a
                return inner
            """
        )
        assert fingerprint(module.f) == fingerprint("def f(): return 1")
        assert fingerprint(module.outer()) == fingerprint("def f(a): return a")
        assert fingerprint(module.A).kind == "source"

    def test_of_two_classes_with_one_name_the_live_one_counts(self, write_module):
        module = write_module(
            """
            flag = True
            if flag:
                class A:
                    def f(self): return 1
            else:
                class A:
                    def f(self): return 2
            """
        )
        assert fingerprint(module.A) == fingerprint("class A:\n    def f(self): return 1")

    def test_other_encodings_and_line_ends(self, tmp_path, write_module):
        module = write_module("# -*- coding: latin-1 -*-\r\ndef f():\r\n    return 'x'\r\n")
        assert fingerprint(module.f) == fingerprint("def f(): return 'x'")

    def test_private_names_and_tabs(self, write_module):
        module = write_module("class _A:\n\tdef __f(self, __x):\n\t\treturn self.__y + __x\n")
        assert fingerprint(vars(module._A)["_A__f"]).kind == "source"


class TestLambdas:
    def test_several_on_one_line_are_told_apart(self):
        first, second, third = (lambda x: x + 1), (lambda x: x + 2), (lambda y: y + 1)
        assert fingerprint(first) == fingerprint(third) != fingerprint(second)
        assert fingerprint(first).kind == "source"

    def test_lambdas_inside_calls_of_several_lines(self):
        functions = {
            "a": lambda x: x,
            "b": lambda x: [
                x,
                x,
            ],
        }
        assert fingerprint(functions["b"]).canonical.endswith("(list %0 %0 )")


class TestEditedFiles:
    def test_an_edit_after_the_import_is_not_taken_for_the_running_code(self, write_module):
        module = write_module("def f(x):\n    return x + 1\n")
        before = fingerprint(module.f)
        with open(module.__file__, "w") as file:
            file.write("def f(x):\n    return x + 2\n")
        after = fingerprint(module.f)
        assert before.kind == "source"
        assert after.kind == "code-object"
        assert after.source is None

    def test_edited_classes_are_noticed_too(self, write_module):
        text = "class A:\n    x = 1\n    def f(self):\n        return 1\n"
        for edit in (("x = 1", "x = 2"), ("return 1", "return 2")):
            module = write_module(text)
            assert fingerprint(module.A).kind == "source"
            with open(module.__file__, "w") as file:
                file.write(text.replace(*edit))
            assert fingerprint(module.A).kind == "code-object"

    def test_moved_lines_are_noticed_too(self, write_module):
        module = write_module("def f(x):\n    return x + 1\n\ndef g(y):\n    return y\n")
        with open(module.__file__, "w") as file:
            file.write("def h(): pass\n\n\ndef f(x):\n    return x + 1\n")
        assert fingerprint(module.g).kind == "code-object"

    def test_code_whose_lines_moved_is_still_found(self, write_module):
        module = write_module("def f(x):\n    return x + 1\n")
        before = fingerprint(module.f)
        with open(module.__file__, "w") as file:
            file.write("def g(x):\n    return x\n\n\ndef f(x):\n    return x + 1\n")
        assert fingerprint(module.f) == before
        assert fingerprint(module.f).kind == "source"


class TestWithoutSource:
    def test_exec_gives_a_marked_fingerprint_of_the_byte_code(self):
        def made(text):
            namespace = {}
            exec(text, namespace)
            return fingerprint(namespace["f"])

        one = made("def f(a, b=1):\n    'doc'\n    return [a + i for i in b]")
        renamed = made("def f(x, y=1):\n    'other'\n    return [x + j for j in y]")
        changed = made("def f(a, b=1):\n    return [a - i for i in b]")
        other_default = made("def f(a, b=2):\n    return [a + i for i in b]")
        assert one.kind == "code-object"
        assert one.source is None
        assert one == renamed
        assert len({one, changed, other_default}) == 3

    def test_classes_made_by_calls(self):
        made = type("Made", (), {"x": 1, "f": lambda self: 2})
        other = type("Made", (), {"x": 2, "f": lambda self: 2})
        assert fingerprint(made).kind == "code-object"
        assert fingerprint(made) != fingerprint(other)

    def test_a_program_on_standard_input_has_no_source(self):
        program = textwrap.dedent(
            """
            from ato_trace import fingerprint
            def f(x): return x + 1
            print(fingerprint(f).kind)
            """
        )
        done = subprocess.run(
            [sys.executable, "-"], input=program.encode(), stdout=subprocess.PIPE, check=True
        )
        assert done.stdout.strip() == b"code-object"


class TestNotebooks:
    def run_cell(self, text, name, namespace):
        """What IPython does: the source is in linecache, under a name that is no file."""
        linecache.cache[name] = (len(text), None, text.splitlines(True), name)
        exec(compile(text, name, "exec"), namespace)

    def test_functions_and_classes_of_a_cell(self):
        namespace = {"__name__": "__main__"}
        cell = "def f(x):\n    return x + 1\n\nclass A:\n    y = 1\n    def g(self): return 2\n"
        self.run_cell(cell, "<ipython-input-1-abc>", namespace)
        assert fingerprint(namespace["f"]) == fingerprint("def f(x): return x + 1")
        assert fingerprint(namespace["A"]).kind == "source"

    def test_a_cell_run_again_gives_the_new_code(self):
        namespace = {"__name__": "__main__"}
        self.run_cell("def f(x): return 1\n", "/tmp/ipykernel_1/1.py", namespace)
        first = fingerprint(namespace["f"])
        self.run_cell("def f(x): return 2\n", "/tmp/ipykernel_1/2.py", namespace)
        assert fingerprint(namespace["f"]) != first

    def program_of(self, cells):
        """What a run in IPython records of these cells, the last of which made an entry `main`."""
        program = textwrap.dedent(
            f"""
            from IPython.core.interactiveshell import InteractiveShell
            shell = InteractiveShell.instance()
            for cell in {cells!r}:
                shell.run_cell(cell, store_history=True)
            found = shell.run_cell("main().sources()['__main__']['text']", store_history=True)
            print("=== the program", found.result, sep="\\n")
            """
        )
        done = subprocess.run([sys.executable, "-c", program], stdout=subprocess.PIPE, check=True)
        return done.stdout.decode().split("=== the program\n")[1]

    @pytest.mark.slow
    def test_the_program_of_a_run_is_what_its_cells_define_now(self):
        pytest.importorskip("IPython")
        cells = [
            "def f():\n    return 1",
            "RATE, seen = 1, []",
            "seen.append(f())",
            "seen.append(f())",
            "RATE = 2",
            "# again\ndef f():\n    return 2 + RATE + len(seen)",
            "from ato_trace import Scope; from ato_adict import record_of",
            "def entry(config):\n    f()\n    return record_of(config)",
            "main = Scope()(entry)",
        ]
        text = self.program_of(cells)
        made = "# In[6]:2\ndef f():\n    return 2 + RATE + len(seen)\n"
        assert f"{made}# In[2]:1\nRATE, seen = 1, []\n# In[4]:1\nseen.append(f())\n# In[5]" in text
        assert "return 1" not in text
        assert text.count("seen.append") == 1

    @pytest.mark.slow
    def test_cells_that_look_or_stand_by_are_no_part_of_the_program(self):
        pytest.importorskip("IPython")
        cells = [
            "from ato_trace import Scope; from ato_adict import record_of",
            "import math, random",
            "RATE = math.sqrt(4)",
            "def f():\n    return RATE",
            "scope = Scope()",
            "@scope.observe(default=True)\ndef default(config):\n    config.lr = f()",
            "main = scope(record_of)",
        ]
        idle = [
            "unused = 3",
            "shown = sorted([unused])",
            "for one in shown:\n    print('looked', one)",
            "RATE",
            "main.with_args(['lr=2'])()",
            "found = main()",
            "'-'.join(['a'])",
            "import json as looked",
            "import os as stood, time",
            "stood.getcwd(), time.time()",
            "print(f(), RATE)",
            "assert f() == 2",
            "def show(config):\n    shown = [config, f()]\n    shown.append(1)\n    return shown",
            "show(2)",
            "config = scope.apply(args=['lr=3'])",
            "scope.explain('lr')",
            "print(scope.apply([]).lr)",
        ]
        idle_magics = ["%time 1 + 1", "%%time\nf()", "%pip --version", "!echo", "%config"]
        text = self.program_of([*cells, *idle, *idle_magics])
        assert [part for part in cells if f"]:1\n{part}\n" not in text] == []
        assert [part for part in idle if f"]:1\n{part}\n" in text] == []
        assert "get_ipython" not in text

    @pytest.mark.slow
    def test_cells_that_act_are_part_of_the_program(self):
        pytest.importorskip("IPython")
        acting = [
            "random.seed(3)",
            "_ = random.seed(4)",
            "state = random.seed(5)",
            "math.tau = 6",
            "table['a'] = 1",
            "table.update(b=2)",
            "count += 1",
            "del table['a']",
            "for seed in range(2):\n    random.seed(seed)",
            "with open('/dev/null', 'w'): put(1)",
            "loss = put(0.5)",
            "shuffle(table)",
            "main(1)",
            "exec('RATE = 7')",
            "from cmath import *",
            "@scope.manual\ndef words(config):\n    config.lr = 'the rate'",
            "%cd .",
        ]
        cells = [
            "from ato_trace import Scope; from ato_adict import record_of",
            "import math, random",
            "table, count, RATE = {'a': 1}, 0, 1",
            "def put(x=0):\n    table['x'] = x",
            "def shuffle(what):\n    what['y'] = 1",
            "def g(config, data=None):\n    table, count, RATE\n    return record_of(config)",
            "scope = Scope()",
            "main = scope(g)",
            *acting,
        ]
        text = self.program_of(cells)
        assert [part for part in acting[:-1] if f"]:1\n{part}\n" not in text] == []
        assert "run_line_magic('cd', '.')" in text

    @pytest.mark.slow
    def test_in_ipython_itself(self):
        pytest.importorskip("IPython")
        program = textwrap.dedent(
            """
            from IPython.core.interactiveshell import InteractiveShell
            shell = InteractiveShell.instance()
            shell.run_cell("from ato_trace import fingerprint")
            shell.run_cell("def f(x):\\n    return x + 1\\nclass A:\\n    z = 1")
            shell.run_cell("print(fingerprint(f).kind, fingerprint(A).kind)")
            """
        )
        done = subprocess.run([sys.executable, "-c", program], stdout=subprocess.PIPE, check=True)
        assert done.stdout.split()[-2:] == [b"source", b"source"]


def test_a_c_function_is_a_clear_error():
    with pytest.raises(FingerprintError, match=r"implemented in C"):
        fingerprint(map)
