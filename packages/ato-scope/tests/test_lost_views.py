"""No view is lost without a word: of the same name, never applied, of a script that runs twice."""

import importlib
import textwrap

import pytest

from ato_scope import MultiScope, Scope, ViewError

START = """
    from ato_scope import Scope

    scope = Scope()
"""

TWICE = {
    "two default views": """
        @scope.observe(default=True)
        def same(config):
            config.lr = 1

        @scope.observe(default=True)
        def same(config):
            config.steps = 1
    """,
    "bare": """
        @scope.observe
        def same(config):
            config.lr = 1

        @scope.observe
        def same(config):
            config.steps = 1
    """,
    "default and named": """
        @scope.observe(default=True)
        def same(config):
            pass

        @scope.observe()
        def same(config):
            pass
    """,
    "lazy": """
        @scope.observe(lazy=True)
        def same(config):
            pass

        @scope.observe(lazy=True)
        def same(config):
            pass
    """,
    "a given name": """
        @scope.observe('same')
        def one(config):
            pass

        @scope.observe('same')
        def two(config):
            pass
    """,
    "a function and a config": """
        @scope.observe()
        def same(config):
            pass

        scope.observe('same', config={'lr': 1})
    """,
    "two configs": """
        scope.observe('same', config={'lr': 1})
        scope.observe('same', config={'lr': 2})
    """,
    "in a function": """
        def register():
            @scope.observe()
            def same(config):
                pass

            @scope.observe()
            def same(config):
                pass

        register()
    """,
    "in a class": """
        class Views:
            @scope.observe()
            def same(config):
                pass

            @scope.observe()
            def same(config):
                pass
    """,
    "with a lazy block": """
        @scope.observe()
        def same(config):
            with Scope.lazy():
                config.lr = 1

        @scope.observe()
        def same(config):
            with Scope.lazy():
                config.lr = 2
    """,
}


@pytest.fixture
def module(tmp_path, monkeypatch):
    """Imports source as a module; again under the same name when it is called again."""
    monkeypatch.syspath_prepend(str(tmp_path))

    def load(source, name):
        path = tmp_path / f"{name}.py"
        path.write_text(textwrap.dedent(START) + textwrap.dedent(source), encoding="utf-8")
        return importlib.import_module(name)

    return load


@pytest.mark.parametrize("number", range(len(TWICE)), ids=list(TWICE))
def test_two_views_of_one_name_in_a_script(module, number):
    with pytest.raises(ViewError, match="has the name of another view at .*; rename one"):
        module(list(TWICE.values())[number], f"twice_{number}")


def test_two_views_of_one_name_where_that_is_wanted(module):
    source = "scope.enable_override = True\n" + textwrap.dedent(TWICE["two default views"])
    assert module(source, "wanted").scope.apply([]) == {"steps": 1}


def test_a_reloaded_and_a_shifted_module_register_their_views_again(module, tmp_path):
    source = "@scope.observe(default=True)\ndef same(config):\n    config.lr = 1\n"
    loaded = module("scope = kept = globals().get('kept', scope)\n" + source, "again")
    path = tmp_path / "again.py"
    path.write_text("# one more line\n" + path.read_text(), encoding="utf-8")
    importlib.invalidate_caches()
    assert importlib.reload(loaded).kept.apply([]) == {"lr": 1}


def test_a_loop_and_a_factory_may_register_again():
    scope = Scope()
    for value in (1, 2):
        scope.observe("same", config={"lr": value}, default=True)
    assert scope.apply([]) == {"lr": 2}


LOOPS = {
    "a loop": """
        for number in range(3):
            @scope.observe(default=True)
            def same(config, number=number):
                config[f'k{number}'] = number
    """,
    "a loop of configs": """
        for number in range(3):
            scope.observe('same', config={'k': number}, default=True)
    """,
    "a factory": """
        def make(number):
            @scope.observe('same', default=True)
            def view(config):
                config.k = number

        make(1)
        make(2)
    """,
}


@pytest.mark.parametrize("number", range(len(LOOPS)), ids=list(LOOPS))
def test_a_program_that_registers_a_name_again_is_told(program, number):
    start, loop = textwrap.dedent(START), textwrap.dedent(list(LOOPS.values())[number])
    end = "\nscope.apply()\n"
    program.write(start + loop + end)
    assert "replaces the one that the same line has registered before" in program.run().err
    program.write(start + "scope.enable_override = True\n" + loop + end)
    assert program.run().err == ""


@pytest.mark.parametrize("lazy", [False, True])
def test_a_view_that_returns_its_values_is_told(lazy, capsys):
    scope = Scope()

    @scope.observe(default=True, lazy=lazy)
    def values(config):
        return {"lr": 1}

    assert scope.apply([]) == {}
    assert "returned a dict, which changes nothing" in capsys.readouterr().err


def test_what_methods_return_is_no_mistake_of_a_view(capsys):
    scope = Scope({"m": {}})
    scope.observe("a", default=True)(lambda config: config.update(lr=1))
    scope.observe("b", default=True)(lambda config: config.setdefault("m", {}))
    scope.observe("c", default=True)(lambda config: config.pop("lr"))
    scope.apply([])
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("priority", ["1", None, [1]])
def test_a_priority_is_a_number(priority):
    with pytest.raises(ViewError, match="the priority of view 'a' is a number, not"):
        Scope().observe("a", config={}, priority=priority)


def test_cells_may_register_again():
    scope = Scope()
    cell = "@scope.observe(default=True)\ndef same(config):\n    config.lr = {}\n"
    for number in (1, 2):
        exec(compile("\n" * number + cell.format(number), "<cell>", "exec"), {"scope": scope})
    assert scope.apply([]) == {"lr": 2}


class TestNeverApplied:
    """A view that nothing applies is said where somebody looks, or nothing at all is applied."""

    BARE = (
        START
        + """
    @scope.observe
    def defaults(config):
        config.lr = 1

    @scope
    def train(config):
        print(config.get('lr'))

    train()
    train()
"""
    )

    def test_explain_names_it(self, program):
        program.write(self.BARE)
        assert "Not applied, since not asked for: defaults" in program.run("explain", "lr=2").out
        assert "Not applied" not in program.run("explain", "defaults").out

    def test_where_no_view_is_applied_it_is_said_once(self, program):
        done = program.write(self.BARE).run()
        assert done.out == "None\nNone\n"
        assert done.err == (
            "train.py: warning: no view was applied (defaults); ask for one by its name, or"
            " register what always applies with observe(default=True)\n"
        )

    @pytest.mark.parametrize(
        "change",
        [
            ("@scope.observe", "@scope.observe(default=True)"),
            ("Scope()", "Scope({'a': 1})"),
            ("train()\n", "scope.assign('defaults')\n    train()\n"),
            (
                "@scope.observe",
                "scope.observe('base', config={}, default=True)\n    @scope.observe",
            ),
        ],
    )
    def test_else_nothing_is_said(self, program, change):
        assert program.write(self.BARE.replace(*change, 1)).run().err == ""

    def test_of_several_scopes(self, capsys):
        one, two = Scope(name="one"), Scope(name="two")
        one.observe("big", config={"a": 1})
        with pytest.raises(SystemExit):
            MultiScope(one, two).apply(["explain"])
        assert "Not applied, since not asked for: one.big" in capsys.readouterr().out


VIEWS = """
    from train import scope

    @scope.observe(default=True)
    def more(config):
        config.more = 1
"""


class TestScriptsThatRunTwice:
    """A module that imports the running script gets a second one, with a scope of its own."""

    TRAIN = (
        START
        + """
    import views

    @scope.observe(default=True)
    def defaults(config):
        config.lr = 1

    @scope
    def train(config):
        print({**config})

    if __name__ == '__main__':
        train()
"""
    )

    def test_the_views_that_would_be_lost_are_refused(self, program):
        done = program.write(VIEWS, "views.py").write(self.TRAIN).run()
        assert done.code == 1
        last = done.err.splitlines()[-1]
        assert "view 'more' (views.py:4) would be lost: train.py runs as the program" in last
        assert "put the scope into a module that both import" in last

    def test_also_when_the_script_runs_as_a_module(self, program):
        program.write("", "pack/__init__.py")
        program.write(VIEWS.replace("from train", "from pack.train"), "pack/views.py")
        program.write(self.TRAIN.replace("import views", "from pack import views"), "pack/train.py")
        done = program.run(command=("-m", "pack.train"))
        assert "as the module 'pack.train' that 'pack.views' imports" in done.err.splitlines()[-1]

    def test_a_module_that_only_uses_the_script_may_import_it(self, program):
        program.write("from train import scope\n", "views.py").write(self.TRAIN)
        assert program.run().out == "{'lr': 1}\n"

    def test_another_program_may_import_it(self, program):
        program.write(VIEWS, "views.py").write(self.TRAIN)
        program.write("import train\nimport views\ntrain.train()\n", "evaluate.py")
        assert program.run(command=("evaluate.py",)).out == "{'more': 1, 'lr': 1}\n"

    def test_a_scope_of_its_own_module_has_all_views(self, program):
        program.write(START, "shared.py")
        program.write(VIEWS.replace("train", "shared"), "views.py")
        program.write(self.TRAIN.replace("scope = Scope()", "from shared import scope"))
        assert program.run().out == "{'more': 1, 'lr': 1}\n"
