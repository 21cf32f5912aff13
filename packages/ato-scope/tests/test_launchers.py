"""The same program under every launcher, and nothing done behind the user's back."""

import logging
import os
import sys
import types

import pytest

from ato_scope import Scope

SOURCE = """
    from ato_scope import Scope

    scope = Scope({"lr": 0.1})

    @scope
    def train(config):
        print(config.lr)

    if __name__ == '__main__':
        train()
"""


def test_script(program):
    assert program.write(SOURCE).run("lr=3").out == "3\n"


def test_script_in_another_folder(program):
    program.write(SOURCE, "deep/train.py")
    assert program.run("lr=3", command=("deep/train.py",)).out == "3\n"


def test_module(program):
    program.write("", "pack/__init__.py").write(SOURCE, "pack/train.py")
    assert program.run("lr=3", command=("-m", "pack.train")).out == "3\n"


def test_package(program):
    program.write("", "pack/__init__.py").write(SOURCE, "pack/__main__.py")
    assert program.run("lr=3", command=("-m", "pack")).out == "3\n"
    assert program.run("lrr", command=("-m", "pack")).fails_with("unknown view 'lrr'")


def test_command(program):
    source = "from ato_scope import Scope\n@Scope({'lr': 1})\ndef f(config): print(config.lr)\nf()"
    assert program.run("lr=3", command=("-c", source)).out == "3\n"


def test_a_program_that_is_only_imported_reads_no_arguments(program):
    program.write(SOURCE).write("import train\nprint('fine')", "other.py")
    assert program.run("not-for-train", command=("other.py",)).out == "fine\n"


class TestPytest:
    def test_its_arguments_are_not_ours(self, program):
        program.write(SOURCE).write(
            """
            from train import scope, train

            def test_it(capsys):
                train()
                assert capsys.readouterr().out == '0.1\\n'
                train.with_args(['lr=5'])()
                assert capsys.readouterr().out == '5\\n'
                assert scope.apply(['lr=7']).lr == 7
            """,
            "test_train.py",
        )
        for command in (
            ("-m", "pytest"),
            (os.path.join(os.path.dirname(sys.executable), "pytest"),),
        ):
            done = program.run("-q", "-p", "no:hypothesispytest", "test_train.py", command=command)
            assert done.code == 0, done

    def test_a_mistake_is_an_exception(self):
        with pytest.raises(TypeError):
            Scope().apply("lr=3")

    def test_arguments_that_a_test_sets_are_ours(self, monkeypatch):
        monkeypatch.setattr(sys, "argv", ["train.py", "lr=3"])
        assert Scope().apply() == {"lr": 3}


def test_unittest(program):
    program.write(SOURCE).write(
        """
        import unittest
        from train import scope

        class Case(unittest.TestCase):
            def test_it(self):
                self.assertEqual(scope.apply().lr, 0.1)
        """,
        "test_train.py",
    )
    assert program.run("-v", "test_train", command=("-m", "unittest")).code == 0


@pytest.mark.parametrize(
    "program_name",
    [
        "/x/site-packages/ipykernel_launcher.py",
        "/x/site-packages/ipykernel/__main__.py",
        "/usr/local/bin/ipython",
        "/x/colab_kernel_launcher.py",
        "/x/ray/_private/workers/default_worker.py",
        "/x/submitit/core/_submit.py",
        "/usr/bin/dask-worker",
        "C:/Scripts/pytest.exe",
    ],
)
def test_the_arguments_of_a_notebook_or_worker_are_not_ours(monkeypatch, program_name):
    monkeypatch.setattr(sys, "argv", [program_name, "-f", "/tmp/kernel.json"])
    assert Scope({"lr": 1}).apply() == {"lr": 1}


class TestNotebook:
    """Cells, run by the shell that notebooks use."""

    @pytest.fixture
    def cell(self, shell):
        def run(source):
            import textwrap

            result = shell.run_cell(textwrap.dedent(source), store_history=True)
            result.raise_error()
            return result.result

        return run

    def test_running_a_cell_again_replaces_its_views_and_entries(self, cell):
        cell("from ato_scope import Scope; scope = Scope()")
        text = """
            @scope.observe(default=True)
            def defaults(config):
                config.lr = {lr}

            @scope
            def train(config):
                return config.lr
        """
        cell(text.format(lr=1))
        cell(text.format(lr=2))
        cell(text.format(lr=2))
        assert cell("train()") == 2
        assert cell("train.with_args(['lr=3'])()") == 3

    def test_running_the_cell_of_the_scope_again_replaces_the_scope(self, cell):
        for _ in range(2):
            cell("from ato_scope import Scope; scope = Scope(name='config')")
            cell("scope.observe('base', config={'lr': 1}, default=True)")
        assert cell("scope.apply()") == {"lr": 1}

    def test_a_mistake_is_an_exception_that_leaves_the_session(self, cell):
        cell("from ato_scope import Scope, ScopeError; scope = Scope()")
        assert cell(
            """
            try:
                scope.apply(['nothing'])
            except ScopeError as error:
                message = str(error)
            message
            """
        ).startswith("unknown view 'nothing'")

    @pytest.mark.parametrize("word", ["manual", "views", "print", "explain"])
    def test_a_word_is_answered_and_the_notebook_goes_on(self, cell, capsys, word):
        cell(
            """
            from ato_scope import Scope
            scope = Scope({"lr": 1})

            @scope
            def train(config):
                print("trained")
            """
        )
        assert cell(f"train.with_args(['{word}'])()") is None
        printed = capsys.readouterr().out
        assert "lr" in printed or word == "views"
        assert "trained" not in printed

    def test_a_generator_that_was_only_answered_has_nothing(self, cell, capsys):
        cell("from ato_scope import Scope; scope = Scope({'lr': 1})")
        cell("@scope\ndef rates(config):\n    yield config.lr")
        cell("@scope\nasync def later(config):\n    yield config.lr")
        assert cell("list(rates.with_args(['print'])())") == []
        assert cell("[rate async for rate in later.with_args(['print'])()]") == []
        assert capsys.readouterr().out.count("lr: 1\n") == 2

    def test_apply_returns_the_config_after_its_answer(self, cell, capsys):
        cell("from ato_scope import Scope; scope = Scope({'lr': 1})")
        assert cell("scope.apply(['lr=2', 'print'])") == {"lr": 2}
        assert capsys.readouterr().out.startswith("lr: 2")

    def test_several_scopes_answer_as_one(self, cell, capsys):
        cell("from ato_scope import MultiScope, Scope; a, b = Scope(name='a'), Scope(name='b')")
        assert cell("MultiScope(a, b).apply(['print'])") == {"a": {}, "b": {}}

    def test_a_place_is_the_cell_and_its_line(self, cell):
        cell("from ato_scope import Scope; scope = Scope()")
        cell("@scope.observe(default=True)\ndef base(config):\n    config.lr = 1")
        cell("scope.apply()")
        assert cell("str(scope.explain('lr'))") == "lr = 1\n  set by view 'base' (In[2]:1)"

    @pytest.mark.parametrize("magic", ["%%time", "%%timeit -n1 -r1", "%%capture"])
    def test_below_a_magic_too(self, cell, magic):
        cell("from ato_scope import Scope; scope = Scope()")
        cell(f"{magic}\n\n@scope.observe(default=True)\ndef base(config):\n    config.lr = 1")
        cell("%%time\nscope.apply()")
        assert cell("str(scope.explain('lr'))") == "lr = 1\n  set by view 'base' (In[2]:3)"

    @pytest.fixture
    def parsing(self, cell):
        """Cells with a parser and an entry."""
        cell(
            """
            import argparse
            from ato_scope import Scope, TokenError
            scope = Scope()
            parser = argparse.ArgumentParser()
            parser.add_argument("--lr", type=float, required=True)
            train = parser.add_subparsers(dest="what").add_parser("train")
            train.add_argument("--depth", choices=["8", "9"])
            train.add_argument("--version", action="version", version="1.0")
            scope.from_argparse(parser)

            def mistake(*args):
                try:
                    return scope.apply(list(args))
                except TokenError as error:
                    return str(error)
            """
        )
        return cell

    @pytest.mark.parametrize(
        ("call", "message"),
        [
            ("mistake('--lr')", "argument --lr: expected one argument"),
            ("mistake()", "the following arguments are required: --lr"),
            ("mistake('--lr', '1', 'train', '--depth', '7')", "argument --depth: invalid choice"),
        ],
    )
    def test_what_argparse_refuses_is_an_exception(self, parsing, capsys, call, message):
        assert parsing(call).startswith(message)
        assert parsing("mistake('--lr', '1')['lr']") == 1
        assert capsys.readouterr().err == ""

    def test_a_parser_that_answers_leaves_the_session(self, parsing, capsys):
        parsing("_ = scope.apply(['--lr', '1', 'train', '--version'])")
        assert capsys.readouterr().out == "1.0\n"

    def test_a_parser_is_called_as_the_notebook(self, cell, capsys, monkeypatch):
        monkeypatch.setattr(sys, "argv", ["/x/ipykernel_launcher.py", "-f", "/tmp/kernel.json"])
        monkeypatch.delattr(sys.modules["__main__"], "__file__", raising=False)
        cell("import argparse; from ato_scope import Scope; scope = Scope()")
        cell("parser = argparse.ArgumentParser(); other = argparse.ArgumentParser('mine')")
        cell("commands = parser.add_subparsers(); train = commands.add_parser('train')")
        cell("scope.from_argparse(parser); Scope().from_argparse(other)")
        names = ["ipython", "ipython train", "mine"]
        assert cell("[parser.prog, train.prog, other.prog]") == names

    @pytest.mark.parametrize(
        ("body", "message"),
        [
            ("raise ValueError('mine')", "ValueError('mine')"),
            ("raise SystemExit('mine')", "TokenError('mine')"),
            ("self.exit(3)", "TokenError('the argparse parser ended with exit code 3')"),
        ],
    )
    def test_what_a_parser_says_itself_stays(self, cell, body, message):
        cell("import argparse; from ato_scope import Scope; scope = Scope()")
        cell(f"class Own(argparse.ArgumentParser):\n    def error(self, text):\n        {body}")
        cell("parser = Own(); parser.add_argument('--lr'); scope.from_argparse(parser)")
        call = "try:\n    scope.apply(['--lr'])\nexcept Exception as error:\n    said = repr(error)"
        assert cell(f"{call}\nsaid") == message


def test_spawned_processes(program):
    program.write("""
        import multiprocessing
        from ato_scope import Scope

        scope = Scope({"lr": 0.1})

        @scope.observe(default=True)
        def defaults(config):
            config.n = 1
            with Scope.lazy():
                config.n = config.lr * 2

        @scope
        def work(config):
            return config.n

        def call(_):
            return work()

        if __name__ == '__main__':
            with multiprocessing.get_context('spawn').Pool(2) as pool:
                print(pool.map(call, range(2)), pool.map(work.with_args, []))
    """)
    assert program.run("lr=3").out == "[6, 6] []\n"


RANKED = """
    import os
    from ato_scope import Scope

    scope = Scope({"lr": 0.1})

    @scope
    def train(config):
        with open('rank' + os.environ['RANK'], 'w') as file:
            file.write(str(config.lr))

    train()
"""


@pytest.mark.parametrize("variable", ["RANK", "OMPI_COMM_WORLD_RANK", "SLURM_PROCID"])
def test_only_the_first_rank_prints(program, variable):
    program.write(SOURCE)
    assert program.run("manual", env={variable: "0"}).out
    silent = program.run("manual", env={variable: "1"})
    assert (silent.code, silent.out) == (0, "")
    assert program.run("lr=", env={variable: "0"}).fails_with("'lr='")
    silent = program.run("lr=", env={variable: "1"})
    assert (silent.code, silent.err) == (2, "")
    assert program.run("lrr=1", env={variable: "1"}).err == ""


@pytest.mark.distributed
def test_torchrun(program):
    pytest.importorskip("torch")
    program.write(RANKED)
    command = ("-m", "torch.distributed.run", "--nproc_per_node=2", "--standalone")
    assert program.run("train.py", "lr=3", command=command).code == 0
    assert (program.folder / "rank0").read_text() == "3"
    assert (program.folder / "rank1").read_text() == "3"
    manual = program.run("train.py", "manual", command=command)
    assert manual.out.count("usage:") == 1


@pytest.mark.distributed
def test_torch_distributed_launch(program):
    pytest.importorskip("torch.distributed.launch")
    program.write(RANKED)
    command = ("-W", "ignore", "-m", "torch.distributed.launch", "--nproc_per_node=2")
    assert program.run("train.py", "lr=3", command=command).code == 0
    assert (program.folder / "rank1").read_text() == "3"


def test_nothing_is_changed_behind_the_users_back(program):
    program.write("""
        import logging, os, sys

        before = os.getcwd(), list(sys.path), dict(os.environ), list(logging.root.handlers)
        from ato_scope import Scope

        @Scope()
        def train(config):
            pass

        train()
        assert before == (os.getcwd(), sys.path, dict(os.environ), logging.root.handlers)
        print(sorted(os.listdir('.')))
    """)
    assert program.run(env={"PYTHONDONTWRITEBYTECODE": "1"}).out == "['train.py']\n"


HEAVY = [
    "argparse", "ast", "dataclasses", "difflib", "enum", "inspect", "json", "logging", "re",
    "shutil", "subprocess", "tempfile", "threading", "toml", "typing", "yaml",
]  # fmt: skip


def test_starting_imports_nothing_heavy(program):
    program.write(
        """
        import sys
        bare = set(sys.modules)
        sys.path[:0] = sys.argv.pop(1).split(';')
        from ato_scope import Scope
        scope = Scope({"lr": 0.1})

        @scope.observe(default=True)
        def defaults(config):
            config.model.depth = 1

        @scope
        def train(config):
            print(*sorted(set(sys.modules) - bare))

        train()
        """,
        "run.py",
    )
    import ato_adict
    import ato_scope

    paths = [os.path.dirname(os.path.dirname(m.__file__)) for m in (ato_adict, ato_scope)]
    done = program.run(";".join(paths), "lr=3", "name:=x", command=("-S", "run.py"))
    started = set(done.out.split())
    assert "ato_scope" in started, done
    assert started.isdisjoint(HEAVY)


def test_logging_is_left_alone():
    assert not logging.getLogger("ato_scope").handlers


def test_a_worker_of_pytest_xdist_has_no_arguments_of_ours(monkeypatch):
    monkeypatch.setattr(sys, "argv", ["-c", "-p", "no:cacheprovider"])
    monkeypatch.setitem(sys.modules, "execnet", types.ModuleType("execnet"))
    scope = Scope()

    @scope
    def train(config):
        return dict(config)

    assert train() == {}
