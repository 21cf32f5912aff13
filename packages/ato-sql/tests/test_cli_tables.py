"""How runs look in a terminal, and as JSON."""

import datetime as dt
import json
import math
import os
import subprocess
import sys

import pytest

from ato_sql import SQLLogger
from ato_sql.cli import main

ATO = [sys.executable, "-m", "ato_sql"]


@pytest.fixture
def logger(here, config, open_logger):
    config.experiment.sql.db_path = "sqlite:///experiments.db"
    return open_logger(config)


class TestTables:
    def test_columns_are_aligned(self, two_runs, command):
        lines = command("runs").splitlines()
        status, tags = lines[0].index("status"), lines[0].index("tags")
        assert {line[status : status + 9] for line in lines[1:]} == {"completed"}
        assert {line[tags : tags + 5] for line in lines[1:]} == {"sweep"}

    def test_a_long_name_is_cut_and_whole_as_json(self, logger, command):
        search = logger.start(name="n" * 255)
        logger.start(name="b" * 40, parent=search).finish()
        search.finish()
        first, second = command("runs").splitlines()[1:]
        assert first.split()[1:4] == ["n" * 39 + "…", "(1", "trial)"]
        assert second.split()[1] == "b" * 40
        assert json.loads(command("runs", "--json"))[0]["name"] == "n" * 255

    def test_where_it_was_cut_is_escaped_as_other_letters_are(self, logger):
        logger.start(name="n" * 255).finish()
        environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
        done = subprocess.run([*ATO, "runs"], env=environment, capture_output=True, text=True)
        assert "n" * 39 + "\\u2026  digits" in done.stdout

    def test_wide_letters_count_twice(self, logger, config, command):
        logger.start(tags=["日本"]).finish()
        logger.start(tags=["ab"]).finish()
        lines = command("runs").splitlines()
        assert lines[1].index("日本") == lines[2].index("ab")

    def test_numbers_stand_right_and_words_left(self, logger, command):
        for value in (5.0, 123.25):
            with logger.start() as run:
                run.log_metric("a-long-name", value, 0)
        lines = command("runs").splitlines()
        assert lines[1].endswith("  5")
        assert {len(line) for line in lines} == {len(lines[0])}

    def test_what_a_run_lacks_is_a_dash(self, logger, command):
        with logger.start() as run:
            run.log_metric("loss", 0.5, 0)
        logger.start().finish()
        _, first, second = command("runs").splitlines()
        assert (first.split()[-1], second.split()[-1]) == ("0.5", "-")

    @pytest.mark.parametrize(
        ("value", "shown"),
        [
            (math.nan, "nan"),
            (-math.inf, "-inf"),
            (1e-9, "1e-09"),
            (0.123456789, "0.123457"),
            (2**60 + 1, str(2**60 + 1)),
            (3, "3"),
        ],
    )
    def test_numbers_are_shown_short_and_true(self, logger, command, value, shown):
        with logger.start() as run:
            run.log_metric("x", value, 0)
        assert command("runs").splitlines()[1].split()[-1] == shown

    def test_the_four_metrics_that_most_runs_have_are_shown(self, logger, command):
        for keys in ("abcdef", "cdef", "ef"):
            with logger.start() as run:
                run.log_metrics(dict.fromkeys(keys, 1.0), 0)
        assert command("runs").splitlines()[0].split()[7:] == ["e", "f", "c", "d"]
        chosen = command("runs", "--metric", "a", "--metric", "f").splitlines()
        assert chosen[0].split()[7:] == ["a", "f"]
        assert chosen[2].split()[-2:] == ["-", "1"]

    @pytest.mark.parametrize(
        ("seconds", "shown"),
        [(0, "0.0s"), (4.24, "4.2s"), (60, "1m 00s"), (200, "3m 20s"), (3720, "1h 02m")],
    )
    def test_a_duration_is_read_at_a_glance(self, logger, command, here, seconds, shown):
        import sqlite3

        logger.start().finish()
        logger.close()
        start = dt.datetime(2026, 1, 1)
        moments = [str(start), str(start + dt.timedelta(seconds=seconds))]
        with sqlite3.connect("experiments.db") as connection:
            connection.execute("UPDATE experiments SET start_time = ?, end_time = ?", moments)
        assert f"  {shown}  " in command("runs").splitlines()[1] + "  "

    def test_a_running_run_has_a_duration_too(self, logger, command):
        logger.start()
        assert command("runs").splitlines()[1].split()[3] == "running"
        assert command("runs").splitlines()[1].split()[6].endswith("s")

    @pytest.mark.parametrize("text", ["\x1b[31mred", "a\nb", "a\tb", "\x07", "\u202eflip"])
    def test_nothing_that_was_logged_steers_the_terminal(self, logger, command, text):
        with logger.start(tags=[text], config={"x": text}) as run:
            run.log_metric(f"key{text}", 0.5, 0)
            run.log_note(text)
            run.finish("failed", error=f"first line\n{text}")
        for arguments in (["runs"], ["show", "1"], ["tail", "1"]):
            printed = command(*arguments)
            assert not [c for c in printed if not c.isprintable() and c != "\n"]

    @pytest.mark.slow
    def test_through_a_pipe_it_is_plain_text(self, two_runs):
        printed = subprocess.check_output([*ATO, "runs"]).decode()
        assert printed.splitlines()[0].split()[:3] == ["id", "name", "project"]
        assert "\x1b" not in printed

    @pytest.mark.slow
    def test_a_reader_that_goes_away_is_no_error(self, two_runs):
        writer = subprocess.Popen([*ATO, "runs"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        writer.stdout.close()
        assert writer.stderr.read() == b""
        assert writer.wait(60) == 0

    @pytest.mark.slow
    @pytest.mark.skipif(not hasattr(os, "openpty"), reason="no terminals here")
    def test_on_a_terminal_a_table_has_all_there_is_too(self, two_runs):
        pytest.importorskip("rich")
        main, side = os.openpty()
        environment = {**os.environ, "COLUMNS": "200", "NO_COLOR": "1", "TERM": "xterm"}
        done = subprocess.run([*ATO, "runs"], stdout=side, env=environment)
        os.close(side)
        printed = os.read(main, 100_000).decode()
        os.close(main)
        assert done.returncode == 0
        for word in ("project", "digits", "completed", "sweep", "0.92"):
            assert word in printed


class TestJson:
    def test_a_run_has_all_its_columns_and_metrics(self, two_runs, command):
        row = json.loads(command("runs", "--json"))[1]
        assert (row["id"], row["project"], row["status"]) == (2, "digits", "completed")
        assert row["config"]["lr"] == 0.01
        assert row["tags"] == ["sweep"]
        moment = dt.datetime.fromisoformat(row["start_time"])
        assert moment.utcoffset() == dt.timedelta(0)
        assert row["metrics"]["acc"] == {
            "last": 0.92,
            "count": 3,
            "min": 0.9,
            "min_step": 0,
            "max": 0.92,
            "max_step": 2,
            "last_step": 2,
        }

    def test_what_json_does_not_have_is_told_in_words(self, logger, command):
        with logger.start() as run:
            for step, value in enumerate((math.nan, math.inf, -math.inf)):
                run.log_metric("x", value, step)
        lines = command("tail", "1", "--json").splitlines()
        assert [json.loads(line)["value"] for line in lines] == ["nan", "inf", "-inf"]
        assert json.loads(command("show", "1", "--json"))["metrics"]["x"]["last"] == "-inf"

    def test_a_point_has_key_step_moment_and_value(self, two_runs, command):
        (line,) = command("tail", "1", "-n", "1", "--json").splitlines()
        point = json.loads(line)
        assert set(point) == {"key", "step", "timestamp", "value"}
        assert (point["key"], point["step"], point["value"]) == ("acc", 2, 0.52)

    def test_show_lists_what_belongs_to_the_run(self, two_runs, command):
        shown = json.loads(command("show", "1", "--json"))
        assert shown["fingerprints"] == [
            {"trace_id": "f", "trace_type": "static", "fingerprint": "0.1"}
        ]
        assert [note["text"] for note in shown["notes"]] == ["ok"]
        assert shown["artifacts"] == []

    @pytest.mark.parametrize("encoding", ["utf-8", "ascii"])
    def test_it_is_readable_in_any_encoding(self, logger, here, encoding):
        logger.start(tags=["日本"]).finish()
        logger.close()
        environment = {**os.environ, "PYTHONIOENCODING": encoding}
        printed = subprocess.check_output([*ATO, "runs", "--json"], env=environment)
        assert json.loads(printed.decode(encoding))[0]["tags"] == ["日本"]

    def test_of_no_runs_it_is_an_empty_list(self, logger, command):
        logger.get_or_create_project()
        assert json.loads(command("runs", "--json")) == []


class TestShow:
    def test_it_is_found_by_its_uuid_too(self, two_runs, command):
        uuid = json.loads(command("show", "1", "--json"))["uuid"]
        assert command("show", uuid) == command("show", "1")

    @pytest.mark.parametrize(
        ("size", "shown"),
        [(0, "0 bytes"), (999, "999 bytes"), (1000, "1.0 kB"), (2_500_000, "2.5 MB")],
    )
    def test_sizes_of_artifacts_are_for_people(self, logger, command, here, size, shown):
        (here / "model.bin").write_bytes(b"\0" * size)
        with logger.start() as run:
            run.log_artifact("model.bin", "model")
            run.log_artifact("s3://nowhere.bin", "figure")
        printed = command("show", "1")
        assert f"model, {shown}" in printed
        assert "figure, missing" in printed

    def test_the_traceback_of_a_failed_run_is_printed_line_by_line(self, logger, command):
        with pytest.raises(ValueError), logger.start():
            raise ValueError("diverged")
        lines = command("show", "1").splitlines()
        assert lines[lines.index("error") + 1] == "Traceback (most recent call last):"
        assert lines[-1] == "ValueError: diverged"

    def test_what_there_is_none_of_has_no_section(self, logger, command):
        logger.start(config={}).finish()
        printed = command("show", "1")
        for title in ("config", "metrics", "fingerprints", "artifacts", "notes", "error"):
            assert f"\n{title}\n" not in printed


def test_several_databases_do_not_mix(two_runs, here, command):
    other = {"experiment": {"project_name": "other", "sql": {"db_path": "other.db"}}}
    SQLLogger(other).start().finish()
    assert [r["project"] for r in json.loads(command("runs", "--json", "--db", "other.db"))] == [
        "other"
    ]
    assert len(json.loads(command("runs", "--json"))) == 2


def test_an_integer_of_thousands_of_digits_is_shown_in_a_few(here, logger, command):
    with logger.start() as run:
        run.log_metric("m", 12345 * 10**4000)
        run.log_metric("exact", 2**60)
    for words in (["runs"], ["show", str(run.id)], ["tail", str(run.id)]):
        shown = command(*words)
        assert "1.2345e+4004" in shown
        assert str(2**60) in shown
        assert max(map(len, shown.splitlines())) < 200


def test_a_table_on_a_terminal_needs_no_other_package(two_runs, capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "rich", None)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    assert main(["runs"]) == 0
    header, *rows = capsys.readouterr().out.splitlines()
    assert header.split()[:3] == ["id", "name", "project"]
    assert [row.split()[0] for row in rows] == ["1", "2"]
