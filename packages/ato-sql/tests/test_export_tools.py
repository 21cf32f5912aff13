"""`ato export --to`: what is wrong is one line; `integrations` tries the tools themselves."""

import sys

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


def test_an_export_needs_a_file(two_runs, capsys):
    assert main(["export"]) == 2
    assert "export needs a file: ato export runs.jsonl, or - for stdout" in capsys.readouterr().err
