"""Reruns of `ato verify`: a run with a parent and the tag `rerun` does not count unless asked."""

import json
import os

import pytest

from ato_sql import SQLFinder, SQLLogger
from ato_sql.cli import main
from ato_sql.comparing import rerun_environment
from ato_sql.reading import asks_for_reruns, parse_question


def record(logger, loss, **given):
    with logger.start(**given) as run:
        run.log_metric("loss", loss, 0)
    return run


@pytest.fixture
def three(logger):
    """A run, its rerun with less loss, and a run that somebody tagged by hand."""
    first = record(logger, 0.5)
    again = record(logger, 0.1, parent=first, tags=["nightly", "rerun"])
    other = record(logger, 0.7, tags=["rerun"])
    return first, again, other


class TestTheBest:
    def test_is_no_rerun(self, three, finder):
        first, again, _ = three
        for at in ("best", "last"):
            assert finder.find_best_run("digits", "loss", "min", at).id == first.id
            assert finder.find_best_run("digits", "loss", "min", at, reruns=True).id == again.id

    def test_a_tag_alone_makes_no_rerun(self, three, finder):
        assert finder.find_best_run("digits", "loss", "max").id == three[2].id

    def test_without_the_tag_it_counts(self, three, finder):
        finder.tag(three[1].id, remove=["rerun"])
        assert finder.find_best_run("digits", "loss", "min").id == three[1].id

    @pytest.mark.parametrize("tag", ["Rerun", "a rerun", 'a"rerun"'])
    def test_other_tags_mean_nothing(self, logger, finder, tag):
        first = record(logger, 0.5)
        child = record(logger, 0.1, parent=first, tags=[tag])
        assert finder.find_best_run("digits", "loss", "min").id == child.id


class TestQuestions:
    def test_rerun_is_a_word(self, three, finder):
        assert [run.id for run in finder.search("rerun:true")] == [three[1].id]
        assert finder.count("rerun=false") == 2
        assert finder.count({"rerun": True}) == 1

    @pytest.mark.parametrize(
        "asked",
        [["--reruns"], ["--where", "rerun:true"], ["--where", "tag:rerun"], ["--tag", "rerun"]],
    )
    def test_lists_leave_them_out_unless_a_question_is_about_them(self, three, path, capsys, asked):
        def listed(*options):
            assert main(["runs", "--json", "--db", str(path), *options]) == 0
            return {run["id"] for run in json.loads(capsys.readouterr().out)}

        assert three[1].id not in listed()
        assert three[1].id in listed(*asked)

    def test_a_question_for_what_is_none_is_not_about_them(self):
        assert not asks_for_reruns(parse_question("-tag:rerun tag:nightly"))

    def test_it_can_be_sorted_by(self, three, finder):
        assert finder.search(order_by="-rerun")[0].id == three[1].id

    def test_a_search_that_does_not_ask_finds_all(self, three, finder):
        assert len(finder.search()) == 3
        assert [term.field for term in parse_question("rerun:true")] == ["rerun"]


def test_names_that_count_from_the_end_pass_them_over(three, finder):
    first, _, other = three
    assert finder.named_run("last").id == other.id
    assert finder.named_run("-2").id == first.id
    assert finder.named_run("best:-loss").id == first.id


@pytest.mark.databases
def test_every_database_agrees(url):
    where = {"experiment": {"project_name": "digits", "sql": {"db_path": url}}}
    logger = SQLLogger(where)
    first = record(logger, 0.5)
    record(logger, 0.1, parent=first, tags=["rerun"])
    record(logger, 0.4, parent=first, tags=["Rerun"])
    logger.close()
    finder = SQLFinder(where)
    assert finder.find_best_run("digits", "loss", "min").id == 3
    assert finder.find_best_run("digits", "loss", "max").id == 1
    assert finder.count("rerun=true") == 1
    assert finder.named_run("best:-loss").id == 3
    finder.close()


def test_a_program_that_is_no_child_takes_no_uuid(logger, monkeypatch):
    first = record(logger, 0.5)
    told = rerun_environment("0" * 8 + "-0000-4000-8000-" + "0" * 12, first.uuid)
    for name, value in told.items():
        monkeypatch.setenv(name, value)
    again = record(logger, 0.5)
    assert again.uuid != told["ATO_RERUN"].split(",")[0]
    assert os.environ["ATO_RERUN"] == f",{first.uuid}"
    assert logger.skip_if_done() is False


class TestNames:
    """A rerun has the name of its run, which alone is called so."""

    @pytest.fixture
    def verified(self, logger):
        first = record(logger, 0.5, name="baseline")
        return first, record(logger, 0.1, name="baseline", parent=first, tags=["rerun"])

    def test_a_name_is_that_of_the_run_not_of_its_rerun(self, verified, finder):
        assert finder.named_run("baseline").id == verified[0].id
        assert finder.named_run("baseline", only_one=True).id == verified[0].id

    def test_a_rerun_is_named_where_no_other_run_is(self, verified, finder):
        finder.rename(verified[1].id, "again")
        assert finder.named_run("again").id == verified[1].id

    def test_of_several_runs_the_latest_is_shown(self, logger, verified, finder):
        later = record(logger, 0.7, name="baseline")
        assert finder.named_run("baseline").id == later.id
