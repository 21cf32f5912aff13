"""The words of a command line: help wherever it is asked for, and what was meant by a wrong one."""

import argparse
import os

import pytest

from ato_sql import DatabaseError, NotFoundError
from ato_sql.cli import CommandParser, add_commands, database_url, main, open_finder, run_command

PROGRAM = "python -m ato_sql"


@pytest.fixture
def refused(here, capsys):
    """Run a command line that is refused; return the one line that says why."""

    def refused(*arguments):
        with pytest.raises(SystemExit) as ended:
            main(list(arguments))
        assert ended.value.code == 2
        printed = capsys.readouterr()
        assert printed.out == ""
        assert printed.err.count("\n") == 1
        return printed.err

    return refused


@pytest.fixture
def helped(capsys):
    """Run a command line that asks for help; return it."""

    def helped(*arguments):
        with pytest.raises(SystemExit) as ended:
            main(list(arguments))
        assert ended.value.code == 0
        return capsys.readouterr().out

    return helped


class TestHelp:
    def test_it_is_a_word_or_an_option(self, helped):
        assert helped("help") == helped("--help")

    @pytest.mark.parametrize(
        "words",
        [
            ("help", "tail"),
            ("tail", "help"),
            ("tail", "--help"),
            ("help", "tail", "--json"),
            ("help", "help", "tail"),
        ],
    )
    def test_it_stands_before_or_after_a_command(self, helped, words):
        text = helped(*words)
        assert text.startswith(f"usage: {PROGRAM} tail")
        assert "go on until the run ends" in text

    def test_a_run_may_be_called_help(self, two_runs, command):
        command("rename", "1", "help")
        assert "run 1 of digits" in command("show", "--", "help")

    def test_help_about_an_unknown_command_suggests_a_known_one(self, refused):
        assert "there is no command 'tial'; did you mean 'tail'?" in refused("help", "tial")

    def test_every_option_of_a_command_says_what_it_is_for(self, helped):
        text = helped("runs", "--help")
        for words in ("the largest first", "archived ones too", "at most (default: 50)"):
            assert words in text


class TestMistakes:
    def test_without_any_word_an_example_is_given(self, refused):
        assert f"a command is needed, such as {PROGRAM} runs" in refused()

    def test_a_misspelt_command_is_recognised(self, refused):
        assert "there is no command 'rums'; did you mean 'runs'?" in refused("rums")

    def test_a_misspelt_option_is_recognised(self, refused):
        line = refused("runs", "--projct", "digits")
        assert line.startswith(f"{PROGRAM} runs: there is no option --projct; did you mean")
        assert "'--project'" in line

    def test_an_option_of_a_command_before_it_is_put_in_its_place(self, refused):
        line = refused("--json", "show", "1")
        assert f"--json stands after a command: {PROGRAM} show --json 1" in line

    def test_an_option_before_no_command_is_put_behind_one_that_has_it(self, refused):
        line = refused("--follow")
        assert f"--follow stands after a command: {PROGRAM} tail --follow" in line

    def test_an_unknown_option_before_a_command_is_just_unknown(self, refused):
        assert "there is no option --folow; did you mean '--follow'?" in refused("--folow", "tail")

    def test_an_option_that_is_missing_its_value_says_so(self, refused):
        assert "argument --project: expected one argument" in refused("runs", "--project")

    def test_a_value_that_looks_like_an_option_is_written_behind_the_sign(self, refused):
        line = refused("runs", "--where", "-tag:old")
        assert "one that begins with - is written --where=-tag:old" in line
        assert "one that begins" not in refused("runs", "--where", "--json")

    def test_one_word_too_many_is_named(self, refused):
        assert "'3' is one argument too many" in refused("compare", "1", "2", "3")

    def test_of_a_missing_run_and_a_wrong_option_the_option_is_told(self, refused):
        assert "there is no option --jsn" in refused("show", "--jsn")

    def test_an_option_like_no_other_gets_no_suggestion(self, refused):
        assert "there is no option --user (see" in refused("runs", "--user", "x")

    def test_a_missing_run_is_told(self, refused):
        assert "the following arguments are required: RUN" in refused("show")

    @pytest.mark.parametrize("number", ["0", "-3", "1.5", "many", "1" * 19])
    def test_a_number_of_lines_is_a_whole_number_above_0(self, refused, number):
        assert "must be a whole number above 0, not" in refused("runs", f"--limit={number}")

    def test_of_a_number_that_is_too_large_it_is_said_how_large_it_may_be(self, refused):
        assert "; at most 18 digits" in refused("runs", f"--limit={'1' * 19}")

    def test_a_choice_that_there_is_not_names_those_there_are(self, refused):
        line = refused("best", "digits", "acc", "--mode", "mx")
        assert "'mx' is none of max, min; did you mean 'max'?" in line

    def test_bytes_that_are_no_text_name_nothing(self, refused):
        assert "is not in the encoding of this terminal" in refused("show", "caf\udce9")

    def test_every_line_says_where_there_is_more(self, refused):
        assert refused("rums").endswith(f"(see {PROGRAM} --help)\n")
        assert refused("runs", "x").endswith(f"(see {PROGRAM} runs --help)\n")

    def test_a_long_line_of_a_mistake_is_cut(self, refused):
        assert len(refused("x" * 10_000)) < 3000


class TestCrashes:
    def parser(self, error):
        parser = CommandParser(prog="tool")
        command = parser.add_commands().add_parser("fail")

        def fail(options):
            raise error

        command.set_defaults(run=fail)
        return parser

    def test_a_mistake_of_a_user_is_one_line(self, capsys):
        assert run_command(self.parser(NotFoundError("there is\nno such run")), ["fail"]) == 2
        assert capsys.readouterr().err == "tool: there is no such run\n"

    def test_an_error_of_the_system_names_the_file(self, capsys):
        error = FileNotFoundError(2, "No such file or directory", "runs.jsonl")
        assert run_command(self.parser(error), ["fail"]) == 2
        assert capsys.readouterr().err == "tool: runs.jsonl: No such file or directory\n"

    def test_ctrl_c_is_130(self):
        assert run_command(self.parser(KeyboardInterrupt()), ["fail"]) == 130

    def test_what_nobody_expected_is_no_answer(self, capsys, monkeypatch):
        monkeypatch.delenv("ATO_TRACEBACK", raising=False)
        assert run_command(self.parser(KeyError("lr")), ["fail"]) == 2
        line = capsys.readouterr().err
        assert "what was read may be damaged: KeyError: 'lr'" in line
        assert "ATO_TRACEBACK=1" in line

    def test_a_variable_shows_the_traceback(self, monkeypatch):
        monkeypatch.setenv("ATO_TRACEBACK", "1")
        with pytest.raises(KeyError):
            run_command(self.parser(KeyError("lr")), ["fail"])

    def test_what_nobody_expected_shows_no_password(self, capsys, monkeypatch):
        monkeypatch.delenv("ATO_TRACEBACK", raising=False)
        error = RuntimeError("postgresql://me:s3cr3t@host/x went away")
        run_command(self.parser(error), ["fail"])
        assert "s3cr3t" not in capsys.readouterr().err


class TestCommandsOfOnesOwn:
    def test_the_trackers_commands_stand_beside_others(self, two_runs, capsys):
        parser = CommandParser(prog="lab")
        commands = parser.add_commands()
        commands.add_parser("hello").set_defaults(run=lambda options: print("hello") or 0)
        add_commands(commands)
        assert run_command(parser, ["hello"]) == 0
        assert run_command(parser, ["show", "1"]) == 0
        assert capsys.readouterr().out.startswith("hello\nrun 1 of digits\n")

    def test_the_exit_code_is_that_of_the_command(self):
        parser = CommandParser(prog="lab")
        parser.add_commands().add_parser("check").set_defaults(run=lambda options: 1)
        assert run_command(parser, ["check"]) == 1

    def test_without_the_trackers_the_example_is_one_of_its_own(self, capsys):
        parser = CommandParser(prog="lab")
        parser.add_commands().add_parser("hello")
        with pytest.raises(SystemExit):
            parser.parse_args([])
        assert "a command is needed, such as lab hello" in capsys.readouterr().err

    def test_options_can_be_parsed_in_part(self):
        parser = CommandParser(prog="lab")
        parser.add_argument("--fast", action="store_true")
        options, rest = parser.parse_known_args(["--fast", "lr=0.1"])
        assert (options, rest) == (argparse.Namespace(fast=True), ["lr=0.1"])


class TestTheDatabaseThatIsMeant:
    def test_a_path_is_a_file_of_sqlite(self, two_runs):
        assert database_url("experiments.db").database == "experiments.db"
        assert database_url().get_backend_name() == "sqlite"

    def test_the_environment_comes_before_the_default(self, two_runs, monkeypatch):
        monkeypatch.setenv("ATO_DB", "sqlite:///experiments.db")
        assert database_url().database == "experiments.db"

    def test_a_file_that_is_not_there_is_named(self, here):
        with pytest.raises(DatabaseError, match="there is no database gone.db"):
            database_url("gone.db")

    def test_a_folder_is_told_and_the_database_in_it(self, two_runs, tmp_path):
        with pytest.raises(DatabaseError, match=r"^\. is a folder; did you mean \./experiments.db"):
            database_url(".")
        (tmp_path / "data").mkdir()
        with pytest.raises(DatabaseError, match="^data is a folder, no database$"):
            database_url("data")

    @pytest.mark.skipif(not os.path.exists("/dev/null"), reason="needs a device")
    def test_a_device_is_told(self, two_runs):
        with pytest.raises(DatabaseError, match="^/dev/null is a device, a pipe or a socket, no "):
            database_url("/dev/null")

    def test_a_finder_of_it_can_be_asked(self, two_runs):
        assert open_finder("experiments.db").count() == 2
