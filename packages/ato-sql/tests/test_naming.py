"""What a run may be called, and which run a command changes that is given a name."""

import pytest

from ato_sql import MetricError
from ato_sql.cli import main


@pytest.fixture
def refused(here, capsys):
    """Run a command that is refused; return the line it says so in."""

    def refused(*arguments):
        assert main(list(arguments)) == 2
        error = capsys.readouterr().err
        assert error.count("\n") == 1
        return error.strip()

    return refused


@pytest.mark.parametrize("name", ["last", "-1", "12", "best:acc"])
class TestNamesThatSayWhichRunOtherwise:
    def test_are_refused_at_the_start(self, logger, name):
        for begin in (logger.start, logger.run):
            with pytest.raises(MetricError, match=f"a run cannot be called '{name}'"):
                begin(name=name)
        assert logger.get_current_run_id() is None

    def test_are_refused_later(self, two_runs, refused, command, name):
        assert f"a run cannot be called '{name}'" in refused("rename", "1", "--", name)
        assert command("show", "1").splitlines()[2].split() != ["name", name]


@pytest.mark.parametrize("name", ["lastly", "-1b", "v12", "12.5", "best", "2024-11-24"])
def test_names_that_only_resemble_them_are_names(logger, finder, name):
    run_id = logger.run(name=name)
    assert finder.named_run(name).id == run_id


def test_a_number_names_a_run_as_its_text_does(two_runs, finder):
    first, second = two_runs
    assert finder.named_run(first).id == first
    assert finder.named_run(-1).id == second


def test_the_last_but_none_is_no_run(two_runs, refused):
    assert refused("show", "-0").endswith("-0 is no run; the last one is -1")


class TestNamesOfSeveralRuns:
    @pytest.fixture
    def same(self, two_runs, command):
        for one in two_runs:
            command("rename", str(one), "baseline")
        return two_runs

    @pytest.mark.parametrize(
        "words",
        [
            ["delete", "baseline"],
            ["rename", "baseline", "other"],
            ["archive", "baseline"],
            ["tag", "baseline", "good"],
            ["note", "baseline", "good"],
        ],
        ids=lambda words: words[0],
    )
    def test_change_none_of_them(self, same, refused, command, words):
        assert refused(*words).endswith(
            "several runs are called 'baseline': 1, 2; write the id of one"
        )
        assert command("runs", "--where", "run_name=baseline tag!=good").count("baseline") == 2

    def test_show_the_latest(self, same, command):
        assert command("show", "baseline").startswith("run 2 ")


class TestTakingRunsBack:
    def test_the_last_one_is_the_last_that_was_archived(self, two_runs, command):
        command("archive", "last")
        assert command("archive", "--undo", "last") == "run 2 is back in lists\n"

    def test_the_best_one_is_the_best_that_was_archived(self, two_runs, command):
        command("archive", "best:acc")
        assert command("archive", "--undo", "best:acc") == "run 2 is back in lists\n"

    def test_of_a_name_it_is_the_one_that_was_archived(self, two_runs, command):
        for one in ("1", "2"):
            command("rename", one, "baseline")
        command("archive", "1")
        assert command("archive", "--undo", "baseline") == "run 1 is back in lists\n"

    def test_a_run_that_was_not_archived_is_said_to_be_none(self, two_runs, refused, command):
        assert refused("archive", "--undo", "1").endswith("run 1 is not archived")
        assert "there are fewer than 1 archived runs" in refused("archive", "--undo", "last")
        assert "no archived run has a finite value" in refused("archive", "--undo", "best:acc")
        command("archive", "1")
        refused("archive", "--undo", "1", "2")
        assert command("archive", "--undo", "1") == "run 1 is back in lists\n"


def test_fields_that_there_are_not_are_answered_with_what_people_write(two_runs, refused):
    fields = refused("runs", "--sort", "nonsense").split(", ")
    assert "name" in fields
    assert "run_name" not in fields
