"""What happens to metrics while the database cannot be written to."""

import glob
import math
import os
import pathlib
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
import warnings

import pytest

import programs
from ato_sql import DatabaseError, SQLFinder, SQLLogger, TrackerError, TrackerWarning
from programs import config_of, count, settings
from reach import leave_a_journal, put_back, take_away

pytestmark = pytest.mark.slow  # programs that are started, killed, waited for


def finder_of(path):
    return SQLFinder(config_of(path))


class TestTrouble:
    """The database cannot be written to for a while."""

    def test_a_full_disk_is_survived_with_one_warning_and_no_loss(self, path):
        # RLIMIT_FSIZE makes every write beyond it fail, as a full disk does.
        output, errors = programs.run(
            """
            import resource
            logger = SQLLogger(config())
            run = logger.start()
            run.log_metric("loss", 0.0, 0)
            run.flush()
            limits = resource.getrlimit(resource.RLIMIT_FSIZE)
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            size = os.path.getsize(SETTINGS["db_path"][10:] + "-wal")
            resource.setrlimit(resource.RLIMIT_FSIZE, (size, limits[1]))
            for step in range(1, 5000):
                run.log_metric("loss", float(step), step)
                if step % 1000 == 0:
                    run.flush()
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
            run.finish()
            """,
            **settings(path),
        )
        assert errors.count("TrackerWarning") == 1
        assert count(path) == 5000
        assert not glob.glob(path + "*journal*")

    def test_a_locked_database_is_waited_for(self, path):
        logger = SQLLogger(config_of(path))
        run = logger.start()
        lock = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        lock.execute("BEGIN IMMEDIATE")
        threading.Timer(0.5, lambda: lock.execute("COMMIT")).start()
        run.log_metric("loss", 0.5, 0)
        run.finish()
        assert count(path) == 1

    def test_a_removed_database_is_made_anew_with_the_whole_run(self, path):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            with self.start_one(path) as run:
                for name in glob.glob(path + "*"):
                    if not name.endswith("journal"):
                        os.remove(name)
                run.log_metric("loss", 0.2, 1)
        self.check_one(path, run)

    def test_a_run_goes_on_whole_in_a_backup_that_replaces_its_database(self, path, open_finder):
        with pytest.warns(TrackerWarning, match="removed or replaced"):  # noqa: PT031
            with self.start_one(path) as run:
                open_finder(path).backup(path + ".backup")
                run.log_metric("loss", 0.1, 2)
                run.flush()
                os.replace(path + ".backup", path)
                for end in ("-wal", "-shm"):
                    os.remove(path + end)
                run.log_metric("loss", 0.2, 1)
        self.check_one(path, run, [0.1, 0.2, 0.1])

    def test_of_a_renamed_database_both_files_are_whole(self, path):
        with SQLLogger(config_of(path)).start() as other:
            other.log_metric("loss", 0.5, 0)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            with self.start_one(path) as run:
                os.rename(path, path + ".old")
                run.log_metric("loss", 0.2, 1)
        self.check_one(path, run)
        kept = finder_of(path + ".old").search()
        assert {one.uuid: len(one.metrics) for one in kept} == {other.uuid: 1, run.uuid: 1}

    def test_a_database_that_is_emptied_in_place_takes_what_comes_after(self, path):
        with pytest.warns(TrackerWarning, match="moved, emptied or replaced"):  # noqa: PT031
            with self.start_one(path) as run:
                with sqlite3.connect(path) as other:
                    other.execute("PRAGMA wal_checkpoint(FULL)")
                other.close()
                os.truncate(path, 0)
                run.log_metric("loss", 0.2, 1)
        assert os.path.getsize(path + "-wal.left") > 0
        (again,) = finder_of(path).search()
        assert (again.uuid, [m.value for m in again.metrics]) == (run.uuid, [0.2])

    def test_the_log_that_a_moved_database_left_behind_is_kept(self, path):
        programs.run(
            "SQLLogger(config()).start().log_metric('loss', 0.5, 0); os.kill(os.getpid(), 9)",
            code=-9,
            **settings(path),
        )
        os.rename(path, path + ".old")
        with pytest.warns(TrackerWarning, match="not its log, which is kept as"):
            SQLLogger(config_of(path)).start().finish()
        os.rename(path + "-wal.left", path + ".old-wal")
        assert len(finder_of(path + ".old").search()) == 1

    def test_the_command_line_says_a_warning_in_one_line(self, path):
        SQLLogger(config_of(path + ".other")).start().finish()
        finder_of(path + ".other").export(path + ".jsonl")
        programs.run(
            "SQLLogger(config()).start().log_metric('loss', 0.5, 0); os.kill(os.getpid(), 9)",
            code=-9,
            **settings(path),
        )
        os.rename(path, path + ".old")
        command = [sys.executable, "-m", "ato_sql", "import", path + ".jsonl", "--db", path]
        done = subprocess.run(command, capture_output=True, check=True)
        said = done.stderr.decode()
        assert said.startswith(f"python -m ato_sql: warning: {path} was moved"), said
        assert said.count("\n") == 1

    @pytest.mark.skipif(not os.path.exists("/proc/locks"), reason="who has it open is not told")
    def test_the_log_that_is_left_beside_a_backup_is_set_aside(self, path):
        programs.run("SQLLogger(config()).start().log_metric('loss', 0.5, 0)", **settings(path))
        finder = finder_of(path)
        finder.backup(path + ".backup")
        finder.close()
        text = """
            logger = SQLLogger(config())
            for n in range(4):
                with logger.start() as run:
                    for step in range(500):
                        run.log_metric("loss", 0.5, step)
            {}
        """
        programs.run(text.format(""), **settings(path))
        programs.run(text.format("os.kill(os.getpid(), 9)"), code=-9, **settings(path))
        shutil.copyfile(path + ".backup", path)
        with pytest.raises(DatabaseError, match="which a backup has replaced"):
            finder_of(path).search()
        with pytest.warns(TrackerWarning, match="moved, emptied or replaced"):  # noqa: PT031
            SQLLogger(config_of(path)).start().finish()
        assert [run.id for run in finder_of(path).search()] == [1, 2]
        with sqlite3.connect(path) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert os.path.getsize(path + "-wal.left") > 0

    def test_the_log_of_a_killed_program_is_applied_also_where_the_file_is_newer(self, path):
        programs.run(
            "SQLLogger(config()).start().log_metric('loss', 0.5, 0); os.kill(os.getpid(), 9)",
            code=-9,
            **settings(path),
        )
        os.utime(path, (2e9, 2e9))
        assert len(finder_of(path).search()) == 1
        SQLLogger(config_of(path)).start().finish()
        assert len(finder_of(path).search()) == 2
        assert not os.path.exists(path + "-wal.left")

    def test_reading_a_database_that_was_emptied_leaves_its_log(self, path):
        programs.run(
            "SQLLogger(config()).start().log_metric('loss', 0.5, 0); os.kill(os.getpid(), 9)",
            code=-9,
            **settings(path),
        )
        os.truncate(path, 0)
        with pytest.raises(DatabaseError, match="is empty, but its log"):
            finder_of(path).search()
        assert os.path.getsize(path + "-wal") > 0

    def start_one(self, path):
        run = SQLLogger(config_of(path)).start(tags=["kept"], fingerprints={"f": "abc"})
        run.log_metric("loss", 0.1, 0)
        run.log_note("a remark")
        run.flush()
        return run

    def check_one(self, path, run, values=(0.1, 0.2)):
        (again,) = finder_of(path).get_runs_in_project("digits")
        assert (again.uuid, again.tags, again.status) == (run.uuid, ["kept"], "completed")
        assert [p.value for p in finder_of(path).get_metrics(again.id, "loss")] == list(values)
        assert finder_of(path).get_summaries([again.id])[again.id]["loss"].count == len(values)
        assert [note.text for note in again.notes] == ["a remark"]
        assert [one.fingerprint for one in again.fingerprints] == ["abc"]

    def test_a_folder_that_vanished_is_made_anew(self, tmp_path):
        path = str(tmp_path / "deep" / "runs.sqlite")
        logger = SQLLogger(config_of(path))
        with logger.start() as run:
            shutil.rmtree(os.path.dirname(path))
            run.log_metric("loss", 0.2, 1)
        assert count(path) == 1

    @pytest.mark.skipif(os.getuid() != 0, reason="needs root to become another user")
    def test_a_read_only_database_is_survived_and_replayed_by_the_next_program(self):
        with tempfile.TemporaryDirectory() as folder:  # pytest's are closed to other users
            self.read_only(pathlib.Path(folder))

    def read_only(self, tmp_path):
        path = str(tmp_path / "runs.sqlite")
        (tmp_path / "journal").mkdir(mode=0o700)
        os.chown(tmp_path / "journal", 65534, 65534)
        os.chmod(tmp_path, 0o777)
        SQLLogger(config_of(path)).get_or_create_project()
        os.chmod(path, 0o444)
        as_nobody = """
            warm = config()
            warm["experiment"]["sql"]["db_path"] += ".warm"  # imports what nobody may not read
            with SQLLogger(warm).start() as run:
                run.log_metric("loss", 0.5, 0)
            os.setuid(65534)
            logger = SQLLogger(config())
            with logger.start(tags=["unprivileged"]) as run:
                for step in range(100):
                    run.log_metric("loss", float(step), step)
            print(run.id)
            """
        mine = settings(path, journal_dir=str(tmp_path / "journal"))
        output, errors = programs.run(as_nobody, cwd=str(tmp_path), **mine)
        assert int(output) < 0
        assert errors.count("TrackerWarning") == 1
        assert count(path, "experiments") == 0
        programs.run("SQLLogger(config()).start().finish()", cwd=str(tmp_path), **mine)
        assert count(path) == 0  # another user's journal is not taken
        for name in glob.glob(path + "*"):
            os.chmod(name, 0o666)
        programs.run(as_nobody.replace("range(100)", "range(0)"), cwd=str(tmp_path), **mine)
        runs = finder_of(path).get_runs_in_project("digits")
        assert sorted((r.status, tuple(r.tags)) for r in runs) == [
            ("completed", ()),
            ("completed", ("unprivileged",)),
            ("completed", ("unprivileged",)),
        ]
        assert count(path) == 100
        assert os.listdir(tmp_path / "journal") == []

    def test_a_program_killed_in_trouble_leaves_a_journal_that_the_next_one_replays(self, path):
        process = programs.start(
            """
            logger = SQLLogger(config())
            run = logger.start()
            run.flush()
            print("started", flush=True)
            sys.stdin.readline()
            for step in range(500):
                run.log_metric("loss", float(step), step)
            try:
                run.flush()
            finally:
                print("ready", flush=True)
            time.sleep(60)
            """,
            **settings(path),
        )
        process.stdout.readline()
        take_away(path)
        process.stdin.write(b"\n")
        process.stdin.flush()
        assert process.stdout.readline() == b"ready\n"
        process.kill()
        process.communicate()
        put_back(path)
        assert count(path) == 0
        assert len(glob.glob(os.path.dirname(path) + "/*.ato-journal")) == 1
        programs.run("SQLLogger(config()).start().finish()", **settings(path))
        assert count(path) == 500
        assert finder_of(path).get_summaries([1])[1]["loss"].count == 500
        assert glob.glob(os.path.dirname(path) + "/*.ato-journal") == []

    def test_on_error_raise_raises(self, path, open_logger):
        logger = open_logger(config_of(path, on_error="raise"))
        run = logger.start()
        take_away(path)
        run.log_metric("loss", 0.5, 0)
        with pytest.raises(TrackerError, match="cannot write to .*unable to open database"):
            run.flush()
        put_back(path)
        run.finish()
        assert count(path) == 1

    def test_on_error_raise_raises_when_a_run_cannot_start(self, path, open_logger):
        os.mkdir(path)
        with pytest.raises(TrackerError, match="cannot write to .*runs.sqlite"):
            open_logger(config_of(path, on_error="raise")).start()

    def test_questions_of_a_logger_fail_as_it_was_told_to(self, path, open_logger):
        os.mkdir(path)
        with pytest.warns(TrackerWarning, match="cannot read"):
            assert not open_logger(config_of(path)).skip_if_done()
        with pytest.raises(TrackerError, match="cannot read"):
            open_logger(config_of(path, on_error="raise")).skip_if_done()

    def test_a_project_cannot_be_made_where_the_database_is_out_of_reach(self, path, open_logger):
        os.mkdir(path)
        with pytest.raises(TrackerError, match="cannot read .*unable to open"):
            open_logger(config_of(path)).get_or_create_project()

    def test_a_finder_says_that_a_folder_is_no_database(self, path, open_finder):
        os.mkdir(path)
        for ask in (lambda f: f.search(), lambda f: f.get_projects(), lambda f: f.count()):
            with pytest.raises(DatabaseError, match="there is no database at .*runs.sqlite"):
                ask(open_finder(path))

    def test_trouble_is_told_once_and_again_only_after_it_was_over(self, path, open_logger):
        run = open_logger(config_of(path)).start()
        with pytest.warns(TrackerWarning) as caught:  # noqa: PT031
            for _ in range(2):
                take_away(path)
                for step in range(3):
                    run.log_metric("loss", 0.5, step)
                    run.flush()
                put_back(path)
                run.flush()
        assert [w.category for w in caught] == [TrackerWarning] * 2
        assert "stored once they can be" in str(caught[0].message)
        assert count(path) == 6

    def test_what_was_logged_in_trouble_keeps_its_order_and_its_kind(
        self, path, open_logger, open_finder
    ):
        run = open_logger(config_of(path)).start()
        take_away(path)
        with pytest.warns(TrackerWarning):  # noqa: PT031
            for step, value in enumerate([0.5, math.nan, -math.inf, 2**70]):
                run.log_metric("loss", value, step)
                run.flush()
            run.log_note("a remark")
            run.log_fingerprints({"f": "abc"})
            run.update_status("waiting")
            run.flush()
        put_back(path)
        run.flush()
        found = open_finder(path).get_run(run.uuid)
        assert (found.status, [n.text for n in found.notes]) == ("waiting", ["a remark"])
        assert [f.fingerprint for f in found.fingerprints] == ["abc"]
        values = [p.value for p in open_finder(path).get_metrics(run.uuid, "loss")]
        assert repr(values) == repr([0.5, math.nan, -math.inf, 2**70])
        run.finish()
        assert glob.glob(os.path.dirname(path) + "/*.ato-journal*") == []

    def test_the_journal_is_where_the_settings_say(self, path, tmp_path, open_logger):
        run = open_logger(config_of(path, journal_dir=tmp_path / "journals")).start()
        take_away(path)
        run.log_metric("loss", 0.5, 0)
        with pytest.warns(TrackerWarning, match="journals"):
            run.flush()
        assert len(os.listdir(str(tmp_path / "journals"))) == 1
        put_back(path)
        run.finish()
        assert os.listdir(str(tmp_path / "journals")) == []

    def test_a_journal_whose_end_a_kill_tore_is_replayed_up_to_there(self, path):
        journal = leave_a_journal(path)
        with open(journal, "rb") as file:
            size = len(file.read().rstrip(b"\0"))
        os.truncate(journal, size - 20)  # in the middle of the last record, the end of the run
        programs.run("SQLLogger(config()).start().finish()", **settings(path))
        assert count(path) == 3
        assert os.path.exists(journal + ".damaged")

    def test_a_journal_with_what_nobody_can_read_is_set_aside(self, path):
        journal = leave_a_journal(path)
        with open(journal, "ab") as file:
            file.write(b"not a record of ours" * 20)
        programs.run("SQLLogger(config()).start().finish()", **settings(path))
        assert count(path) == 3
        assert os.path.exists(journal + ".damaged")

    def test_a_journal_that_was_copied_is_stored_once(self, path):
        journal = leave_a_journal(path)
        shutil.copy(journal, journal.replace(".ato-journal", "0.ato-journal"))
        programs.run("SQLLogger(config()).start().finish()", **settings(path))
        assert (count(path), count(path, "experiments")) == (3, 2)

    def test_a_run_that_starts_while_the_database_is_out_of_reach_gets_its_id_later(
        self, path, monkeypatch
    ):
        os.mkdir(path)  # a folder where the file should be
        logger = SQLLogger(config_of(path))
        with pytest.warns(TrackerWarning, match="cannot write to"):
            run_id = logger.run()
        assert run_id < 0
        logger.log_metric("loss", 0.5, 0)
        os.rmdir(path)
        logger.log_artifact(run_id, __file__, "code")
        logger.flush()
        assert logger.get_current_run_id() == 1
        logger.finish()
        assert count(path) == 1
        assert count(path, "artifacts") == 1

    def test_memory_stays_bounded_where_nothing_can_be_written(self, path):
        in_the_way = os.path.join(os.path.dirname(path), "in-the-way")
        with open(in_the_way, "w") as file:
            file.write("a file where the folder of the journal should be")
        logger = SQLLogger(config_of(path, journal_dir=in_the_way))
        run = logger.start()
        take_away(path)
        with pytest.warns(TrackerWarning, match="kept in memory"):  # noqa: PT031
            run.flush()
            for step in range(250_000):  # of 32 bytes each
                run.log_metric("loss", 0.5, step)
        with pytest.warns(TrackerWarning, match="metrics could be kept nowhere") as caught:  # noqa: PT031
            put_back(path)
            run.finish()
        told = [str(one.message) for one in caught]
        (lost,) = [int(text.split()[0]) for text in told if "could be kept nowhere" in text]
        assert 0 < lost < 250_000
        (note,) = (one.text for one in finder_of(path).search()[0].notes)
        assert f"{lost} metrics could be kept nowhere and are lost" in note
        with sqlite3.connect(path) as connection:
            found = connection.execute("SELECT COUNT(*), MIN(step), MAX(step) FROM metrics")
            assert found.fetchone() == (250_000 - lost, lost, 249_999)


def test_a_database_of_a_newer_schema_is_refused_clearly(path):
    logger = SQLLogger(config_of(path))
    logger.run()
    logger.close()
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE ato_sql_schema SET version_num = '9999'")
    with pytest.raises(DatabaseError, match="9999.*newer ato-sql.*pip install --upgrade ato-sql"):
        SQLLogger(config_of(path)).run()
    with pytest.raises(DatabaseError, match="newer ato-sql"):
        finder_of(path).find_run(1)


def test_a_file_that_is_no_database_is_left_as_it_is(path):
    with open(path, "w") as file:
        file.write("my notes, not a database\n" * 100)
    with pytest.warns(TrackerWarning, match="not a database"):
        SQLLogger(config_of(path)).run()
    with open(path) as file:
        assert file.read() == "my notes, not a database\n" * 100


def test_where_write_ahead_logging_is_impossible_the_plain_journal_does(path):
    # This way of locking has no memory that processes share, which write-ahead logging needs.
    url = f"sqlite:///file:{path}?vfs=unix-dotfile&uri=true"
    sql = {"db_path": url}
    logger = SQLLogger({"experiment": {"project_name": "digits", "sql": sql}})
    with logger.start() as run:
        run.log_metric("loss", 0.5, 0)
    logger.close()
    with sqlite3.connect(path) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("delete",)
    assert count(path) == 1
