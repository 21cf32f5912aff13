"""The runs of one database in another."""

import json
import sqlite3

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ato_sql import DatabaseError, Intake, SQLFinder, SQLLogger


def finder_at(path):
    return SQLFinder({"experiment": {"sql": {"db_path": str(path)}}})


def logger_at(path, project="p", **config):
    return SQLLogger(
        {"experiment": {"project_name": project, "sql": {"db_path": str(path)}}, **config}
    )


def records(finder, path):
    """What an export of the database says, the runs in the order of their UUIDs."""
    finder.export(path, run_ids=sorted(run.uuid for run in finder.search()))
    with open(str(path)) as file:
        return [json.loads(line) for line in file]


@pytest.mark.slow
@given(
    st.dictionaries(st.text(max_size=5), st.integers() | st.text(max_size=5) | st.floats()),
    st.lists(st.tuples(st.floats() | st.integers(), st.integers(-(2**63), 2**63 - 1)), max_size=5),
    st.lists(st.text(max_size=5), max_size=3),
)
@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_whatever_was_logged_survives_the_journey(tmp_path, values, metrics, tags):
    path = tmp_path / "source.sqlite"
    logger = SQLLogger(
        {"experiment": {"project_name": "p", "sql": {"db_path": str(path)}}, "v": values}
    )
    with logger.start(tags=tags) as run:
        for value, step in metrics:
            run.log_metric("m", value, step)
    source, target = finder_at(path), finder_at(tmp_path / "target.sqlite")
    assert run.uuid in target.merge(path).added
    here, there = source.find_run(run.uuid), target.find_run(run.uuid)
    assert (here.config, here.tags) == (there.config, there.tags)
    if metrics:
        assert repr(source.get_metrics(run.uuid, "m")) == repr(target.get_metrics(run.uuid, "m"))


@pytest.mark.parametrize("value", [10**4299, -(10**4299), 10**400, 2**64])
def test_an_integer_of_any_length_that_is_kept_survives_the_journey(tmp_path, value):
    with logger_at(tmp_path / "source.sqlite").start() as run:
        run.log_metric("m", value)
    target = finder_at(tmp_path / "target.sqlite")
    assert target.merge(tmp_path / "source.sqlite").added == [run.uuid]
    assert [point.value for point in target.get_metrics(run.uuid, "m")] == [value]


series = st.lists(st.tuples(st.floats(), st.integers(-9, 9)), max_size=4)


@pytest.mark.slow
@given(st.lists(series, min_size=1, max_size=3))
@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_export_import_export_is_the_same_export(tmp_path_factory, runs):
    folder = tmp_path_factory.mktemp("there-and-back")
    logger = logger_at(folder / "a.sqlite")
    for metrics in runs:
        with logger.start(tags=["t"], fingerprints={"f": str(len(metrics))}) as run:
            for value, step in metrics:
                run.log_metric("m", value, step)
            run.log_note("n")
    logger.close()
    first, second = finder_at(folder / "a.sqlite"), finder_at(folder / "b.sqlite")
    exported = records(first, folder / "a.jsonl")
    second.import_(folder / "a.jsonl")
    assert records(second, folder / "b.jsonl") == exported
    assert len(exported) >= 1 + 2 * len(runs)


class TestMerge:
    @pytest.fixture
    def three(self, tmp_path):
        """Databases a, b and c with one, two and three runs."""
        paths = []
        for number, name in enumerate("abc", 1):
            paths.append(tmp_path / f"{name}.sqlite")
            logger = logger_at(paths[-1], project=name, lr=0.1 * number)
            for _ in range(number):
                with logger.start() as run:
                    run.log_metric("acc", number / 10, 0)
            logger.close()
        return paths

    def test_runs_are_added_and_keep_their_projects(self, three):
        target = finder_at(three[0])
        done = target.merge(three[1])
        assert isinstance(done, Intake)
        assert (len(done.added), done.updated, done.known) == (2, [], [])
        assert [project.name for project in target.get_projects()] == ["a", "b"]
        assert len(target.get_runs_in_project("b")) == 2
        assert target.find_best_run("b", "acc").config["lr"] == 0.2

    def test_merging_twice_changes_nothing(self, three, tmp_path):
        target = finder_at(three[0])
        first = target.merge(three[1])
        before = records(target, tmp_path / "before.jsonl")
        again = target.merge(three[1])
        assert (again.added, again.updated, again.known) == ([], [], first.added)
        assert records(target, tmp_path / "after.jsonl") == before

    def test_merging_with_itself_changes_nothing(self, three, tmp_path):
        target = finder_at(three[2])
        before = records(target, tmp_path / "before.jsonl")
        assert len(target.merge(three[2]).known) == 3
        assert records(target, tmp_path / "after.jsonl") == before

    def test_the_order_of_merging_does_not_matter(self, three, tmp_path):
        found = []
        for number, order in enumerate([three, three[::-1]]):
            target = finder_at(tmp_path / f"target{number}.sqlite")
            for path in order:
                target.merge(path)
            found.append(records(target, tmp_path / f"{number}.jsonl"))
        assert found[0] == found[1]

    def test_the_other_database_stays_as_it_is(self, three, tmp_path):
        before = records(finder_at(three[1]), tmp_path / "before.jsonl")
        finder_at(three[0]).merge(three[1])
        assert records(finder_at(three[1]), tmp_path / "after.jsonl") == before

    def test_ids_may_change_and_uuids_do_not(self, three):
        target, other = finder_at(three[0]), finder_at(three[1])
        target.merge(three[1])
        here = [(run.id, run.uuid) for run in target.get_runs_in_project("b")]
        there = [(run.id, run.uuid) for run in other.search()]
        assert [i for i, _ in here] == [2, 3]
        assert [i for i, _ in there] == [1, 2]
        assert [u for _, u in here] == [u for _, u in there]

    def test_a_parent_is_still_the_parent(self, tmp_path):
        logger = logger_at(tmp_path / "a.sqlite")
        with logger.start() as parent, logger.start(parent=parent) as child:
            pass
        target = finder_at(tmp_path / "b.sqlite")
        target.merge(tmp_path / "a.sqlite")
        assert target.get_run(child.uuid).parent_uuid == parent.uuid

    def test_a_missing_database_is_named_and_not_made(self, finder, tmp_path):
        with pytest.raises(DatabaseError, match=r"no database .*other\.sqlite"):
            finder.merge(tmp_path / "other.sqlite")
        assert not (tmp_path / "other.sqlite").exists()

    def test_a_database_of_a_newer_schema_is_refused(self, three):
        with sqlite3.connect(str(three[1])) as connection:
            connection.execute("UPDATE ato_sql_schema SET version_num = '9999'")
        with pytest.raises(DatabaseError, match="9999.*newer ato-sql"):
            finder_at(three[0]).merge(three[1])
        assert finder_at(three[0]).count() == 1


def test_a_config_with_nul_in_it_is_the_same_after_the_journey(tmp_path):
    path = tmp_path / "source.sqlite"
    values = {"": "\0", "k\0": ["\0", "\\x00"]}
    config = {"experiment": {"project_name": "p", "sql": {"db_path": str(path)}}, "v": values}
    with SQLLogger(config).start(provenance={"v": "\0"}) as run:
        pass
    source, target = finder_at(path), finder_at(tmp_path / "target.sqlite")
    target.merge(path)
    here, there = source.find_run(run.uuid), target.find_run(run.uuid)
    assert there.config["v"] == values
    assert (there.provenance, there.value_hash) == (here.provenance, here.value_hash)
