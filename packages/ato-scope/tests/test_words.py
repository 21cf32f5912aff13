"""The built-in words: manual, views, print, explain."""

import json
import os
import subprocess
import sys

import pytest

from ato_adict import ADict

MANUAL = """\
usage: train.py [view ...] [key=value ...] [key:=text ...] [@file ...]

Views of config, in the order they are applied
  defaults         default
  high_lr          priority 1
  long_run         priority 2, after high_lr
  (command line)
  computed_config  lazy

Keys
  lr      0.001  float  Learning rate for optimizer
  epochs  50     int    Number of training epochs

Other keys
  model  'resnet50'  str

Built-in words
  manual   this text, as do help and --help
  views    the views in their order
  print    the config; print=json or print=toml in that format
  explain  where each value comes from; explain KEY for one
  --sweep  run every combination: --sweep lr=0.1,0.01 seed=1,2 [--jobs N]
"""


@pytest.mark.parametrize("word", ["manual", "help", "--help", "-h"])
def test_the_manual_shows_views_and_keys(quick_start, word):
    done = quick_start.run(word)
    assert (done.code, done.out, done.err) == (0, MANUAL, "")


def test_the_manual_shows_the_values_of_this_command_line(quick_start):
    out = quick_start.run("long_run", "lr=3", "manual").out
    assert "  lr      3    int  Learning rate for optimizer" in out
    assert "  epochs  200  int  Number of training epochs" in out


def test_views_shows_the_first_line_of_each_docstring(program):
    program.write("""
        from ato_scope import Scope

        scope = Scope()

        @scope.observe()
        def fast(config):
            '''Learn quickly.

            More about it.
            '''

        @scope
        def train(config):
            raise SystemExit('not reached')

        train()
    """)
    assert program.run("views").out == (
        "Views of config, in the order they are applied\n  fast              Learn quickly.\n"
        "  (command line)\n"
    )


def test_print_shows_the_final_config_as_yaml(quick_start):
    out = quick_start.run("print", "computed_config", "dataset:=cifar10").out
    assert out == ("lr: 0.001\nepochs: 50\nmodel: resnet50\ndataset: cifar10\nnum_classes: 10\n")


@pytest.mark.parametrize("form", ["yaml", "json", "toml"])
def test_print_shows_the_config_in_a_format(quick_start, form):
    out = quick_start.run(f"print={form}", "a.b=[1, 2]").out
    expected = {"lr": 0.001, "epochs": 50, "model": "resnet50", "a": {"b": [1, 2]}}
    assert ADict.loads(out, form) == expected


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "utf-8"])
@pytest.mark.parametrize("form", ["yaml", "json", "toml"])
def test_what_print_shows_reads_back_whatever_characters_the_terminal_has(
    quick_start, form, encoding
):
    texts = {"note": "ok 🎉 → é", "ключ": "a\u2028b\x85c"}
    arguments = [f"{key}:={value}" for key, value in texts.items()]
    out = quick_start.run(f"print={form}", *arguments, encoding=encoding).out
    shown = ADict.loads(out, form)
    assert {key: shown[key] for key in texts} == texts


def test_print_shows_what_a_format_cannot_hold_as_its_repr(program):
    program.write("""
        from ato_scope import Scope

        scope = Scope({"lr": 1, "layer": len})

        @scope
        def train(config):
            pass

        train()
    """)
    assert json.loads(program.run("print=json").out) == {
        "lr": 1,
        "layer": "<built-in function len>",
    }


def test_explain_shows_every_key_with_its_history(quick_start):
    out = quick_start.run("explain", "long_run", "lr=1").out
    assert out == (
        "lr = 1\n"
        "  set by command line: lr=1\n"
        "  overrode 0.003 from view 'high_lr' (train.py:12)\n"
        "  overrode 0.001 from view 'defaults' (train.py:6)\n"
        "epochs = 200\n"
        "  set by view 'long_run' (train.py:16)\n"
        "  overrode 50 from view 'defaults' (train.py:6)\n"
        "model = 'resnet50'\n"
        "  set by view 'defaults' (train.py:6)\n"
        "\n"
        "Not applied, since not asked for: computed_config\n"
    )


def test_explain_shows_one_key(quick_start):
    out = quick_start.run("explain", "model").out
    assert out == "model = 'resnet50'\n  set by view 'defaults' (train.py:6)\n"


def test_explain_shows_several_keys(quick_start):
    out = quick_start.run("explain", "model", "lr", "high_lr").out
    assert [line for line in out.splitlines() if "=" in line] == [
        "model = 'resnet50'",
        "lr = 0.003",
    ]


def test_explain_suggests_a_key(quick_start):
    assert quick_start.run("explain", "modle").fails_with("no key 'modle'; did you mean 'model'?")


def test_the_entry_is_not_run(quick_start):
    for word in ("manual", "views", "print", "explain"):
        assert "{'lr'" not in quick_start.run(word).out


def test_words_of_a_multi_scope_show_all_scopes(program):
    program.write("""
        from ato_scope import MultiScope, Scope

        model, data = Scope({"lr": 1}, name="model"), Scope({"n": 2}, name="data")
        model.observe("small", config={"lr": 3})
        model.manual("lr", "Learning rate")

        @MultiScope(model, data)
        def train(model, data):
            pass

        train()
    """)
    assert program.run("print").out == "model:\n  lr: 1\ndata:\n  n: 2\n"
    assert (
        "model.lr = 5\n  set by command line: model.lr=5"
        in program.run("explain", "model.lr=5").out
    )
    assert program.run("explain", "data").out.startswith("data.n = 2\n")
    manual = program.run("manual").out
    assert "  model.lr  1  int  Learning rate\n" in manual
    assert "  data.n  2  int\n" in manual
    assert "  model.small" in manual


@pytest.mark.parametrize(
    ("word", "advice"),
    [
        ("model=3", "'model' is a scope; write model.key=value"),
        ("data.small", "small is a view of another scope: write model.small"),
        ("model.depht=3", "sets a new key 'depht'; did you mean 'model.depth'?"),
        ("model.net.widht=3", "sets a new key 'net.widht'; did you mean 'model.net.width'?"),
    ],
)
def test_what_is_suggested_in_a_multi_scope_can_be_typed(program, word, advice):
    program.write("""
        from ato_scope import MultiScope, Scope

        model, data = Scope({"depth": 1, "net": {"width": 2}}, name="model"), Scope(name="data")
        model.observe("small", config={"depth": 3})

        @MultiScope(model, data)
        def train(model, data):
            pass

        train()
    """)
    assert advice in program.run(word).err


def test_explain_suggests_the_keys_that_end_so(program):
    program.write("""
        from ato_scope import Scope

        @Scope({"model": {"lr": 1}, "head": {"lr": 2}})
        def train(config):
            pass

        train()
    """)
    done = program.run("explain", "lr")
    assert done.fails_with("explain: no key 'lr'; did you mean 'model.lr' or 'head.lr'?")


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo terminals are POSIX")
class TestTerminal:
    """In a terminal there is bold and a width; not so when piped."""

    def show(self, program, *arguments, columns=60, **variables):
        import pty
        import subprocess

        parent, child = pty.openpty()
        environment = {**os.environ, "COLUMNS": str(columns), "TERM": "xterm", **variables}
        subprocess.run(
            [sys.executable, "train.py", *arguments],
            cwd=str(program.folder),
            stdout=child,
            env=environment,
            timeout=60,
        )
        os.close(child)
        text = b""
        while True:
            try:
                block = os.read(parent, 4096)
            except OSError:
                break
            if not block:
                break
            text += block
        os.close(parent)
        return text.decode().replace("\r\n", "\n")

    def test_headings_are_bold(self, quick_start):
        assert "\033[1mKeys\033[0m" in self.show(quick_start, "manual")

    def test_no_color_is_honoured(self, quick_start):
        assert "\033" not in self.show(quick_start, "manual", NO_COLOR="1")
        assert "\033" not in self.show(quick_start, "manual", TERM="dumb")

    def test_lines_fit_the_terminal(self, quick_start):
        text = self.show(quick_start, "manual", columns=50, NO_COLOR="1")
        views = text[text.index("Views of") :]
        assert max(map(len, views.splitlines())) <= 50
        text = self.show(quick_start, "explain", "x:=" + "long " * 40, columns=50, NO_COLOR="1")
        assert max(map(len, text.splitlines())) <= 50

    def test_nothing_is_cut_when_piped(self, quick_start):
        assert "long " * 40 in quick_start.run("explain", "x:=" + "long " * 40).out


def test_a_closed_pipe_is_no_error(quick_start):
    command = f"{sys.executable} train.py manual | head -1"
    done = subprocess.run(
        command, shell=True, cwd=str(quick_start.folder), stderr=subprocess.PIPE, timeout=60
    )
    assert done.stderr == b""


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no full disk here")
@pytest.mark.parametrize(
    ("target", "code", "said"),
    [
        (">&-", 0, ""),
        (">/dev/full", 2, "train.py: error: cannot write the answer: No space left on device\n"),
    ],
)
def test_an_answer_that_cannot_be_written_is_no_traceback(quick_start, target, code, said):
    command = f"{sys.executable} train.py manual {target}"
    done = subprocess.run(
        command, shell=True, cwd=str(quick_start.folder), stderr=subprocess.PIPE, timeout=60
    )
    assert (done.returncode, done.stderr.decode()) == (code, said)


def test_text_that_the_terminal_cannot_show_is_escaped(quick_start):
    done = quick_start.run("explain", "x:=ö", env={"PYTHONIOENCODING": "ascii"})
    assert done.code == 0


class TestHelp:
    SOURCE = """
        from ato_scope import Scope

        scope = Scope()

        @scope.observe(default=True)
        def defaults(config):
            config.help = "a key"
            config.steps, config.batch_size = 3, 8

        @scope.observe()
        def fast(config):
            config.steps = 1

        @scope
        def main(config):
            print("ran", config.get("seen"))

        main()
    """

    @pytest.mark.parametrize("word", ["hlep", "--hlep", "--helpp"])
    def test_misspelled_it_is_suggested(self, program, word):
        wanted = "--help" if word.startswith("--") else "help"
        done = program.write(self.SOURCE).run(word)
        assert done.code == 2
        assert done.err.endswith(f"did you mean '{wanted}'?\n")

    @pytest.mark.parametrize(
        ("option", "advice"),
        [
            ("--explain", "write explain, without dashes"),
            ("--views", "write views, without dashes"),
            ("--print=json", "write print=json, without dashes"),
            ("--manaul", "did you mean 'manual'?"),
            ("--jbos", "did you mean '--jobs'?"),
            ("--jobs", "it goes with --sweep key=value,value"),
            ("--resume", "it goes with --sweep key=value,value"),
            ("--lr", "write lr=value"),
            ("--steps", "write steps=value"),
            ("--seed", "write seed=value"),
            ("--batch-size=8", "write batch_size=8"),
            ("--stepz=3", "did you mean 'steps=3'?"),
            ("--explain=lr", "write explain lr"),
            ("--manual=1", "write manual"),
            ("--fast", "write fast, without dashes"),
            ("--fsat", "did you mean 'fast'?"),
            ("print=jsn", "did you mean 'json'?"),
            ("explain=stepz", "to ask for it write explain stepz, for text write explain:=stepz"),
            ("views=x", "to ask for it write views, for text write views:=x"),
            ("steps:4", "did you mean 'steps=4'?"),
        ],
    )
    def test_what_was_meant_by_an_option_is_said(self, program, option, advice):
        done = program.write(self.SOURCE).run(option)
        assert done.code == 2
        assert done.err.endswith(f"{advice}\n")
        assert done.err.count("\n") == 1

    def test_a_view_of_that_name_is_the_view(self, program):
        view = "scope.observe('help', config={'seen': 1})\n\n        @scope\n"
        done = program.write(self.SOURCE.replace("@scope\n", view)).run("help")
        assert done.out == "ran 1\n"

    def test_explain_suggests_a_view_too(self, program):
        done = program.write(self.SOURCE).run("explain", "fsat")
        assert done.fails_with("did you mean 'fast'?")

    def test_a_key_is_read_with_all_its_levels(self, program):
        done = program.write(self.SOURCE).run("steps=batch_size.x")
        assert done.fails_with("for the key write config.batch_size.x")

    def test_explain_takes_it_for_a_key(self, program):
        assert "a key" in program.write(self.SOURCE).run("explain", "help").out

    def test_where_argparse_waits_for_words_it_is_one(self, program):
        source = self.SOURCE.replace(
            "scope = Scope()",
            "import argparse\n"
            "        scope = Scope(use_external_parser=True)\n"
            "        parser = argparse.ArgumentParser()\n"
            "        parser.add_argument('topic')",
        ).replace("main()\n    ", "print(parser.parse_args().topic)\n    ")
        assert program.write(source).run("help").out == "help\n"
