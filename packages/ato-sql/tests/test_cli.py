"""The command line, as a user meets it."""

import json
import subprocess
import sys
import tempfile

import pytest

from ato_sql import SQLLogger
from ato_sql.cli import main


def test_runs_lists_them_in_a_plain_table_when_piped(two_runs, command):
    header, first, second = command("runs").splitlines()
    columns = ["id", "name", "project", "status", "started", "took", "tags", "acc"]
    assert header.split() == columns
    words = first.split()
    assert [words[0], *words[2:4]] == ["1", "digits", "completed"]
    assert second.split()[-1] == "0.92"


def test_runs_can_be_chosen_sorted_and_limited(two_runs, command):
    rows = json.loads(command("runs", "--json", "--where", "config.lr<0.05"))
    assert [row["id"] for row in rows] == [2]
    rows = json.loads(command("runs", "--json", "--sort", "metric.acc.max", "-r", "-n", "1"))
    assert [row["config"]["lr"] for row in rows] == [0.01]
    assert json.loads(command("runs", "--json", "--tag", "sweep", "--where", "lr>1")) == []


def test_show_tells_all_there_is(two_runs, command):
    text = command("show", "1")
    for part in ("completed", "model.name", '"mlp"', "acc", "f (static)", "ok", "command"):
        assert part in text
    shown = json.loads(command("show", "1", "--json"))
    assert shown["metrics"]["acc"]["max"] == 0.52
    assert shown["notes"][0]["text"] == "ok"


def test_best_names_the_run_and_the_value(two_runs, command):
    assert command("best", "digits", "acc").startswith("acc 0.92 at step 2")
    assert json.loads(command("best", "digits", "acc", "--mode", "min", "--json"))["id"] == 1


def test_compare_says_what_differs_and_exits_with_one(two_runs, command):
    text = command("compare", "1", "2", code=1)
    assert "lr" in text
    assert "0.01" in text
    assert json.loads(command("compare", "1", "2", "--json", code=1))["config"]["lr"] == {
        "a": 0.1,
        "b": 0.01,
    }
    assert "config: the same" in command("compare", "1", "1")


def test_tail_prints_the_latest_metrics(two_runs, command):
    lines = command("tail", "-n", "2").splitlines()
    assert [line.split("  ")[1:] for line in lines] == [
        ["acc", "step 1", "0.91"],
        ["acc", "step 2", "0.92"],
    ]


def test_tail_follows_until_the_run_ends(two_runs, command):
    assert len(command("tail", "1", "-n", "1", "--follow").splitlines()) == 1


def test_export_and_import(two_runs, command):
    assert command("export", "runs.jsonl") == "2 runs in runs.jsonl\n"
    assert "2 runs added" in command("import", "runs.jsonl", "--db", "new.db")
    assert "2 known" in command("import", "runs.jsonl", "--db", "new.db")
    assert command("export", "metrics.csv", "--run", "1") == "1 runs in metrics.csv\n"
    assert len(command("export", "-").splitlines()) == 7
    assert "2 known" in command("merge", "new.db")


def test_gc_delete_and_upgrade(two_runs, command):
    assert command("delete", "1") == "deleted run 1\n"
    assert "removed 0 copies" in command("gc")
    assert command("upgrade") == "the schema is up to date\n"
    assert json.loads(command("upgrade", "--json")) == {"backup": None}


class TestTheDatabase:
    def test_db_comes_before_the_environment_and_that_before_the_default(
        self, two_runs, command, monkeypatch
    ):
        command("export", "runs.jsonl", "--run", "1")
        command("import", "runs.jsonl", "--db", "one.db")
        assert len(json.loads(command("runs", "--json"))) == 2
        monkeypatch.setenv("ATO_DB", "one.db")
        assert len(json.loads(command("runs", "--json"))) == 1
        both = command("runs", "--json", "--db", "sqlite:///experiments.db")
        assert len(json.loads(both)) == 2

    def test_where_there_is_none_one_line_says_what_was_tried(
        self, here, capsys, monkeypatch, tmp_path
    ):
        assert main(["runs"]) == 2
        error = capsys.readouterr().err
        assert error.count("\n") == 1
        assert "no experiments.db in" in error
        assert "ATO_DB is not set and no --db was given" in error
        monkeypatch.setenv("ATO_DB", "gone.db")
        assert main(["runs"]) == 2
        assert "gone.db, which ATO_DB names" in capsys.readouterr().err
        assert list(tmp_path.iterdir()) == []

    @pytest.mark.parametrize("name", [":memory:", "sqlite://", "sqlite:///:memory:", "sqlite:///"])
    @pytest.mark.parametrize("words", [["runs"], ["import", "runs.jsonl"]])
    def test_in_memory_there_is_none_and_no_folder_is_made_for_it(
        self, capsys, monkeypatch, tmp_path, name, words
    ):
        monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
        assert main([*words, "--db", name]) == 2
        assert f"{name} is a database in memory" in capsys.readouterr().err
        assert list(tmp_path.iterdir()) == []


class TestMistakes:
    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            (["show", "99"], "there is no run 99"),
            (["best", "digit", "acc"], "no project 'digit'; did you mean 'digits'"),
            (["best", "digits", "accuracy"], "no run of 'digits' has a finite value"),
            (["runs", "--where", "lr"], "cannot read 'lr'"),
            (["runs", "--where", "confg.lr=1"], "cannot search by 'confg.lr'"),
            (["runs", "--db", "postgresql://u:s3cr3t@127.0.0.1:1/x"], "***"),
            (["runs", "--db", "nosuch://x"], "unknown database system 'nosuch'"),
            (["import", "nowhere.jsonl"], "nowhere.jsonl"),
        ],
    )
    def test_a_mistake_is_one_line_and_exit_code_2(self, two_runs, capsys, arguments, message):
        if "postgresql" in " ".join(arguments):
            pytest.importorskip("psycopg2")
        assert main(arguments) == 2
        error = capsys.readouterr().err
        assert message in error
        assert error.count("\n") == 1
        assert "s3cr3t" not in error

    @pytest.mark.parametrize("arguments", [[], ["rums"], ["runs", "-n", "0"]])
    def test_wrong_words_are_one_line_too(self, arguments):
        done = subprocess.run(
            [sys.executable, "-m", "ato_sql", *arguments],
            capture_output=True,
        )
        assert done.returncode == 2
        assert done.stderr.count(b"\n") == 1


def test_help_does_not_wait_for_sqlalchemy():
    text = (
        "import sys\nfrom ato_sql.cli import main\n"
        "try: main(['--help'])\nexcept SystemExit: pass\n"
        "print('sqlalchemy' in sys.modules)"
    )
    output = subprocess.check_output([sys.executable, "-c", text]).decode()
    assert output.endswith("False\n")


def test_what_is_printed_cannot_steer_the_terminal(config, command):
    config.experiment.sql.db_path = "sqlite:///experiments.db"
    config.experiment.project_name = "\x1b[31mred"
    SQLLogger(config).start().finish()
    assert "\x1b" not in command("runs")


def test_a_file_that_is_no_database_is_one_line(tmp_path, capsys):
    path = tmp_path / "notes.db"
    path.write_text("not a database")
    assert main(["runs", "--db", str(path)]) == 2
    assert "file is not a database" in capsys.readouterr().err
    assert path.read_text() == "not a database"


def test_every_command_takes_a_run_by_what_people_call_it(two_runs, command):
    (first, second) = json.loads(command("runs", "--json"))
    names = ["2", second["uuid"], second["uuid"][:8], second["name"], "last", "-1", "best:acc"]
    assert {json.loads(command("show", name, "--json"))["id"] for name in names} == {2}
    assert json.loads(command("show", "-2", "--json"))["id"] == 1
    assert json.loads(command("show", "best:-acc", "--json"))["id"] == 1


def test_a_secret_in_a_name_is_not_echoed(two_runs, command):
    assert command("rename", "last", "token=s3cr3t") == "run 2 is token=[redacted]\n"


def test_runs_are_renamed_tagged_noted_and_archived(two_runs, command):
    command("rename", "last", "winner")
    command("tag", "winner", "good", "old")
    command("tag", "winner", "--remove", "old")
    command("note", "winner", "looks", "right")
    command("archive", "1")
    (run,) = json.loads(command("runs", "--json"))
    assert (run["name"], run["tags"][-1]) == ("winner", "good")
    assert "looks right" in command("show", "winner")
    command("archive", "1", "--undo")
    assert "1 of 2 runs" in command("runs", "-n", "1")


@pytest.mark.parametrize(
    ("metric", "least"),
    [("loss", True), ("val_loss", True), ("eval/rmse", True), ("acc", False), ("reward", False)],
)
def test_what_is_best_of_a_metric_is_told_by_its_name(
    here, config, open_logger, command, metric, least
):
    config.experiment.sql.db_path = "sqlite:///experiments.db"
    for value in (2.0, 1.0, 3.0):
        with open_logger(config).start() as run:
            run.log_metric(metric, value)
    project = config.experiment.project_name
    best, smallest, largest = (2 if least else 3), 2, 3
    assert json.loads(command("best", project, metric, "--json"))["id"] == best
    assert json.loads(command("best", project, metric, "--mode", "max", "--json"))["id"] == largest
    for text, found in ((metric, best), (f"-{metric}", smallest), (f"+{metric}", largest)):
        assert json.loads(command("show", f"best:{text}", "--json"))["id"] == found
