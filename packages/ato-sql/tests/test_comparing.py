"""What two runs read, were made of and ran in, side by side."""

import pytest

from ato_adict import MISSING, ADict
from ato_sql import SQLFinder, SQLLogger
from ato_sql.cli import open_stored
from ato_sql.comparing import compare_runs, is_job_identity


@pytest.fixture
def database(tmp_path):
    return str(tmp_path / "runs.db")


@pytest.fixture
def log(database):
    """Log a run that read some files, and return its id."""

    def add(*paths, **values):
        settings = {"project_name": "p", "sql": {"db_path": database}}
        run = SQLLogger(ADict(experiment=settings, **values)).start()
        for path in paths:
            run.log_input(path)
        run.finish()
        return run.id

    return add


@pytest.fixture
def compare(database):
    return lambda a, b: SQLFinder({"experiment": {"sql": {"db_path": database}}}).compare(a, b)


def test_a_file_whose_content_changed_is_there_with_both_sides(log, compare, tmp_path):
    path = tmp_path / "data.csv"
    path.write_text("1,2\n")
    first = log(path)
    path.write_text("1,2,3\n")
    change = compare(first, log(path)).inputs[str(path)]
    assert (change.a["size"], change.b["size"]) == (4, 6)
    assert change.a["hash"] != change.b["hash"]
    assert change.b["how"] == "logged"


def test_a_file_that_only_one_run_read_is_missing_in_the_other(log, compare, tmp_path):
    paths = [tmp_path / "a.txt", tmp_path / "b.txt"]
    for path in paths:
        path.write_text(path.name)
    found = compare(log(paths[0]), log(*paths))
    assert list(found.inputs) == [str(paths[1])]
    assert found.inputs[str(paths[1])].a is MISSING
    assert "a" not in found.to_dict()["inputs"][str(paths[1])]


def test_the_same_content_under_another_name_is_no_difference(log, compare, tmp_path):
    paths = [tmp_path / "a.txt", tmp_path / "b.txt"]
    for path in paths:
        path.write_text("the same")
    assert compare(log(paths[0]), log(paths[1])).inputs == {}


def test_where_one_run_recorded_no_inputs_nothing_is_said_of_them(log, compare, tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("a")
    assert compare(log(), log(path)).inputs == {}


def test_a_run_that_is_read_as_stored_compares_the_same(log, compare, database, tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("a")
    first = log(path, lr=0.1)
    path.write_text("b")
    second = log(path, lr=float("nan"))
    stored = open_stored(database)
    assert compare_runs(stored, stored.run(first), stored.run(second)) == compare(first, second)


@pytest.mark.parametrize("name", ["SLURM_JOB_ID", "HOSTNAME", "PWD", "TMPDIR", "LOCAL_RANK"])
def test_variables_of_a_job_are_told_from_others(name):
    assert is_job_identity(name)
    assert not is_job_identity("GAIN")
