"""What pages, shells and people ask of a server: curves, names, marks, completion."""

import pytest
from sqlalchemy import select

from ato_adict import ADict
from ato_sql import DatabaseError, NotFoundError, SQLFinder
from ato_sql.cli import main
from ato_sql.reading import (
    ReadOnlyDatabase,
    circumstances,
    complete,
    find_field,
    read_curve,
    read_overlay,
    run_order,
    seconds_between,
    tables,
)

pytestmark = [pytest.mark.databases, pytest.mark.timeout(300)]
RUNS = tables["experiments"].c


@pytest.fixture
def logger(url, open_logger):
    sql = ADict(db_path=url, git=False)
    return open_logger(ADict(experiment=ADict(project_name="digits", sql=sql), lr=0.1))


@pytest.fixture
def run(logger):
    """A run of two hundred steps with a spike at 77."""
    with logger.start(name="calm-otter-1", tags=["wide", "old"]) as run:
        for step in range(200):
            run.log_metric("loss", 9.0 if step == 77 else 0.5, step)
    return run


@pytest.fixture
def finder(url, run):
    finder = SQLFinder({"experiment": {"sql": {"db_path": url}}})
    yield finder
    finder.close()


@pytest.fixture
def connection(url, run):
    with ReadOnlyDatabase(url).connect() as connection:
        yield connection


class TestPages:
    def test_a_curve_is_thinned_out_with_its_spike(self, connection, run):
        curve = read_curve(connection, run.id, "loss", points=20)
        assert (curve.sampled, curve.total, max(curve.y)) == (True, 200, 9.0)
        assert len(curve.x) == 20

    def test_a_part_of_it_is_whole(self, connection, run):
        assert read_curve(connection, run.id, "loss", low=76, high=78).y == [0.5, 9.0, 0.5]

    def test_uneven_steps_are_filled_evenly(self, connection, run, logger):
        with logger.reopen(run.id) as again:
            again.log_metric("loss", 0.25, step=10**9)
        assert len(read_curve(connection, run.id, "loss", points=40).x) == 40

    def test_time_is_counted_from_the_start_of_the_run(self, connection, run):
        curve = read_curve(connection, run.id, "loss", axis="time")
        assert curve.total == 200
        assert all(0 <= x < 3600 for x in curve.x)
        assert read_curve(connection, run.id, "loss", axis="time", low=3600).total == 0

    def test_curves_of_many_runs_share_their_stretches(self, connection, run):
        found = read_overlay(connection, [run.id, 99], "loss", points=10)
        assert list(found.curves) == [run.id]
        assert found.curves[run.id][0] == [15.5 + 32 * n for n in range(7)]
        assert read_overlay(connection, [run.id], "loss", axis="time").curves[run.id][0][0] < 3600

    def test_seconds_between_two_moments_are_a_function_of_sql(self, connection):
        took = select(seconds_between(RUNS.start_time, RUNS.end_time))
        (seconds,) = connection.execute(took).scalars()
        assert 0 < float(seconds) < 3600

    def test_words_are_completed(self, connection):
        assert complete(connection, "tag:w") == ["tag:wide"]
        assert "loss" in complete(connection, "lo")
        assert find_field(connection, "loss.max") == ("metric", "loss", "max")

    def test_runs_have_an_order_by_any_field(self, connection, run):
        for field in ("lr", "-loss.max", "started", "status", "name", "-rerun"):
            query = select(RUNS.id).order_by(*run_order(connection, field))
            assert list(connection.execute(query).scalars()) == [run.id]

    def test_what_a_run_was_made_in(self, connection, finder, run):
        facts = circumstances(connection, finder.get_run(run.id))
        assert facts["python"].count(".") == 2
        assert facts["git_commit"] is None


class TestPeople:
    def test_a_run_is_known_by_all_its_names(self, finder, run):
        for name in (str(run.id), run.uuid, run.uuid[:8], "calm-otter-1", "last", "best:loss"):
            assert finder.named_run(name).id == run.id
        with pytest.raises(NotFoundError, match="did you mean 'calm-otter-1'"):
            finder.named_run("calm-oter-1")

    def test_it_is_renamed_tagged_noted_and_archived(self, finder, run):
        finder.rename(run.id, "winner")
        assert finder.tag(run.id, add=["good"], remove=["old"]) == ["wide", "good"]
        finder.note(run.id, "Größe 12")
        finder.archive(run.id)
        assert finder.count("archived:true note:größe tag:good") == 1
        assert finder.count("archived:false") == 0
        finder.archive(run.id, archived=False)
        assert finder.count("archived:false") == 1

    def test_an_archived_run_is_neither_last_nor_best(self, finder, run):
        finder.archive(run.id)
        assert not finder.find_best_run("digits", "loss")
        with pytest.raises(NotFoundError, match="fewer than 1 runs"):
            finder.named_run("last")

    def test_media_are_chosen_by_key_and_kind(self, finder, logger, run):
        with logger.reopen(run.id) as again:
            again.log_text("story", "once", step=3)
        (found,) = finder.media(run.id, key="story", kind="text")
        assert (found.step, found.read()) == (3, "once")

    def test_runs_are_read_as_they_are_stored(self, finder, run):
        with finder.stored() as stored:
            assert stored.run(run.uuid).metrics == {"loss": (0.5, 0.5, 9.0)}
            assert stored.latest(1) == [run.id]
            assert stored.tags() == ["wide", "old"]


class TestCommands:
    def test_they_take_the_url_of_a_server(self, url, run, capsys):
        for words in (["runs"], ["show", "last"], ["best", "digits", "loss"], ["tail", "-n", "1"]):
            assert main([*words, "--db", url]) == 0
        assert "calm-otter-1" in capsys.readouterr().out

    def test_a_server_has_a_backup_of_its_own(self, finder, tmp_path):
        with pytest.raises(DatabaseError, match="is on a server, which has its own backup"):
            finder.backup(tmp_path / "copy.db")
        assert not (tmp_path / "copy.db").exists()

    def test_there_is_nothing_to_give_back_to_the_disk(self, finder, run):
        finder.delete_run(run.id)
        assert finder.gc()[:4] == ([], 0, 0, 1)
        assert finder.count() == 0
