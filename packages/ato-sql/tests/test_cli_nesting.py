"""`ato runs` shows the trials of a search below it."""

import json

import pytest


@pytest.fixture
def searched(here, config, open_logger):
    """Run 1 alone, search 2 with trials 3 to 5 of losses 0.3, 0.4 and 0.5, run 6 alone."""
    config.experiment.sql.db_path = "sqlite:///experiments.db"
    logger = open_logger(config)

    def record(loss, name, parent=None):
        with logger.start(name=name, parent=parent) as run:
            run.log_metric("loss", loss, 0)
        return run

    record(1.0, "before")
    search = record(0.3, "search")
    for number in (3, 4, 5):
        record(number / 10, f"trial-{number}", search)
    record(2.0, "after")
    logger.close()
    return search


@pytest.fixture
def listed(command):
    """The names that `ato runs` prints, with what stands before and beside them, and the rest."""

    def run(*words):
        head, *lines = command("runs", *words).splitlines()
        begin, end = head.index("name"), head.index("project")
        rows = [line for line in lines if line[end:].startswith("digits")]
        return [row[begin:end].rstrip() for row in rows], lines[len(rows) :]

    return run


def test_trials_stand_below_their_search(searched, listed):
    rows, rest = listed()
    assert rows == ["before", "search (3 trials)", "  trial-3", "  trial-4", "  trial-5", "after"]
    assert rest == []


def test_the_limit_goes_to_those_above_first(searched, listed):
    assert listed("-n", "5") == (
        ["before", "search (3 trials)", "  trial-4", "  trial-5", "after"],
        ["5 of 6 runs; -n 6 shows all"],
    )
    rows, rest = listed("-n", "2")
    assert rows == ["search (3 trials)", "after"]
    assert rest == ["2 of 6 runs; -n 6 shows all"]


def test_the_latest_first_keeps_trials_below_their_search(searched, listed):
    rows, _ = listed("--reverse")
    assert rows == ["after", "search (3 trials)", "  trial-3", "  trial-4", "  trial-5", "before"]


def test_only_trials_that_were_asked_for_are_there_and_counted(searched, listed):
    assert listed("--where", "loss<0.45")[0] == ["search (2 trials)", "  trial-3", "  trial-4"]


def test_a_trial_whose_search_was_not_asked_for_names_it(searched, listed):
    assert listed("--where", "loss=0.4")[0] == ["trial-4 (of 2)"]


def test_sorted_runs_are_listed_one_by_one(searched, listed):
    rows, _ = listed("--sort", "loss", "-n", "3")
    assert rows == ["search", "trial-3 (of 2)", "trial-4 (of 2)"]


def test_json_has_the_latest_runs_one_by_one_with_their_parents(searched, command):
    found = json.loads(command("runs", "--json", "-n", "3"))
    assert [run["id"] for run in found] == [4, 5, 6]
    assert [run["parent_uuid"] for run in found] == [searched.uuid, searched.uuid, None]


def test_runs_below_trials_stand_below_them(searched, listed, config, open_logger, finder):
    logger = open_logger(config)
    logger.start(name="fold", parent=logger.join(4)).finish()
    logger.close()
    assert listed()[0][2:5] == ["  trial-3", "  trial-4 (1 trial)", "    fold"]


def test_the_finder_returns_the_same_as_objects(searched, config, open_finder):
    finder = open_finder("sqlite:///experiments.db")
    found = finder.nested_runs("loss<0.45", limit=2)
    assert [(one.run.name, one.depth, one.children) for one in found] == [
        ("search", 0, 2),
        ("trial-4", 1, 0),
    ]
    assert finder.nested_runs("loss=0.5")[0].parent == 2


@pytest.mark.databases
def test_every_database_nests_alike(url, open_logger, open_finder):
    where = {"experiment": {"project_name": "digits", "sql": {"db_path": url}}}
    logger = open_logger(where)
    search = logger.start(name="search")
    logger.start(name="alone").finish()
    logger.start(name="trial", parent=search).finish()
    search.finish()
    logger.close()
    found = open_finder(url).nested_runs("status:completed")
    assert [(one.run.name, one.depth) for one in found] == [
        ("search", 0),
        ("trial", 1),
        ("alone", 0),
    ]


def test_a_rerun_below_its_run_is_none_of_its_trials(searched, listed, config, open_logger):
    logger = open_logger(config)
    logger.start(name="again", parent=searched, tags=["rerun"]).finish()
    logger.close()
    assert "search (3 trials, 1 rerun)" in listed("--reruns")[0]
    assert "search (3 trials)" in listed()[0]
