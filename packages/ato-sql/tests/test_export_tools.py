"""`ato export --to`: what is wrong is one line; `integrations` tries the tools themselves."""

import sys
from types import SimpleNamespace

import pytest

from ato_sql.cli import main


@pytest.mark.parametrize(
    ("tool", "needed", "install"),
    [
        ("mlflow", "mlflow", "pip install mlflow"),
        ("tensorboard", "tensorboardX", "pip install 'ato-sql[tensorboard]'"),
        ("wandb", "wandb", "pip install 'ato-sql[wandb]'"),
    ],
)
def test_a_tool_that_is_not_installed_is_named(
    two_runs, capsys, monkeypatch, tool, needed, install
):
    monkeypatch.setitem(sys.modules, needed, None)
    monkeypatch.delitem(sys.modules, f"ato_sql.integrations.{tool}", raising=False)
    assert main(["export", "--to", tool, "folder"]) == 2
    line = capsys.readouterr().err
    assert install in line
    assert line.count("\n") == 1


@pytest.mark.parametrize(
    ("tool", "library"),
    [("mlflow", "mlflow"), ("tensorboard", "tensorboardX"), ("wandb", "wandb")],
)
@pytest.mark.parametrize(
    "error", ["TypeError('Descriptors cannot be created', 'x')", "ImportError('no such name')"]
)
def test_a_tool_that_cannot_be_loaded_is_named_and_not_the_runs(
    two_runs, here, capsys, monkeypatch, tool, library, error
):
    (here / "broken").mkdir()
    (here / "broken" / f"{library}.py").write_text(f"raise {error}")
    monkeypatch.syspath_prepend(str(here / "broken"))
    monkeypatch.delitem(sys.modules, library, raising=False)
    monkeypatch.delitem(sys.modules, f"ato_sql.integrations.{tool}", raising=False)
    assert main(["export", "--to", tool, "folder"]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert f"{library} cannot be loaded: {error.partition('(')[0]}: " in line
    assert "pip install --upgrade" in line
    assert "damaged" not in line


def test_a_tool_that_fails_in_its_own_code_is_named(two_runs, capsys, monkeypatch):
    def export_run(*given):
        raise AttributeError("module 'numpy' has no attribute 'x'")

    broken = SimpleNamespace(export_run=export_run)
    monkeypatch.setitem(sys.modules, "ato_sql.integrations.tensorboard", broken)
    assert main(["export", "--to", "tensorboard", "folder"]) == 2
    line = capsys.readouterr().err.splitlines()[0]
    assert line.startswith("run 1: tensorboard failed: AttributeError: module 'numpy' has no")


def test_an_export_needs_a_file(two_runs, capsys):
    assert main(["export"]) == 2
    assert "export needs a file: ato export runs.jsonl, or - for stdout" in capsys.readouterr().err


@pytest.fixture
def tool(monkeypatch):
    """A stand-in for the module that exports to TensorBoard, whose `export_run` tests replace."""
    tool = SimpleNamespace(
        export_run=lambda finder, run, path: f"{path}/{run}",
        changed_names=lambda *given: {},
        left_out=lambda *given: {},
    )
    monkeypatch.setitem(sys.modules, "ato_sql.integrations.tensorboard", tool)
    return tool


@pytest.mark.parametrize("words", [["--project", "nothing"], ["--run", "99"]])
def test_where_it_is_not_known_what_to_export_nothing_is_counted(two_runs, tool, capsys, words):
    assert main(["export", "--to", "tensorboard", "logs", *words]) == 2
    printed = capsys.readouterr()
    assert (printed.out, printed.err.count("\n")) == ("", 1)


def test_nor_is_it_where_no_run_arrives(two_runs, tool, capsys):
    def export_run(*given):
        raise NotADirectoryError(20, "Not a directory", "logs")

    tool.export_run = export_run
    assert main(["export", "--to", "tensorboard", "logs"]) == 2
    printed = capsys.readouterr()
    assert (printed.out, printed.err.count("Not a directory")) == ("", 2)


def test_what_arrives_is_counted_beside_what_is_refused(two_runs, tool, capsys):
    def export_run(finder, run, path):
        if run == 1:
            raise OSError("the disk is full")
        return path

    tool.export_run = export_run
    assert main(["export", "--to", "tensorboard", "logs"]) == 2
    assert tuple(capsys.readouterr()) == ("1 runs in logs\n", "run 1: the disk is full\n")
