"""A page goes on around what is damaged in its database, and tells which runs are gone."""

import contextlib
import datetime as dt
import sqlite3
from types import SimpleNamespace

import pytest
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from ato_sql.reading import ReadOnlyDatabase, is_lost, shown_status, tables

RUNS, METRICS = tables["experiments"].c, tables["metrics"].c


@pytest.fixture
def damage(path, logger):
    """Damage the first of two runs of two values each; return the database."""

    def damage(statement):
        for _ in range(2):
            with logger.start() as run:
                run.log_metrics({"loss": 0.5, "acc": 0.9})
        logger.close()
        with contextlib.closing(sqlite3.connect(path)) as connection, connection:
            connection.execute(statement)
        return ReadOnlyDatabase(path)

    return damage


def rows(database, *columns):
    with database.connect() as connection:
        return [tuple(row) for row in connection.execute(select(*columns).order_by(columns[0]))]


class TestDamage:
    def test_a_question_fails_until_what_is_damaged_is_left_out(self, damage):
        database = damage("UPDATE experiments SET host = CAST(X'FFFE' AS TEXT) WHERE id = 1")
        with pytest.raises(SQLAlchemyError, match="Could not decode to UTF-8"):
            rows(database, RUNS.id, RUNS.host)
        assert database.read_around_damage()
        (first, host), (second, known) = rows(database, RUNS.id, RUNS.host)
        assert (first, second, host) == (1, 2, None)
        assert known

    def test_a_moment_that_is_none_is_left_out(self, damage):
        database = damage("UPDATE experiments SET start_time = 'yesterday' WHERE id = 1")
        database.read_around_damage()
        (_, moment), (_, known) = rows(database, RUNS.id, RUNS.start_time)
        assert moment is None
        assert isinstance(known, dt.datetime)

    def test_the_run_stays_and_is_called_damaged(self, damage):
        database = damage("UPDATE metrics SET step = 'x' WHERE run_id = 1 AND key = 'loss'")
        database.read_around_damage()
        assert rows(database, RUNS.id, RUNS.status) == [(1, "damaged"), (2, "completed")]

    def test_of_its_rows_those_that_are_sound_stay(self, damage):
        database = damage("UPDATE metrics SET step = 'x' WHERE run_id = 1 AND key = 'loss'")
        database.read_around_damage()
        found = rows(database, METRICS.run_id, METRICS.key)
        assert sorted(found) == [(1, "acc"), (2, "acc"), (2, "loss")]

    def test_where_nothing_is_damaged_all_is_read(self, damage):
        database = damage("UPDATE experiments SET tags = '[\"good\"]'")
        assert database.read_around_damage()
        assert rows(database, RUNS.id, RUNS.status) == [(1, "completed"), (2, "completed")]
        assert len(rows(database, METRICS.id)) == 4

    def test_nothing_is_written_into_the_file(self, damage, path):
        database = damage("UPDATE experiments SET tags = '7' WHERE id = 1")
        database.read_around_damage()
        rows(database, RUNS.id, RUNS.status)
        with contextlib.closing(sqlite3.connect(path)) as connection:
            kept = connection.execute("SELECT tags, status FROM experiments WHERE id = 1")
            assert kept.fetchone() in (("7", "completed"), (7, "completed"))

    @pytest.mark.databases
    def test_servers_keep_no_such_values(self, url, open_logger):
        open_logger({"experiment": {"sql": {"db_path": url}}}).start().finish()
        assert not ReadOnlyDatabase(url).read_around_damage()


class TestLost:
    def row(self, seconds, **columns):
        """A run elsewhere that showed a sign of life so many seconds ago."""
        heartbeat = dt.datetime.now(dt.timezone.utc) - dt.timedelta(seconds=seconds)
        told = {"status": "running", "host": "elsewhere", "pid": 1, "process": "1"}
        return SimpleNamespace(**{**told, "heartbeat": heartbeat, "heartbeat_every": 10, **columns})

    def test_a_run_that_is_silent_for_six_beats_is_shown_as_lost(self):
        assert shown_status(self.row(3600)) == "lost"
        assert shown_status(self.row(0)) == "running"

    def test_how_long_a_beat_is_the_run_says(self):
        assert shown_status(self.row(3600, heartbeat_every=3600.0)) == "running"
        assert shown_status(self.row(3600, heartbeat_every=None)) == "lost"

    @pytest.mark.parametrize("status", ["completed", "failed", "word of mine", None])
    def test_another_status_is_shown_as_it_is(self, status):
        assert shown_status(self.row(3600, status=status)) == status

    def test_the_present_may_be_another(self):
        run = self.row(0)
        later = run.heartbeat + dt.timedelta(seconds=61)
        assert not is_lost(run, later - dt.timedelta(seconds=2))
        assert is_lost(run, later)
