"""The program that runs a scope: its arguments, the words it understands, how it speaks."""

import sys

import pytest

from ato_scope import (
    WORDS,
    Scope,
    ScopeError,
    UnknownViewError,
    command_line,
    is_script,
    is_word,
    say,
)


class TestCommandLine:
    """`command_line()` is what a scope reads."""

    def test_it_is_what_was_typed(self, monkeypatch):
        monkeypatch.setattr(sys, "argv", ["train.py", "lr=1", "big"])
        assert command_line() == ["lr=1", "big"]

    def test_arguments_of_ones_own_come_back_as_a_list(self):
        given = ("lr=1",)
        assert command_line(given) == ["lr=1"]

    @pytest.mark.parametrize(
        "program", ["pytest", "/usr/bin/ipykernel_launcher.py", "xdist/__main__.py", "dask.exe"]
    )
    def test_what_was_typed_for_another_program_is_not_ours(self, monkeypatch, program):
        monkeypatch.setattr(sys, "argv", [program, "-x"])
        assert command_line() == []

    def test_one_text_is_refused(self):
        with pytest.raises(TypeError, match=r"\['lr=1'\]"):
            command_line("lr=1")


class TestIsScript:
    """Mistakes end a program that was started at a command line, and nothing else."""

    def test_a_program(self, main_thread, monkeypatch):
        monkeypatch.setattr(sys, "argv", ["train.py"])
        monkeypatch.delattr(sys, "ps1", raising=False)  # IPython, in other tests, sets it
        assert is_script()

    def test_not_under_pytest(self, monkeypatch):
        monkeypatch.setattr(sys, "argv", ["/bin/pytest", "-q"])
        assert not is_script()

    def test_not_at_a_prompt(self, monkeypatch):
        monkeypatch.setattr(sys, "argv", [""])
        monkeypatch.setattr(sys, "ps1", ">>> ", raising=False)
        assert not is_script()


class TestWords:
    """The built-in words are known in one place."""

    @pytest.mark.parametrize("word", [*WORDS, "-h", "--help", "print=json", "print:=toml"])
    def test_a_word_prints_something_and_ends_the_program(self, word, capsys):
        assert is_word(word)
        with pytest.raises(SystemExit) as ended:
            Scope({"lr": 1}).apply([word])
        assert ended.value.code == 0
        assert capsys.readouterr().out

    @pytest.mark.parametrize("argument", ["lr=1", "manuals", "print=5", "~print", "@manual", ""])
    def test_other_arguments_are_no_words(self, argument):
        assert not is_word(argument)

    def test_print_is_a_key_where_its_value_is_no_format(self):
        assert Scope().apply(["print=5"]) == {"print": 5}

    def test_no_view_may_have_the_name_of_one(self):
        for word in WORDS:
            with pytest.raises(ScopeError, match="has the name of a built-in word"):
                Scope().observe(word, config={"lr": 1})

    def test_a_misspelled_one_is_suggested(self):
        with pytest.raises(UnknownViewError, match="did you mean 'explain'"):
            Scope().apply(["explian"])

    def test_the_manual_lists_them(self, program):
        out = program.write("from ato_scope import Scope\nScope().apply()\n").run("manual").out
        for word, text in WORDS.items():
            assert word in out
            assert text in out


class TestVoice:
    """What a program has to say goes to stderr, after its name."""

    def test_one_line(self, monkeypatch, capsys):
        monkeypatch.setattr(sys, "argv", ["/home/me/train.py"])
        say("done")
        assert capsys.readouterr().err == "train.py: done\n"

    def test_only_the_first_rank_speaks(self, monkeypatch, capsys):
        monkeypatch.setenv("RANK", "1")
        say("done")
        assert capsys.readouterr().err == ""

    def test_a_mistake_ends_the_program_in_one_line(self, program):
        program.write("""
            from ato_scope import ScopeError, fail

            fail(ScopeError("two lines\\nof text"))
        """)
        done = program.run()
        assert (done.code, done.err) == (2, "train.py: error: two lines; of text\n")


VIEWS = {
    "a view": """
        @scope.observe(default=True)
        def broken(config):
            raise UserError('mine')
    """,
    "a lazy view": """
        @scope.observe(default=True, lazy=True)
        def broken(config):
            raise UserError('mine')
    """,
    "a lazy block": """
        @scope.observe(default=True)
        def broken(config):
            with Scope.lazy():
                raise UserError('mine')
    """,
    "the code before a lazy block": """
        @scope.observe(default=True)
        def broken(config):
            raise UserError('mine')
            with Scope.lazy():
                pass
    """,
    "a lazy block in a lazy view": """
        @scope.observe(default=True, lazy=True)
        def broken(config):
            with Scope.lazy():
                raise UserError('mine')
    """,
    "a function that a view calls": """
        def helper():
            raise UserError('mine')

        @scope.observe(default=True)
        def broken(config):
            helper()
    """,
}


@pytest.mark.parametrize("view", list(VIEWS.values()), ids=list(VIEWS))
def test_what_a_view_raises_is_no_mistake_of_who_typed_the_command(program, view):
    lines = ["from ato_adict import UserError", "from ato_scope import Scope", "scope = Scope()"]
    body = [line[8:] for line in view.splitlines()]
    program.write("\n".join([*lines, *body, "scope.apply()"]))
    done = program.run()
    assert done.code == 1
    assert done.err.startswith("Traceback")
    assert "UserError: mine" in done.err
    # Nothing of ours stands between the call and the view.
    files = [line.split('"')[1] for line in done.err.splitlines() if line.startswith("  File")]
    first = next(n for n, line in enumerate(files) if "ato_scope" in line)
    last = max(n for n, line in enumerate(files) if "ato_scope" in line)
    assert last - first < 2
    assert files[-1].endswith("train.py")
