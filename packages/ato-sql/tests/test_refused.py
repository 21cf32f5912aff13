"""A value that cannot be stored stops nothing else."""

import contextlib
import decimal
import fractions
import glob
import json
import os
import sqlite3

import pytest

from ato_sql import (
    DatabaseError,
    MetricError,
    MetricOverflowError,
    SQLFinder,
    SQLLogger,
    TrackerError,
    TrackerWarning,
)
from ato_sql.cli import main
from programs import config_of


class TestAtTheCall:
    @pytest.mark.parametrize(
        "value",
        [
            10**5000,
            -(10**5000),
            10**200_000,
            fractions.Fraction(10**400),
            decimal.Decimal("1e400"),
        ],
        ids=["10**5000", "-10**5000", "10**200000", "Fraction", "Decimal"],
    )
    def test_a_metric_too_large_is_refused_and_the_others_are_stored(self, logger, finder, value):
        with logger.start() as run:
            run.log_metric("loss", 0.5)
            with pytest.raises(MetricError, match="metric 'bad' is too large to be kept"):
                run.log_metric("bad", value)
            with pytest.raises(MetricOverflowError, match="metric 'bad' is too large"):
                run.log_metrics({"bad": value, "loss": 0.1, "acc": 0.9})
            run.log_metric("loss", 0.25)
        assert finder.get_metric_keys(run.id) == ["acc", "loss"]
        assert [p.value for p in finder.get_metrics(run.id, "loss")] == [0.5, 0.1, 0.25]

    def test_large_numbers_that_can_be_kept_are(self, logger, finder):
        values = [10**4299, float(10**300), fractions.Fraction(1, 4)]
        with logger.start() as run:
            for value in [*values, decimal.Decimal("Infinity")]:
                run.log_metric("x", value)
        assert [p.value for p in finder.get_metrics(run.id, "x")] == [*values, float("inf")]

    def test_a_step_too_large_is_refused(self, logger):
        with pytest.raises(MetricError, match="does not fit into 64 bits"):
            logger.start().log_metric("x", 1.0, 10**5000)

    def test_a_config_with_a_number_too_large_is_kept(self, config, open_logger, finder):
        config.seed = 10**5000
        config.table = [{"n": -(10**5000)}]
        with open_logger(config).start() as run:
            pass
        assert finder.get_config(run.id).seed == 10**5000
        assert finder.get_config(run.id).table[0].n == -(10**5000)
        assert finder.get_run(run.id).config["seed"]["__ato__"] == "int"
        assert [r.uuid for r in finder.search({"config.lr": 0.1})] == [run.uuid]

    def test_a_project_whose_clean_name_is_too_long_is_found_under_its_own(self, path):
        name = "\0" * 255
        settings = {"experiment": {"project_name": name, "sql": {"db_path": path}}}
        SQLLogger(settings).start().finish()
        assert len(SQLFinder(settings).get_runs_in_project(name)) == 1


@pytest.fixture
def refusing(path):
    """A database that takes no metric of step 13 and no note about the moon."""
    SQLLogger(config_of(path)).get_or_create_project()
    connection = sqlite3.connect(path)
    connection.executescript(
        "CREATE TRIGGER a BEFORE INSERT ON metrics WHEN NEW.step = 13"
        " BEGIN SELECT RAISE(ABORT, 'thirteen'); END;"
        "CREATE TRIGGER b BEFORE INSERT ON notes WHEN NEW.text LIKE '%moon%'"
        " BEGIN SELECT RAISE(ABORT, 'the moon'); END;"
    )
    connection.close()
    return path


@pytest.mark.slow
class TestByTheDatabase:
    def test_only_the_refused_is_set_aside(self, refusing):
        logger = SQLLogger(config_of(refusing))
        with pytest.warns(TrackerWarning) as caught:  # noqa: PT031
            with logger.start() as run:
                for step in range(40):
                    run.log_metric("loss", float(step), step)
                run.log_note("a remark")
                run.log_note("to the moon")
                for _ in range(3):
                    run.flush()
            logger.close()
        finder = SQLFinder(config_of(refusing))
        found = finder.get_run(run.uuid)
        assert [m.step for m in found.metrics] == [s for s in range(40) if s != 13]
        assert finder.get_summaries([run.id])[run.id]["loss"].count == 39
        told, remark = (note.text for note in found.notes)
        assert told.startswith("the database refuses a value (thirteen); all else is stored")
        assert (remark, found.status) == ("a remark", "completed")
        (kept,) = glob.glob(refusing + "*.rejected")
        told = str(caught[-1].message)
        assert "all else is stored" in told
        assert kept in told
        with open(kept) as file:
            lines = [json.loads(line) for line in file]
        assert [row[3] for line in lines for row in line["metrics"]] == [13]
        texts = [event[2]["text"] for line in lines for event in line["events"]]
        assert texts == ["to the moon"]
        assert glob.glob(refusing + "*.ato-journal") == []

    def test_on_error_raise_says_what_was_refused(self, refusing):
        logger = SQLLogger(config_of(refusing, on_error="raise"))
        run = logger.start()
        run.log_metric("loss", 0.5, 12)
        run.flush()
        run.log_metric("loss", 0.5, 13)
        run.log_metric("loss", 0.5, 14)
        texts = []
        for _ in range(3):
            try:
                run.flush()
            except TrackerError as error:
                texts.append(str(error))
        assert "thirteen" in texts[-1]
        assert "all else is stored" in texts[-1]
        run.finish()
        assert [m.step for m in SQLFinder(config_of(refusing)).get_run(run.uuid).metrics] == [
            12,
            14,
        ]


@pytest.fixture
def rejected(refusing):
    """What that database refused: a metric of step 13 and a note."""
    with pytest.warns(TrackerWarning):  # noqa: PT031
        logger = SQLLogger(config_of(refusing))
        with logger.start() as run:
            for step in (12, 13, 14):
                run.log_metric("loss", float(step), step)
            run.log_note("to the moon")
        logger.close()
    (path,) = glob.glob(refusing + "*.rejected")
    return path


def take_again(path, trigger):
    with sqlite3.connect(path) as connection:
        connection.execute(f"DROP TRIGGER {trigger}")
    connection.close()


class TestReplay:
    def test_what_is_taken_now_is_stored_once_and_its_file_is_gone(self, refusing, rejected):
        with open(rejected) as file:
            before = file.read()
        take_again(refusing, "a")
        take_again(refusing, "b")
        finder = SQLFinder(config_of(refusing))
        assert finder.replay(rejected) == (2, 0, [])
        assert not os.path.exists(rejected)
        (run,) = finder.search()
        assert sorted(m.step for m in run.metrics) == [12, 13, 14]
        assert finder.get_summaries([run.id])[run.id]["loss"].count == 3
        assert run.notes[-1].text == "to the moon"

        with open(rejected, "w") as file:
            file.write(before)
        assert finder.replay(rejected) == (0, 2, [])
        assert len(finder.get_run(run.id).metrics) == 3

    def test_what_is_refused_again_stays_in_the_file(self, refusing, rejected, capsys):
        take_again(refusing, "b")
        assert main(["replay", rejected, "--db", refusing]) == 1
        output = capsys.readouterr().out
        assert "1 stored, 0 were stored before; 1 that cannot be stored stay in" in output
        assert "thirteen" in output
        assert len(open(rejected).readlines()) == 1
        (run,) = SQLFinder(config_of(refusing)).search()
        assert run.notes[-1].text == "to the moon"

    @pytest.mark.parametrize(
        "text",
        ["{}\n", "[]", "no json", '{"events": [["u", "drop", {}]], "metrics": [], "births": {}}'],
    )
    def test_another_file_is_refused_in_one_line(self, refusing, here, text, capsys):
        (here / "x.rejected").write_text(text)
        assert main(["replay", "x.rejected", "--db", refusing]) == 2
        assert "line 1 of x.rejected is no refused value" in capsys.readouterr().err
        assert (here / "x.rejected").read_text() == text

    def test_a_file_that_is_not_there_is_named(self, refusing, here, capsys):
        assert main(["replay", "gone.rejected", "--db", refusing]) == 2
        assert "cannot read gone.rejected: No such file" in capsys.readouterr().err

    @pytest.mark.parametrize("text", [None, "", "no json", "\0 and no journal"])
    def test_with_nothing_to_store_an_empty_database_stays_empty(self, here, text):
        (here / "empty.db").touch()
        if text is not None:
            (here / "x.rejected").write_text(text)
        assert main(["replay", "x.rejected", "--db", "empty.db"]) == (0 if text == "" else 2)
        assert (here / "empty.db").stat().st_size == 0

    @pytest.mark.parametrize("text", [None, "", "no json", "\0 and no journal"])
    def test_with_nothing_to_store_no_database_is_made(self, here, text):
        if text is not None:
            (here / "x.rejected").write_text(text)
        with contextlib.suppress(DatabaseError):
            SQLFinder(config_of("new/runs.db")).replay("x.rejected")
        assert not (here / "new").exists()

    def test_a_database_is_made_for_what_there_is_to_store(self, here, rejected):
        finder = SQLFinder(config_of("new/runs.db"))
        assert finder.replay(rejected) == (2, 0, [])
        assert [m.step for m in finder.search()[0].metrics] == [13]


@pytest.mark.databases
def test_a_text_too_long_for_the_server_is_cut_and_all_else_is_stored(url):
    settings = {"experiment": {"project_name": "p", "sql": {"db_path": url}}}
    huge = "n" * 17_000_000
    logger = SQLLogger({**settings, "prompt": huge})
    with logger.start() as run:
        run.log_metric("loss", 0.5, 0)
        run.log_note(huge)
        run.log_metric("loss", 0.25, 1)
        run.log_artifact("s3://x", "d" * 1000)
    logger.close()
    found = SQLFinder(settings).get_run(run.uuid)
    assert (len(found.metrics), found.status) == (2, "completed")
    (note,) = (one.text for one in found.notes if one.text.startswith("nnn"))
    assert found.config["prompt"].startswith("nnn")
    assert len(found.artifacts) == 1
    if url.startswith("mysql"):  # whose default is 16 MB
        assert "cut from 17000000 characters" in note
        assert glob.glob("*.rejected") != []
