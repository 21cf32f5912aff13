"""`runs`, `best` and `tail` say what was meant by a name that no run has."""

import json
import os
import stat

import pytest

from ato_sql.cli import main


@pytest.fixture
def said(two_runs, capsys):
    """Run a command that answers; return what it says on stderr beside the answer."""

    def said(*arguments):
        assert main(list(arguments)) == 0
        return capsys.readouterr().err

    return said


class TestRuns:
    @pytest.mark.parametrize(
        ("words", "line"),
        [
            (["--metric", "ac"], "no run has the metric 'ac'; did you mean 'acc'?"),
            (["--metric", "perplexity"], "no run has the metric 'perplexity'"),
            (["--tag", "sweeb"], "no run has the tag 'sweeb'; did you mean 'sweep'?"),
            (["--json", "--tag", "sweeb"], "no run has the tag 'sweeb'; did you mean 'sweep'?"),
        ],
    )
    def test_a_metric_or_tag_that_no_run_has_is_a_mistake(self, two_runs, capsys, words, line):
        assert main(["runs", *words]) == 2
        assert line in capsys.readouterr().err

    def test_a_metric_that_runs_have_is_shown_alone(self, two_runs, command):
        header = command("runs", "--metric", "acc").splitlines()[0]
        assert header.split() == [
            "id", "name", "project", "status", "started", "took", "tags", "acc",
        ]  # fmt: skip

    def test_a_misspelt_tag_in_a_question(self, said):
        meant = "no run has the tag sweeb; did you mean 'sweep'?\n"
        assert said("runs", "--where", "tag:sweeb") == meant

    def test_a_tag_of_nobody_among_runs_that_were_found_is_no_trouble(self, said):
        assert said("runs", "--where=-tag:sweeb") == ""

    def test_a_misspelt_project_in_a_question_that_takes_parts_of_names(self, said):
        line = said("runs", "--where", "project:digitz")
        assert line == "there is no project digitz; did you mean 'digits'?\n"

    def test_misspelt_values_of_other_fields(self, said, finder):
        name = finder.get_run(1).name
        line = said("runs", "--where", f"name={name}x")
        assert line == f"no run has the name {name}x; did you mean '{name}'?\n"
        assert said("runs", "--where", f"name={name} tag=unrelated") == ""

    def test_nothing_is_said_where_nothing_is_alike(self, said):
        assert said("runs", "--where", "tag:unrelated") == ""
        assert said("runs", "--where", "project:unrelated") == ""


class TestBest:
    def test_a_misspelt_metric_is_a_mistake(self, two_runs, capsys):
        assert main(["best", "digits", "ac"]) == 2
        line = capsys.readouterr().err
        assert "no run of 'digits' has a finite value of 'ac'; did you mean 'acc'?" in line

    def test_as_json_it_is_the_whole_run(self, two_runs, command):
        run = json.loads(command("best", "digits", "acc", "--json"))
        assert (run["id"], run["project"], run["metrics"]["acc"]["max"]) == (2, "digits", 0.92)

    def test_an_archived_run_is_not_the_best(self, two_runs, command):
        command("archive", "2")
        assert command("best", "digits", "acc").startswith("acc 0.52 at step 2\n")

    def test_the_only_run_that_is_archived_leaves_none(self, two_runs, command, capsys):
        command("archive", "1", "2")
        assert main(["best", "digits", "acc"]) == 2
        assert "has a finite value of 'acc'" in capsys.readouterr().err


class TestTail:
    def test_a_misspelt_metric_is_a_mistake(self, two_runs, capsys):
        assert main(["tail", "1", "--key", "ac"]) == 2
        assert "run 1 has no metric 'ac'; did you mean 'acc'?" in capsys.readouterr().err

    def test_a_point_is_a_line_of_moment_metric_step_and_value(self, two_runs, command):
        *moment, key, word, step, value = command("tail", "1", "-n", "1").split()
        assert (key, word, step, value) == ("acc", "step", "2", "0.52")
        assert len(moment) == 2

    def test_of_a_run_without_metrics_there_is_nothing(self, two_runs, command, open_finder):
        assert command("tail", "1", "--key", "unheard") == ""

    def test_a_run_that_kept_no_output_says_how_to_keep_it(self, two_runs, command):
        assert command("tail", "1", "--console") == (
            "run 1 kept no output; start it with logger.run(console=True)\n"
        )

    def test_tabs_of_the_output_stay(self, two_runs, command, config, open_logger, capsys):
        with open_logger(config).start(console=True):
            print("a\tb\tc")
        capsys.readouterr()
        assert command("tail", "last", "--console") == "a\tb\tc\n"

    def test_archived_runs_are_not_the_latest(self, two_runs, command):
        command("archive", "2")
        assert command("tail") == command("tail", "1")


class TestExport:
    def test_runs_are_named_as_everywhere(self, two_runs, command):
        assert command("export", "best.jsonl", "--run", "best:acc") == "1 runs in best.jsonl\n"
        assert command("export", "both.jsonl", "--run", "last", "--run", "-2").startswith("2 runs")

    def test_only_one_project(self, two_runs, command, capsys):
        assert command("export", "runs.jsonl", "--project", "digits").startswith("2 runs")
        assert main(["export", "more.jsonl", "--project", "digit"]) == 2
        assert "did you mean 'digits'" in capsys.readouterr().err

    def test_as_json_it_tells_count_and_path(self, two_runs, command):
        told = json.loads(command("export", "metrics.csv", "--json"))
        assert told == {"runs": 2, "path": "metrics.csv"}

    def test_an_intake_as_json_lists_the_uuids(self, two_runs, command):
        command("export", "runs.jsonl")
        told = json.loads(command("import", "runs.jsonl", "--db", "new.db", "--json"))
        assert sorted(told) == ["added", "known", "updated"]
        assert (len(told["added"]), told["known"], told["updated"]) == (2, [], [])

    def test_a_tool_that_needs_a_folder_says_so(self, two_runs, capsys, stand_in_for_tensorboard):
        assert main(["export", "--to", "tensorboard"]) == 2
        assert "export --to tensorboard needs a folder" in capsys.readouterr().err


@pytest.fixture
def stand_in_for_tensorboard(monkeypatch):
    import sys
    import types

    module = types.ModuleType("tensorboardX")
    module.SummaryWriter = object
    monkeypatch.setitem(sys.modules, "tensorboardX", module)
    monkeypatch.delitem(sys.modules, "ato_sql.integrations.tensorboard", raising=False)


class TestCare:
    def test_a_backup_is_a_whole_database(self, two_runs, command):
        assert command("backup", "copy.db") == "the copy is copy.db\n"
        assert len(json.loads(command("runs", "--json", "--db", "copy.db"))) == 2

    def test_a_backup_as_json_says_where_it_is(self, two_runs, command):
        assert json.loads(command("backup", "copy.db", "--json")) == {"path": "copy.db"}

    @pytest.mark.skipif(os.name == "nt", reason="modes are of POSIX")
    @pytest.mark.parametrize("mode", [0o600, 0o640, 0o400])
    def test_who_may_not_read_a_database_may_not_read_its_backup(
        self, two_runs, here, command, mode
    ):
        (here / "experiments.db").chmod(mode)
        command("backup", "copy.db")
        assert stat.S_IMODE((here / "copy.db").stat().st_mode) == mode

    def test_gc_makes_no_database_of_an_empty_file(self, here, capsys):
        (here / "empty.db").touch()
        assert main(["gc", "--dry-run", "--db", "empty.db"]) == 2
        assert "holds no runs" in capsys.readouterr().err
        assert (here / "empty.db").stat().st_size == 0

    def test_a_backup_replaces_nothing(self, two_runs, here, capsys):
        (here / "copy.db").write_text("mine")
        assert main(["backup", "copy.db"]) == 2
        assert "copy.db is there already; name a new file" in capsys.readouterr().err
        assert (here / "copy.db").read_text() == "mine"

    def test_a_backup_that_cannot_be_written_leaves_nothing(self, two_runs, here, capsys):
        assert main(["backup", "nowhere/copy.db"]) == 2
        assert "cannot copy sqlite:///" in capsys.readouterr().err

    def test_a_deleted_run_as_json_is_told_by_its_uuid(self, two_runs, command):
        uuid = json.loads(command("show", "1", "--json"))["uuid"]
        assert json.loads(command("delete", "1", "--json")) == {"deleted": uuid}

    def test_what_gc_removed_as_json(self, two_runs, command):
        told = json.loads(command("gc", "--json"))
        assert told == {"artifacts": [], "freed": 0, "sources": 0, "environments": 0}
