"""What `ato` says to what was misspelled: what was meant."""

import shlex

import pytest

PROGRAM = """
from ato_sql import SQLLogger

logger = SQLLogger({"experiment": {"project_name": "digits"}, "rate": 0.1})
with logger.start(name="calm-otter", tags=["baseline"]) as run:
    run.log_metric("loss", 1.0, step=0)
"""


@pytest.fixture
def said(shell, tmp_path):
    """What `ato` says, in one line, after one run was tracked."""
    (tmp_path / "train.py").write_text(PROGRAM)
    shell("train.py")

    def run(line, code=2):
        output = shell("-m", "ato", *shlex.split(line), code=code)
        return output if code == 0 else output.rstrip("\n")

    return run


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        ("rnus", "there is no command 'rnus'; did you mean 'runs'?"),
        ("help rnus", "there is no command 'rnus'; did you mean 'runs'?"),
        ("--hlep", "there is no option --hlep; did you mean '--help'?"),
        ("runs --projct digits", "there is no option --projct; did you mean '--project'?"),
        ("show --jsno", "there is no option --jsno; did you mean '--json'?"),
        (
            "export --to mlfow",
            "'mlfow' is none of mlflow, tensorboard, wandb; did you mean 'mlflow'?",
        ),
        ("best digits loss --mode mni", "'mni' is none of max, min; did you mean 'min'?"),
        ("runs --project digts", "there is no project 'digts'; did you mean 'digits'?"),
        ("export all.jsonl --project digts", "did you mean 'digits'?"),
        ("best digts loss", "there is no project 'digts'; did you mean 'digits'?"),
        ("best digits los", "finite value of 'los'; did you mean 'loss'?"),
        ("tail 1 --key los", "run 1 has no metric 'los'; did you mean 'loss'?"),
        ("show best:los", "did you mean 'loss'?"),
        ("show calm-oter", "did you mean 'calm-otter'?"),
        ("why 1 lats", "did you mean 'last'?"),
        ("runs --sort metric.los", "did you mean 'metric.loss'?"),
        ("runs --sort satus", "did you mean 'status'?"),
        ("runs --sort nme", "did you mean 'name'?"),
        ("runs --tag basline", "no run has the tag 'basline'; did you mean 'baseline'?"),
        ("runs --tag other", "no run has the tag 'other'"),
        ("runs --metric los", "no run has the metric 'los'; did you mean 'loss'?"),
        ("runs --project digits --metric a", "no run of 'digits' has the metric 'a'"),
        ("show bset:loss", "did you mean 'best:loss'?"),
        ("ls", "there is no command 'ls'; did you mean 'runs'?"),
        ("serve", "there is no command 'serve'; did you mean 'ui'?"),
        ("hlep", "there is no command 'hlep'; did you mean 'help'?"),
        ("completion", "ato completion: the following arguments are required: SHELL (see"),
        ("tag", "ato tag: the following arguments are required: RUN (see"),
        ("runs --where raet<1", "did you mean 'rate'?"),
        ("runs --where status=complete", "did you mean 'completed'?"),
        ("show 1 2", "'2' is one argument too many"),
        ("import all.jsonl", "ato: all.jsonl: No such file or directory"),
        ("runs --db calm.dd", "there is no database calm.dd; did you mean 'calm.db'?"),
        ("merge calm.bd", "there is no database calm.bd; did you mean 'calm.db'?"),
        ("import runs.jsnl", "runs.jsnl: No such file or directory; did you mean 'runs.jsonl'?"),
        ("runs -json", "there is no option -json; did you mean '--json'?"),
        ("-help", "there is no option -help; did you mean '--help'?"),
        ("-n 3 runs", "-n stands after a command: ato runs -n 3"),
        ("", "a command is needed, such as ato runs"),
    ],
)
def test_one_line_says_what_was_meant(said, tmp_path, line, hint):
    for name in ("calm.db", "runs.jsonl"):
        (tmp_path / name).touch()
    answer = said(line)
    assert hint in answer
    assert answer.count("\n") == 0


def test_an_option_before_the_command_is_put_behind_it(said):
    assert "--db stands after a command: ato runs --db x.db" in said("--db x.db")
    assert "--db stands after a command: ato why --db=x.db" in said("--db=x.db why")
    assert "ato runs --db 'my runs.db'" in said("--db 'my runs.db' runs")


@pytest.mark.parametrize("line", ["help", "help help", "help runs", "runs help", "export help"])
def test_help_is_a_word(said, line):
    assert said(line, code=0).startswith("usage: ato")


def test_help_may_be_said_of_a_run(said):
    assert said("note 1 help", code=0) == "noted about run 1\n"


def test_a_list_that_is_empty_for_a_misspelling_says_so(said):
    assert "no run has the tag basline; did you mean" in said("runs --where tag:basline", 0)
    assert "there is no project digts; did you mean" in said("runs --where project:digts", 0)


def test_a_tag_that_cannot_be_removed_is_named(said):
    assert "run 1 has no tag basline; did you mean 'baseline'?" in said("tag 1 --remove basline", 0)


def test_a_tag_that_some_run_has_may_find_none(said):
    assert len(said("runs --tag baseline --where rate>1", 0).splitlines()) == 1  # the columns
