"""What a program knows of its runs without asking, and how it names a database to another."""

import os

import pytest

from ato_sql import DatabaseError, TrackerWarning
from ato_sql.cli import database_anywhere, open_finder


class TestARun:
    def test_it_knows_its_name_and_who_began_it(self, logger, finder):
        with logger.start(name="calm") as run:
            pass
        assert (run.name, run.user) == ("calm", finder.get_run(run.id).user_name)

    def test_one_that_chose_its_name_knows_it_too(self, logger, finder):
        with logger.start() as run:
            pass
        assert run.name == finder.get_run(run.id).name

    def test_its_status_is_that_of_its_end(self, logger):
        run = logger.start()
        assert run.status == "running"
        run.update_status("warming up")
        assert run.status == "warming up"
        run.finish("failed")
        assert run.status == "failed"

    @pytest.mark.parametrize(("go_on", "status"), [("join", "completed"), ("reopen", "running")])
    def test_so_does_one_of_another_logger(self, logger, config, open_logger, go_on, status):
        with logger.start(name="calm") as first:
            pass
        again = getattr(open_logger(config), go_on)(first.id)
        assert (again.name, again.user, again.status) == ("calm", first.user, status)

    def test_joined_it_leaves_the_end_to_its_maker(self, logger, finder, config, open_logger):
        run = logger.start()
        joined = open_logger(config).join(run.uuid)
        joined.log_metric("loss", 0.5)
        joined.finish("failed")
        assert (joined.finished, joined.status, finder.get_run(run.id).status) == (
            True,
            "running",
            "running",
        )
        assert finder.get_metric_keys(run.id) == ["loss"]

    def test_it_answers_to_its_id_alone(self, logger):
        first, second = logger.start(), logger.start()
        assert first.answers_to(first.id)
        assert not first.answers_to(second.id)

    def test_it_answers_to_the_id_it_had_while_the_database_was_away(self, path, logger):
        os.mkdir(path)  # a folder where the file should be
        with pytest.warns(TrackerWarning, match="cannot write to"):
            run = logger.start()
        before = run.id
        os.rmdir(path)
        run.flush()
        assert before < 0 < run.id
        assert run.answers_to(before)
        assert run.answers_to(run.id)


class TestTheNameOfADatabase:
    def test_a_path_is_meant_in_any_folder(self, two_runs, tmp_path, monkeypatch):
        name = database_anywhere("experiments.db")
        assert os.path.isabs(name)
        (tmp_path / "below").mkdir()
        monkeypatch.chdir(tmp_path / "below")
        assert open_finder(name).count() == 2

    @pytest.mark.parametrize("name", ["sqlite:///experiments.db", "./experiments.db"])
    def test_each_way_to_write_a_path_is_the_same_one(self, here, name):
        assert database_anywhere(name) == database_anywhere("experiments.db")

    def test_without_a_name_it_is_that_of_the_environment(self, here, monkeypatch):
        monkeypatch.setenv("ATO_DB", "lab.db")
        assert database_anywhere() == str(here / "lab.db")
        assert database_anywhere("mine.db") == str(here / "mine.db")

    def test_else_the_default_in_this_folder(self, here):
        assert database_anywhere() == str(here / "experiments.db")

    def test_the_home_folder_is_understood(self, here, monkeypatch):
        monkeypatch.setenv("HOME", str(here))
        monkeypatch.setenv("USERPROFILE", str(here))
        assert database_anywhere("~/lab.db") == os.path.join(str(here), "lab.db")

    def test_a_server_keeps_its_password(self, here):
        pytest.importorskip("psycopg2")
        assert database_anywhere("postgresql://me:s3cr3t@host/lab").endswith(
            "://me:s3cr3t@host/lab"
        )

    @pytest.mark.parametrize("name", [":memory:", "sqlite://", "sqlite:///:memory:"])
    def test_one_in_memory_has_no_name_for_another_program(self, here, name):
        with pytest.raises(DatabaseError, match="is a database in memory, which only the program"):
            database_anywhere(name)
