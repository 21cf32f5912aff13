"""The command line, as a user meets it."""

import json
import subprocess
import sys

import pytest

from ato_sql import SQLLogger
from ato_sql.cli import main


@pytest.fixture(autouse=True)
def _here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ATO_DB", raising=False)


@pytest.fixture
def runs(config):
    config.experiment.sql.db_path = "sqlite:///experiments.db"
    logger = SQLLogger(config)
    ids = []
    for lr, accuracy in ((0.1, 0.5), (0.01, 0.9)):
        trial = config.clone()
        trial.lr = lr
        with logger.start(tags=["sweep"], config=trial, fingerprints={"f": str(lr)}) as run:
            for step in range(3):
                run.log_metric("acc", accuracy + step / 100, step)
            run.log_note("ok")
        ids.append(run.id)
    logger.close()
    return ids


def out(capsys, *arguments, code=0):
    assert main(list(arguments)) == code
    return capsys.readouterr().out


def test_runs_lists_them_in_a_plain_table_when_piped(runs, capsys):
    header, first, second = out(capsys, "runs").splitlines()
    assert header.split() == ["id", "project", "status", "started", "took", "tags", "acc"]
    assert first.split()[:3] == ["1", "digits", "completed"]
    assert second.split()[-1] == "0.92"


def test_runs_can_be_chosen_sorted_and_limited(runs, capsys):
    rows = json.loads(out(capsys, "runs", "--json", "--where", "config.lr<0.05"))
    assert [row["id"] for row in rows] == [2]
    rows = json.loads(out(capsys, "runs", "--json", "--sort", "metric.acc.max", "-r", "-n", "1"))
    assert [row["config"]["lr"] for row in rows] == [0.01]
    assert json.loads(out(capsys, "runs", "--json", "--tag", "nope")) == []


def test_show_tells_all_there_is(runs, capsys):
    text = out(capsys, "show", "1")
    for part in ("completed", "model.name", '"mlp"', "acc", "f (static)", "ok", "command"):
        assert part in text
    shown = json.loads(out(capsys, "show", "1", "--json"))
    assert shown["metrics"]["acc"]["max"] == 0.52
    assert shown["notes"][0]["text"] == "ok"


def test_best_names_the_run_and_the_value(runs, capsys):
    assert out(capsys, "best", "digits", "acc").startswith("acc 0.92 at step 2")
    assert json.loads(out(capsys, "best", "digits", "acc", "--mode", "min", "--json"))["id"] == 1


def test_compare_says_what_differs_and_exits_with_one(runs, capsys):
    text = out(capsys, "compare", "1", "2", code=1)
    assert "lr" in text
    assert "0.01" in text
    assert json.loads(out(capsys, "compare", "1", "2", "--json", code=1))["config"]["lr"] == {
        "a": 0.1,
        "b": 0.01,
    }
    assert "config: the same" in out(capsys, "compare", "1", "1")


def test_tail_prints_the_latest_metrics(runs, capsys):
    lines = out(capsys, "tail", "-n", "2").splitlines()
    assert [line.split("  ")[1:] for line in lines] == [
        ["acc", "step 1", "0.91"],
        ["acc", "step 2", "0.92"],
    ]


def test_tail_follows_until_the_run_ends(runs, capsys):
    assert len(out(capsys, "tail", "1", "-n", "1", "--follow").splitlines()) == 1


def test_export_and_import(runs, capsys):
    assert out(capsys, "export", "runs.jsonl") == "2 runs in runs.jsonl\n"
    assert "2 runs added" in out(capsys, "import", "runs.jsonl", "--db", "new.db")
    assert "2 known" in out(capsys, "import", "runs.jsonl", "--db", "new.db")
    assert out(capsys, "export", "metrics.csv", "--run", "1") == "1 runs in metrics.csv\n"
    assert len(out(capsys, "export", "-").splitlines()) == 7
    assert "2 known" in out(capsys, "merge", "new.db")


def test_gc_delete_and_upgrade(runs, capsys):
    assert out(capsys, "delete", "1") == "deleted run 1\n"
    assert "removed 0 copies" in out(capsys, "gc")
    assert out(capsys, "upgrade") == "the schema is up to date\n"
    assert json.loads(out(capsys, "upgrade", "--json")) == {"backup": None}


class TestTheDatabase:
    def test_db_comes_before_the_environment_and_that_before_the_default(
        self, runs, capsys, monkeypatch
    ):
        out(capsys, "export", "runs.jsonl", "--run", "1")
        out(capsys, "import", "runs.jsonl", "--db", "one.db")
        assert len(json.loads(out(capsys, "runs", "--json"))) == 2
        monkeypatch.setenv("ATO_DB", "one.db")
        assert len(json.loads(out(capsys, "runs", "--json"))) == 1
        both = out(capsys, "runs", "--json", "--db", "sqlite:///experiments.db")
        assert len(json.loads(both)) == 2

    def test_where_there_is_none_one_line_says_what_was_tried(self, capsys, monkeypatch, tmp_path):
        assert main(["runs"]) == 2
        error = capsys.readouterr().err
        assert error.count("\n") == 1
        assert "no experiments.db in" in error
        assert "ATO_DB is not set and no --db was given" in error
        monkeypatch.setenv("ATO_DB", "gone.db")
        assert main(["runs"]) == 2
        assert "gone.db, which ATO_DB names" in capsys.readouterr().err
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
    def test_a_mistake_is_one_line_and_exit_code_2(self, runs, capsys, arguments, message):
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


def test_what_is_printed_cannot_steer_the_terminal(config, capsys):
    config.experiment.sql.db_path = "sqlite:///experiments.db"
    config.experiment.project_name = "\x1b[31mred"
    SQLLogger(config).start().finish()
    assert "\x1b" not in out(capsys, "runs")


def test_a_file_that_is_no_database_is_one_line(tmp_path, capsys):
    path = tmp_path / "notes.db"
    path.write_text("not a database")
    assert main(["runs", "--db", str(path)]) == 2
    assert "file is not a database" in capsys.readouterr().err
    assert path.read_text() == "not a database"
