"""From an empty directory to an explained change, as a newcomer would go."""

import json


def test_why_names_the_changed_line(shell, tmp_path):
    shell("-m", "ato", "init")
    shell("train.py")
    program = tmp_path / "train.py"
    changed = program.read_text().replace("slope -= lr * sum", "slope -= 2 * lr * sum")
    program.write_text(changed)
    shell("train.py", "fast")

    output = shell("-m", "ato", "why", "1", "2", code=1)

    assert "slope -= lr * sum(e * x for e, x in errors) / len(points)" in output
    assert "slope -= 2 * lr * sum(e * x for e, x in errors) / len(points)" in output
    assert "lr: 0.02 -> 0.1" in output
    assert "view 'fast'" in output
    assert "loss" in output


def test_why_of_the_same_run_twice_finds_nothing(shell):
    shell("-m", "ato", "init")
    shell("train.py")
    shell("train.py")
    assert "agree" in shell("-m", "ato", "why", "1", "2")


def test_why_as_json(shell):
    shell("-m", "ato", "init")
    shell("train.py")
    shell("train.py", "lr=0.05")
    report = json.loads(shell("-m", "ato", "why", "1", "2", "--json", code=1))
    (change,) = report["config"]
    assert change["key"] == "lr"
    assert change["b"]["by"] == "command line: lr=0.05"


def test_verify_says_that_the_run_gives_the_same_again(shell):
    shell("-m", "ato", "init")
    shell("train.py", "fast")
    assert "same" in shell("-m", "ato", "verify", "1")


def test_verify_measures_a_small_difference_of_an_output(shell, tmp_path):
    shell("-m", "ato", "init")
    shell("train.py", "fast")
    program = tmp_path / "train.py"
    program.write_text(program.read_text().replace("3 * x + 1", "(3 + 1e-12) * x + 1"))
    output = shell("-m", "ato", "verify", "1")
    assert "within tolerance" in output
    assert "output line: within tolerance: largest difference" in output


def test_verify_says_what_changed(shell, tmp_path):
    shell("-m", "ato", "init")
    shell("train.py", "fast")
    program = tmp_path / "train.py"
    program.write_text(program.read_text().replace("3 * x + 1", "4 * x + 1"))
    output = shell("-m", "ato", "verify", "1", code=1)
    assert "line" in output
    assert "loss" in output


def test_merge_brings_the_runs_of_another_database(shell):
    shell("-m", "ato", "init")
    shell("train.py")
    shell("train.py", "experiment.sql.db_path:=sqlite:///other.db")
    shell("-m", "ato", "merge", "other.db")
    shell("-m", "ato", "merge", "other.db")
    assert len(json.loads(shell("-m", "ato", "runs", "--json"))) == 2
