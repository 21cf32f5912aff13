"""What a killed program left is stored but for what is damaged, and that is said and kept."""

import glob
import os
import re

import pytest

import programs
from ato_sql import DatabaseError, SQLFinder, TrackerWarning
from ato_sql.cli import main
from programs import config_of, count, settings

METRICS = 1000


@pytest.fixture
def path(tmp_path):
    return str(tmp_path / "j.db")


@pytest.fixture
def journal(path):
    """The journal of a program that was killed after a thousand metrics."""
    text = f"""
        run = SQLLogger(config()).start()
        for step in range({METRICS}):
            run.log_metric("loss", float(step), step)
        os.kill(os.getpid(), signal.SIGKILL)
        """
    programs.run(text, code=-9, source=False, **settings(path))
    (journal,) = glob.glob(os.path.dirname(path) + "/*.ato-journal")
    return journal


def change(journal, change):
    with open(journal, "rb") as file:
        data = bytearray(file.read())
    with open(journal, "wb") as file:
        file.write(change(data))


def at_metric(data, number):
    """Where in a journal a metric is; they are in one piece, and last."""
    end = len(bytes(data).rstrip(b"\0"))
    last = -(-end // 32) * 32
    return last - (METRICS - number) * 32


def overwrite(start, size, byte):
    def change(data):
        place = at_metric(data, start)
        data[place : place + size] = byte * size
        return data

    return change


def store(path):
    """Store what is left; return what is said of it."""
    finder = SQLFinder(config_of(path))
    with pytest.warns(TrackerWarning) as told:
        finder.count()
    finder.close()
    return next(str(one.message) for one in told if one.category is TrackerWarning)


class TestDamage:
    @pytest.mark.parametrize("byte", [b"\xff", b"a", b"\0"])
    def test_in_the_middle_costs_what_is_there_and_is_named_with_its_count(
        self, path, journal, byte
    ):
        change(journal, overwrite(500, 50, byte))  # of one record all, of the next more than half
        said = store(path)
        assert f"of {journal}, which a program left, 2 of its records of 32 bytes are" in said
        assert said.endswith(f"all else is stored, and the file is kept as {journal}.damaged")
        assert count(path) == METRICS - 2
        assert os.path.exists(journal + ".damaged")

    def test_in_many_places_costs_these(self, path, journal):
        def damage(data):
            for number in range(0, METRICS, 2):
                place = at_metric(data, number)
                data[place : place + 32] = b"\xff" * 32
            return data

        change(journal, damage)
        assert "500 of its records" in store(path)
        assert count(path) == METRICS // 2

    def test_of_the_beginning_leaves_what_the_database_knows_the_run_of(self, path, journal):
        change(journal, lambda data: b"damaged" + data[7:])
        assert "damaged" in store(path)
        assert count(path) == METRICS

    def test_behind_the_end_is_told_too(self, path, journal):
        change(journal, lambda data: data + b"garbage\n")
        assert "1 of its records of 32 bytes is damaged" in store(path)
        assert count(path) == METRICS

    def test_that_cuts_it_is_told(self, path, journal):
        change(journal, lambda data: data[: at_metric(data, 400)])
        assert "its end is missing" in store(path)
        assert count(path) == 400

    def test_of_a_moment_that_is_none_stops_nothing(self, path, journal):
        """A time that is no number: `cannot convert float NaN to integer`."""

        def damage(data):
            place = at_metric(data, 10) + 24
            data[place : place + 8] = b"\xff" * 8
            return data

        change(journal, damage)
        assert "1 of its records of 32 bytes is damaged" in store(path)
        assert count(path) == METRICS - 1

    def test_of_all_of_it_stops_no_program(self, path, journal):
        change(journal, lambda data: b"\xff" * len(data))
        assert "records of 32 bytes are damaged" in store(path)
        programs.run("SQLLogger(config()).start().finish()", **settings(path))
        assert SQLFinder(config_of(path)).count() == 2


class TestReplay:
    def test_what_was_set_aside_whole_is_stored_as_far_as_it_can_be_read(
        self, path, journal, capsys
    ):
        change(journal, overwrite(500, 50, b"\xff"))
        os.rename(journal, journal + ".rejected")  # as earlier versions did
        assert main(["replay", journal + ".rejected", "--db", path]) == 1
        said = capsys.readouterr().out
        assert re.match(r"998 stored, \d+ were stored before; 1 that cannot be stored stay", said)
        assert "2 of its records of 32 bytes are damaged" in said
        assert count(path) == METRICS - 2

    def test_twice_stores_nothing_twice(self, path, journal):
        change(journal, overwrite(500, 50, b"\xff"))
        store(path)
        done = SQLFinder(config_of(path)).replay(journal + ".damaged")
        assert (done.stored, done.known > 990, len(done.refused)) == (0, True, 1)
        assert count(path) == METRICS - 2

    def test_a_whole_journal_is_stored_and_gone(self, path, journal):
        os.rename(journal, journal + ".kept")
        done = SQLFinder(config_of(path)).replay(journal + ".kept")
        assert (done.stored, done.refused) == (METRICS, [])
        assert not os.path.exists(journal + ".kept")

    def test_a_file_that_is_neither_is_one_line(self, path, journal, tmp_path):
        (tmp_path / "x").write_bytes(bytes(range(256)) * 10)
        with pytest.raises(DatabaseError, match="is no journal of ato-sql and no text"):
            SQLFinder(config_of(path)).replay(tmp_path / "x")
        assert (tmp_path / "x").exists()
