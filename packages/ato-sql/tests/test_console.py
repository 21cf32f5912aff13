"""What a run printed is kept, and printed all the same."""

import contextlib
import io
import logging
import sys
import time

import pytest

import programs
from ato_sql import DatabaseError, SettingsError, SQLFinder, SQLLogger
from helping import wait_until


def test_both_streams_are_kept_in_order_and_reach_the_terminal(logger, finder, capsys):
    with logger.start(console=True) as run:
        print("one", 1)
        print("two", file=sys.stderr)
        sys.stdout.write("three\n")
        sys.stdout.writelines(["four\n", "five\n"])
    assert finder.console(run.id) == "one 1\ntwo\nthree\nfour\nfive\n"
    printed = capsys.readouterr()
    assert (printed.out, printed.err) == ("one 1\nthree\nfour\nfive\n", "two\n")


def test_afterwards_the_streams_are_as_they_were(logger, finder):
    before = vars(sys.stdout).get("write"), vars(sys.stderr).get("write"), sys.stdout

    def fail():
        print("inside")
        raise ValueError

    run = logger.start(console=True)
    with pytest.raises(ValueError), run:
        fail()
    print("outside")
    assert (vars(sys.stdout).get("write"), vars(sys.stderr).get("write"), sys.stdout) == before
    assert finder.console(run.id) == "inside\n"


def test_who_looked_over_a_stream_before_still_does_afterwards(logger, finder, monkeypatch):
    seen = []
    own = sys.stdout.write
    monkeypatch.setattr(sys.stdout, "write", lambda text: (seen.append(text), own(text)))
    theirs = sys.stdout.write
    with logger.start(console=True) as run:
        print("inside")
    assert sys.stdout.write is theirs
    assert "inside" in seen
    assert finder.console(run.id) == "inside\n"


def test_what_comes_before_and_after_is_not_kept_nor_that_of_other_runs(logger, finder):
    print("before")
    with logger.start(console=True) as run:
        print("inside")
    with logger.start() as other:
        print("after")
    assert (finder.console(run.id), finder.console(other.id)) == ("inside\n", "")


def test_runs_within_each_other_each_keep_what_is_printed_while_they_last(logger, finder):
    outer = logger.start(console=True)
    print("a")
    inner = logger.start(console=True)
    print("b")
    outer.finish()
    print("c")
    inner.finish()
    print("d")
    assert finder.console(outer.id) == "a\nb\n"
    assert finder.console(inner.id) == "b\nc\n"


def test_loggers_that_were_set_up_before_are_heard(logger, finder, capsys):
    log = logging.getLogger("of-a-test")
    handler = logging.StreamHandler(sys.stderr)
    log.addHandler(handler)
    with logger.start(console=True) as run:
        log.warning("lr is high")
    log.removeHandler(handler)
    assert finder.console(run.id) == "lr is high\n"


def test_what_is_redirected_does_not_reach_the_terminal_and_is_not_kept(logger, finder):
    with logger.start(console=True) as run, contextlib.redirect_stdout(io.StringIO()):
        print("for somebody else")
    assert finder.console(run.id) == ""


def test_lines_are_kept_as_they_look_at_their_end(logger, finder):
    with logger.start(console=True) as run:
        for percent in range(0, 101, 10):
            print(f"\r{percent:3}% of it", end="")
            if percent == 50:
                run.flush()
        print()
        print("\x1b[31mred\x1b[0m \x1b]0;title\x07windows\r\nno end", end="")
    assert finder.console(run.id) == "100% of it\nred windows\nno end"


def test_secrets_are_hidden(logger, finder, capsys):
    with logger.start(console=True) as run:
        print("token=ghp_abcdefghijklmnopqrstuvwxyz0123456789")
    assert "ghp_" not in finder.console(run.id)
    assert "ghp_" in capsys.readouterr().out


BEGIN, END = "-----BEGIN RSA PRIVATE KEY-----", "-----END RSA PRIVATE KEY-----"


def print_slowly(run, finder, first, *others):
    """Print texts, those behind the first when that is stored."""
    print(first)
    assert wait_until(lambda: finder.console(run.id))
    for text in others:
        print(text)


@pytest.mark.parametrize("first", [BEGIN, f"{BEGIN}\nMIIEow"])
def test_a_private_key_is_hidden_however_slowly_it_is_printed(logger, finder, first):
    with logger.start(console=True) as run:
        print_slowly(run, finder, first, "DEK-Info: AES", "", "AA5zqMIIEow", "IBAAKC", END, "after")
    assert finder.console(run.id) == f"{BEGIN}[redacted]{END}\nafter\n"


def test_what_is_printed_after_the_frame_of_a_private_key_is_kept(logger, finder):
    with logger.start(console=True) as run:
        print_slowly(run, finder, BEGIN, "was not found", "MIIEow")
    assert finder.console(run.id) == f"{BEGIN}[redacted]was not found\nMIIEow\n"


def test_a_private_key_is_kept_where_secrets_are(config, open_logger, finder):
    config.experiment.sql.redact = False
    with open_logger(config).start(console=True) as run:
        print_slowly(run, finder, BEGIN, "MIIEow", END)
    assert finder.console(run.id) == f"{BEGIN}\nMIIEow\n{END}\n"


def test_of_a_long_output_the_beginning_and_the_end_are_kept(logger, finder):
    with logger.start(console=True) as run:
        for number in range(60_000):
            print(f"line {number} {'x' * 40}")
    text = finder.console(run.id)
    assert text.startswith("line 0 ")
    assert text.splitlines()[-1].startswith("line 59999 ")
    assert "left out" in text
    assert len(text) < 1_100_000


def test_all_is_kept_of_what_is_within_the_promise_however_fast_it_is_printed(logger, finder):
    lines = [f"line {number:27}\n" for number in range(20_000)]
    with logger.start(console=True) as run:
        for line in lines:
            print(line, end="")
    assert finder.console(run.id) == "".join(lines)


def test_of_more_the_first_250_kb_and_the_last_750_are_kept(logger, finder):
    lines = [f"line {number:27}\n" for number in range(100_000)]
    with logger.start(console=True) as run:
        for line in lines:
            print(line, end="")
    text, printed = finder.console(run.id), "".join(lines)
    assert text.startswith(printed[:250_000])
    assert text.endswith(printed[-750_000:])
    assert len(text) < 1_100_000


def test_a_bar_that_is_drawn_again_and_again_leaves_its_last_state(logger, finder):
    with logger.start(console=True) as run:
        for step in range(20_000):
            print(f"{step} of 20000", end="\r")
        print("20000 of 20000\ndone")
    assert finder.console(run.id) == "20000 of 20000\ndone\n"


UP = "\x1b[A"
ANEW = "\r\x1b[2K\x1b[1A\x1b[2K"  # as rich clears the two lines that it has drawn


def draw(place, text):
    """Draw a bar as tqdm does: so many lines below the first, and back up."""
    print("\n" * place + f"\r{text}" + UP * place, end="")


def test_nested_bars_leave_the_last_state_of_each_line(logger, finder):
    with logger.start(console=True) as run:
        print("before")
        for epoch in range(20):
            draw(0, f"epoch {epoch}")
            for step in range(500):
                draw(1, f"step {step}")
                draw(2, f"fold {step % 5}")
            if epoch == 7:
                run.flush()
        print("\n\n\nafter")
    assert finder.console(run.id) == "before\nepoch 19\nstep 499\nfold 4\nafter\n"


def test_so_they_do_when_they_are_slower_than_lines_are_stored(logger, finder):
    with logger.start(console=True) as run:
        for step in range(3):
            draw(0, "epoch 0")
            draw(1, f"step {step}")
            time.sleep(1.2)
        print("\n\nafter")
    assert finder.console(run.id) == "epoch 0\nstep 2\nafter\n"


def test_bars_of_tqdm_are_kept_with_what_is_written_between_them(logger, finder):
    tqdm = pytest.importorskip("tqdm").tqdm
    with logger.start(console=True) as run:
        for epoch in tqdm(range(3), desc="epochs", ascii=True, mininterval=0):
            for _ in tqdm(range(40), desc="steps", ascii=True, mininterval=0, leave=False):
                pass
            tqdm.write(f"epoch {epoch} is over", file=sys.stderr)
    lines = [line for line in finder.console(run.id).splitlines() if line.strip()]
    assert lines[:-1] == [f"epoch {epoch} is over" for epoch in range(3)]
    assert lines[-1].startswith("epochs: 100%")


@pytest.mark.parametrize("transient", [False, True])
def test_bars_of_rich_are_kept_with_what_is_written_between_them(logger, finder, transient):
    progress = pytest.importorskip("rich.progress")
    console = pytest.importorskip("rich.console").Console
    with logger.start(console=True) as run:
        screen = console(force_terminal=True, width=80, _environ={})
        with progress.Progress(console=screen, auto_refresh=False, transient=transient) as bars:
            tasks = [bars.add_task(name, total=5) for name in ("train", "test", "all")]
            for step in range(5):
                for task in tasks:
                    bars.advance(task)
                    bars.refresh()
                if step == 2:
                    bars.console.print("half")
                    run.flush()
        print("over")
    first, *drawn, last = finder.console(run.id).splitlines()
    assert (first, last) == ("half", "over")
    assert [line.split()[0] for line in drawn] == ([] if transient else ["train", "test", "all"])
    assert all("100%" in line for line in drawn)


def test_a_bar_of_rich_that_is_added_later_leaves_the_others_where_they_are(logger, finder):
    progress = pytest.importorskip("rich.progress")
    console = pytest.importorskip("rich.console").Console
    with logger.start(console=True) as run:
        screen = console(force_terminal=True, width=80, color_system="truecolor", _environ={})
        with progress.Progress(console=screen, auto_refresh=False) as bars:
            for name in ("train", "test"):
                task = bars.add_task(name, total=5)
                time.sleep(1.2)  # until what was drawn is stored
                bars.update(task, completed=5, refresh=True)
    drawn = finder.console(run.id).splitlines()
    assert [line.split()[0] for line in drawn] == ["train", "test"]
    assert all("100%" in line and "\x1b" not in line for line in drawn)


def test_a_bar_whose_pieces_are_stored_apart_is_kept_once(logger, finder):
    with logger.start(console=True) as run:
        draw(0, "epochs 0")
        draw(1, "steps 0")
        for step in range(1, 4):
            for piece in ("\n", f"\rsteps {step}", UP):
                print(piece, end="")
                run.flush()
            draw(0, f"epochs {step}")
        print("\n\nafter")
    assert finder.console(run.id) == "epochs 3\nsteps 3\nafter\n"


@pytest.mark.parametrize(
    ("printed", "kept"),
    [
        ("10%\b\b\b20%\b\b\b30%\n", "30%\n"),
        ("loss 0.51\b\b49\n", "loss 0.49\n"),
        ("whole\b\b\n", "whole\n"),
        ("\b\bbegins\n", "begins\n"),
        (f"one\ntwo\n{UP}{UP}\n\nthree\n", "one\ntwo\nthree\n"),
        ("one\ntwo\n\x1b[2A1\x1b[1B\r2\x1b[Ethree\n", "1\n2\nthree\n"),
        ("one\ntwo\n\x1b[2F1\n\x1b[31m2\x1b[0m\n", "1\n2\n"),
        ("one\n\x1b[99Atwo\n", "one\ntwo\n"),
        (f"one\ntwo{UP} and a half\n", "one and a half\ntwo"),
        (f"a bar\r{UP}\rabove\n", "above\na bar"),
        ("".join(f"{n}\n" for n in range(40)) + UP, "".join(f"{n}\n" for n in range(40))),
        ("one\n" + f"{UP}\n" * 99 + "two\n", "one\ntwo\n"),
        (f"{'x' * 70_000}\n{UP}\nend\n", f"{'x' * 70_000}\nend\n"),
        ("working\r\x1b[Kdone\n", "done\n"),
        ("working\r\x1b[K\ndone\n", "\ndone\n"),
        ("100% of all\b\b\b\b\x1b[K\n", "100% of\n"),
        ("gone\x1b[2K\rnew\n", "new\n"),
        ("gone for\x1b[1K ever\n", "         ever\n"),
        ("loss 0.5\x1b[6G0.4\n", "loss 0.4\n"),
        ("12345\x1b[2Dx\x1b[Cy\n", "123x5y\n"),
        ("10%\x1b[1G20%\n", "20%\n"),
        ("\rname\r\x1b[4C: 5\n", "name: 5\n"),
        ("\x1b[99999999Cfar\n", " " * 400 + "far\n"),
        (f"a\nb\nc{UP}{UP}\r\x1b[Jend\n", "end\n"),
        (f"a\nb\r\x1b[2K{UP}\x1b[2Kend\n", "end\n"),
        ("before\x1b[2J\x1b[Hafter\n", "before\nafter\n"),
        (f"a 0\nb 0{ANEW}a 1\nb 1{ANEW}a 2\nb 2{ANEW}a 3\nb 3\n", "a 3\nb 3\n"),
        (f"a 0\nb 0{ANEW}a 1\nb 1{ANEW}half\na 2\nb 2{ANEW}a 3\nb 3\n", "half\na 3\nb 3\n"),
        (f"above\na 0\nb 0{ANEW}only{ANEW}a 2\nb 2{ANEW}a 3\nb 3\n", "a 3\nb 3\n"),
        (f"a 0\nb 0{ANEW}a 1\nb\x1b[Cx{ANEW}a 2\nb 2{ANEW}\x1b[31ma\x1b[0m 3\nb\n", "a 3\nb\n"),
        (
            "\x1b[?25l\x1b7\x1b(B\x1b[m\x1b[>4;1mplain\x1b8\x1b[38:5:1m red\x1bP1$r\x1b\\\n",
            "plain red\n",
        ),
    ],
)
def test_where_the_cursor_goes_back_the_last_state_of_a_line_is_kept(logger, finder, printed, kept):
    with logger.start(console=True) as run:
        print(printed, end="")
    assert finder.console(run.id) == kept
    with logger.start(console=True) as run:  # in pieces, as it comes from a program
        for letter in printed:
            print(letter, end="")
    assert finder.console(run.id) == kept


def test_lines_between_which_a_cursor_goes_up_are_all_kept(logger, finder):
    with logger.start(console=True) as run:
        for number in range(3000):
            print(f"line {number}")
            draw(1, "a bar")
            print()
            print("\r", end="")
        print("end")
    lines = finder.console(run.id).splitlines()
    assert [line for line in lines if line.startswith("line")] == [f"line {n}" for n in range(3000)]
    assert lines[-1] == "end"


def test_a_cursor_that_goes_back_costs_no_time_on_a_long_line(logger, finder):
    with logger.start(console=True) as run:
        for _ in range(200_000):
            print(".\b.", end="")
        print("\nend")
    text = finder.console(run.id)
    assert text.count(".") == 200_000
    assert text.endswith("\nend\n")


@pytest.mark.parametrize("wrong", ["yes", 1, None])
def test_what_is_no_yes_or_no_is_refused_before_there_is_a_run(logger, finder, wrong):
    for begin in (logger.start, logger.run):
        with pytest.raises(SettingsError, match=f"console must be True or False, not {wrong!r}"):
            begin(console=wrong)
    with pytest.raises(DatabaseError, match="there is no database"):
        finder.search()


def test_it_can_be_read_while_the_run_goes_on(logger, finder):
    with logger.start(console=True) as run:
        print("working")
        assert wait_until(lambda: finder.console(run.id) == "working\n")


@pytest.mark.parametrize("end", ["", "os.kill(os.getpid(), signal.SIGTERM)", "1 / 0"])
def test_however_the_program_ends_it_is_kept(tmp_path, end, open_finder):
    text = f"""
        run = SQLLogger(config()).start(console=True)
        print("last words")
        {end}
        """
    process = programs.start(text, tmp_path, db_path="runs.sqlite")
    process.communicate(timeout=60)
    assert open_finder(tmp_path / "runs.sqlite").console(1).startswith("last words\n")


def test_the_command_shows_the_last_lines(logger, finder, path, command):
    with logger.start(console=True) as run:
        for number in range(20):
            print(f"line {number}\x07")
    with logger.start() as silent:
        pass
    shown = command("tail", str(run.id), "--console", "-n", "2", "--db", path)
    assert shown.endswith("line 19\x07\nline 18\\x07\nline 19\\x07\n")  # as printed, as shown
    assert "kept no output" in command("tail", str(silent.id), "-c", "--db", path)


def is_there(path):
    """Whether a database has a run."""
    try:
        return SQLFinder(programs.config_of(path)).count() == 1
    except DatabaseError:
        return False


def test_the_command_follows_a_run(tmp_path, path, command):
    text = """
        run = SQLLogger(config()).start(console=True)
        for number in range(5):
            print("line", number)
            time.sleep(0.4)
        run.finish()
        """
    process = programs.start(text, tmp_path, db_path=path)
    assert wait_until(lambda: is_there(path))
    shown = command("tail", "1", "-c", "-f", "--db", path)
    process.communicate(timeout=60)
    assert shown == "".join(f"line {number}\n" for number in range(5))


def test_it_goes_where_its_run_goes(logger, finder, open_finder, tmp_path):
    with logger.start(console=True) as run:
        print("hello")
    finder.export(tmp_path / "runs.jsonl")
    other = open_finder(tmp_path / "other.sqlite")
    other.import_(tmp_path / "runs.jsonl")
    assert other.console(run.uuid) == "hello\n"
    finder.delete_run(run.id)
    assert finder.merge(tmp_path / "other.sqlite").added == [run.uuid]
    assert finder.console(run.uuid) == "hello\n"


@pytest.mark.databases
def test_servers_keep_it_too(url, tmp_path, open_finder):
    logger = SQLLogger({"experiment": {"project_name": "p", "sql": {"db_path": url}}})
    with logger.start(console=True) as run:
        for number in range(3):
            print("grüße", number)
            run.flush()
            time.sleep(1.2 if number == 1 else 0)
        for number in range(30_000):
            print(f"line {number} {'x' * 40}")
    logger.close()
    text = open_finder(url).console(run.id)
    assert text.startswith("grüße 0\ngrüße 1\ngrüße 2\nline 0 ")
    assert text.splitlines()[-1].startswith("line 29999 ")
    assert len(text) < 1_100_000
    open_finder(url).delete_run(run.id)
