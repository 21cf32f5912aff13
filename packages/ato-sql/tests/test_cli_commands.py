"""Choosing, comparing, following, moving and looking after runs from a shell."""

import json
import os
import subprocess
import sys

import pytest

from ato_sql import SQLFinder, SQLLogger
from ato_sql.cli import database_url, main, open_finder
from helping import Print

ATO = [sys.executable, "-m", "ato_sql"]


def ids(printed):
    return [row["id"] for row in json.loads(printed)]


class TestRuns:
    @pytest.mark.parametrize(
        ("arguments", "expected"),
        [
            ([], [1, 2]),
            (["-r"], [2, 1]),
            (["-n", "1"], [2]),
            (["-r", "-n", "1"], [2]),
            (["--where", "config.lr<0.05"], [2]),
            (["--where", "config.lr>=0.01", "--where", "config.lr<=0.01"], [2]),
            (["--where", "config.lr=0.1"], [1]),
            (["--where", "config.lr!=0.1"], [2]),
            (["--where", "config.model.name=mlp"], [1, 2]),
            (["--where", 'config.model.name="mlp"'], [1, 2]),
            (["--where", "metric.acc.max > 0.6"], [2]),
            (["--where", "status=completed"], [1, 2]),
            (["--where", "status=failed"], []),
            (["--where", "id>1"], [2]),
            (["--tag", "sweep"], [1, 2]),
            (["--tag", "sweep", "--where", "lr>1"], []),
            (["--project", "digits"], [1, 2]),
            (["--sort", "config.lr"], [2, 1]),
            (["--sort", "metric.acc.max", "-r"], [2, 1]),
            (["--sort", "metric.acc.max", "-n", "1"], [1]),
        ],
    )
    def test_they_are_chosen_sorted_and_limited(self, two_runs, command, arguments, expected):
        assert ids(command("runs", "--json", *arguments)) == expected

    def test_an_unknown_project_is_a_mistake(self, two_runs, capsys):
        assert main(["runs", "--project", "digit"]) == 2
        assert "did you mean 'digits'" in capsys.readouterr().err

    @pytest.mark.parametrize("sort", ["staus", "acc.max.", "nope.x"])
    def test_an_unknown_order_is_a_mistake(self, two_runs, capsys, sort):
        assert main(["runs", "--sort", f"unknown:{sort}"]) == 2
        assert capsys.readouterr().err.count("\n") == 1


class TestBest:
    @pytest.mark.parametrize(
        ("arguments", "printed", "run_id"),
        [
            ([], "acc 0.92 at step 2", "2"),
            (["--mode", "min"], "acc 0.5 at step 0", "1"),
            (["--at", "last", "--mode", "min"], "acc 0.52 at step 2", "1"),
            (["--at", "last"], "acc 0.92 at step 2", "2"),
        ],
    )
    def test_it_names_the_value_the_step_and_the_run(
        self, two_runs, command, arguments, printed, run_id
    ):
        first, _, run = command("best", "digits", "acc", *arguments).splitlines()
        assert first == printed
        assert run.split()[0] == run_id


class TestCompare:
    def test_equal_runs_exit_with_zero(self, two_runs, command):
        printed = command("compare", "1", "1", code=0)
        for part in ("config", "environment", "code", "outputs"):
            assert f"{part}: the same" in printed

    def test_a_difference_of_metrics_alone_is_no_difference(self, here, config, command):
        config.experiment.sql.db_path = "sqlite:///experiments.db"
        for value in (0.5, 0.75):
            with SQLLogger(config).start() as run:
                run.log_metric("acc", value, 0)
        lines = command("compare", "1", "2", code=0).splitlines()
        assert lines[-1].split() == ["acc", "0.5", "0.75", "0.25"]

    def test_changed_code_is_printed_as_a_diff(self, here, config, command):
        config.experiment.sql.db_path = "sqlite:///experiments.db"
        for number in ("1", "2"):
            made = Print(number * 64, source=f"def f():\n    return {number}\n")
            SQLLogger(config).start(fingerprints={"f": made}).finish()
        printed = command("compare", "1", "2", code=1)
        assert "-    return 1\n+    return 2" in printed
        assert "1" * 12 in printed
        assert "1" * 13 not in printed

    def test_what_one_run_lacks_is_a_dash(self, here, config, command):
        config.experiment.sql.db_path = "sqlite:///experiments.db"
        logger = SQLLogger(config)
        with logger.start(config={"a": None}) as run:
            run.log_metric("m", 1, 0)
        logger.start(config={"b": "x"}).finish()
        rows = [line.split() for line in command("compare", "1", "2", code=1).splitlines()]
        assert ["a", "null", "-"] in rows
        assert ["b", "-", '"x"'] in rows
        assert ["m", "1", "-", "-"] in rows


class TestTail:
    def test_the_latest_run_is_the_default(self, two_runs, command):
        assert command("tail", "-n", "1") == command("tail", "2", "-n", "1")

    def test_only_some_metrics(self, two_runs, command):
        assert len(command("tail", "--key", "acc").splitlines()) == 3
        assert command("tail", "--key", "loss") == ""

    def test_without_any_run_it_is_a_mistake(self, here, config, open_logger, capsys):
        config.experiment.sql.db_path = "sqlite:///experiments.db"
        open_logger(config).get_or_create_project()
        assert main(["tail"]) == 2
        assert "there are no runs yet" in capsys.readouterr().err

    def test_following_prints_what_is_logged_meanwhile_and_ends_with_the_run(
        self, here, config, open_logger
    ):
        config.experiment.sql.db_path = "sqlite:///experiments.db"
        run = open_logger(config).start()
        run.log_metric("loss", 0.5, 0)
        run.flush()
        tail = subprocess.Popen([*ATO, "tail", "-f", "--json"], stdout=subprocess.PIPE)
        assert json.loads(tail.stdout.readline())["step"] == 0
        run.log_metric("loss", 0.4, 1)
        run.finish()
        rest, _ = tail.communicate(timeout=60)
        assert [json.loads(line)["step"] for line in rest.splitlines()] == [1]
        assert tail.returncode == 0


class TestMoving:
    def test_what_was_exported_to_stdout_can_be_imported(self, two_runs, command, here):
        (here / "runs.jsonl").write_text(command("export", "-"))
        taken = json.loads(command("import", "runs.jsonl", "--db", "new.db", "--json"))
        assert len(taken["added"]) == 2
        assert taken["known"] == taken["updated"] == []

    def test_an_import_goes_to_the_database_of_the_environment(
        self, two_runs, command, here, monkeypatch
    ):
        command("export", "runs.jsonl")
        monkeypatch.setenv("ATO_DB", "named.db")
        assert "2 runs added" in command("import", "runs.jsonl")
        assert (here / "named.db").exists()

    def test_export_tells_how_much_went_where(self, two_runs, command):
        assert json.loads(command("export", "a.jsonl", "--json")) == {"runs": 2, "path": "a.jsonl"}
        assert command("export", "b.jsonl", "--run", "1", "--run", "2") == "2 runs in b.jsonl\n"
        assert command("export", "c.csv", "--project", "digits") == "2 runs in c.csv\n"

    @pytest.mark.parametrize("name", ["m.parquet", "m.pq"])
    def test_metrics_go_to_parquet_by_the_name(self, two_runs, command, here, name):
        pytest.importorskip("pyarrow")
        pandas = pytest.importorskip("pandas")
        command("export", name)
        assert len(pandas.read_parquet(str(here / name))) == 6

    def test_merging_brings_the_runs_of_another_database(self, two_runs, command):
        command("export", "one.jsonl", "--run", "1")
        command("import", "one.jsonl", "--db", "other.db")
        printed = command("merge", "experiments.db", "--db", "other.db")
        assert printed == "1 runs added, 0 brought up to date, 1 known\n"

    def test_the_database_that_a_merge_names_need_not_be_there_yet(self, two_runs, command):
        printed = command("merge", "experiments.db", "--db", "all.db")
        assert printed == "2 runs added, 0 brought up to date, 0 known\n"
        assert len(json.loads(command("runs", "--db", "all.db", "--json"))) == 2

    @pytest.mark.parametrize(
        "arguments",
        [
            ["export", "x", "--project", "nope"],
            ["export", "x", "--run", "99"],
            ["merge", "no.db"],
            ["merge", "no.db", "--db", "new.db"],
        ],
    )
    def test_a_mistake_writes_nothing(self, two_runs, here, capsys, arguments):
        before = sorted(os.listdir(str(here)))
        assert main(arguments) == 2
        assert capsys.readouterr().err.count("\n") == 1
        after = [name for name in os.listdir(str(here)) if not name.endswith(("-wal", "-shm"))]
        assert sorted(after) == before


class TestCare:
    def test_gc_tells_what_it_would_do_and_does_it(self, here, config, command):
        config.experiment.sql.db_path = "sqlite:///experiments.db"
        made = Print("abc", source="x")
        SQLLogger(config).start(fingerprints={"f": made}).finish()
        command("delete", "1")
        told = "0 copies (0 bytes), 1 sources and 1 environments\n"
        assert command("gc", "--dry-run") == f"would remove {told}"
        assert command("gc") == f"removed {told}"
        assert json.loads(command("gc", "--json"))["sources"] == 0

    def test_a_running_run_is_only_deleted_by_force(
        self, here, config, open_logger, command, capsys
    ):
        config.experiment.sql.db_path = "sqlite:///experiments.db"
        run = open_logger(config).start()
        assert main(["delete", "1"]) == 2
        assert "running" in capsys.readouterr().err
        told = json.loads(command("delete", run.uuid, "--force", "--json"))
        assert told == {"deleted": run.uuid}

    def test_a_merge_makes_the_database_that_is_named(
        self, here, config, open_logger, command, monkeypatch
    ):
        config.experiment.sql.db_path = "sqlite:///experiments.db"
        open_logger(config).start().finish()
        monkeypatch.setenv("ATO_DB", "all.db")
        assert command("merge", "experiments.db").startswith("1 runs added")
        assert (here / "all.db").exists()

    def test_a_note_says_something(self, here, config, open_logger, capsys):
        config.experiment.sql.db_path = "sqlite:///experiments.db"
        open_logger(config).start().finish()
        assert main(["note", "1", " "]) == 2
        assert "a note says something" in capsys.readouterr().err

    def test_of_a_search_that_is_deleted_it_is_said_which_trials_stay(
        self, here, config, open_logger, command
    ):
        config.experiment.sql.db_path = "sqlite:///experiments.db"
        logger = open_logger(config)
        for count in (1, 3):
            with logger.start() as search:
                trials = [logger.start(parent=search) for _ in range(count)]
                for trial in trials:
                    trial.finish()
            if count == 1:
                told = f"; run {trials[0].id}, which was below it, stays\n"
            else:
                told = f"; 3 runs that were below it stay: {trials[0].id} … {trials[-1].id}\n"
            assert command("delete", str(search.id)) == f"deleted run {search.id}{told}"

    def test_an_upgrade_names_the_backup(self, here, command):
        import shutil

        old = os.path.join(os.path.dirname(__file__), "data", "ato-2.2.1.sqlite")
        shutil.copy(old, "experiments.db")
        printed = command("upgrade")
        assert printed.startswith("upgraded; the backup is experiments.db.backup-0001-")
        assert os.path.exists(printed.split()[-1])
        assert command("upgrade") == "the schema is up to date\n"


class TestWhichDatabase:
    def test_programs_of_ones_own_can_ask_as_the_command_does(self, two_runs, monkeypatch):
        assert database_url().database == "experiments.db"
        monkeypatch.setenv("ATO_DB", "sqlite:///experiments.db")
        finder = open_finder()
        assert isinstance(finder, SQLFinder)
        assert [run.id for run in finder.search()] == two_runs

    def test_a_server_is_not_looked_for(self):
        pytest.importorskip("psycopg2")
        assert database_url("postgresql://h/x").drivername == "postgresql+psycopg2"

    def test_an_empty_variable_is_none(self, two_runs, monkeypatch):
        monkeypatch.setenv("ATO_DB", "")
        assert database_url().database == "experiments.db"


@pytest.mark.parametrize(
    "name",
    ["runs", "show", "best", "compare", "tail", "export", "import", "merge", "gc", "delete"],
)
def test_every_command_explains_itself(name, capsys):
    with pytest.raises(SystemExit) as caught:
        main([name, "--help"])
    assert caught.value.code == 0
    printed = capsys.readouterr().out
    assert printed.startswith(f"usage: python -m ato_sql {name}")
    assert "--db URL" in printed
