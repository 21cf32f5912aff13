"""Commands of `ato` take a run by whatever it is called."""

import json

import pytest

import ato
from ato_sql import NotFoundError, SQLLogger


@pytest.fixture
def runs(tmp_path):
    """Three runs, two of `p` and before them one of `q`; the ids of those of `p`."""
    made = []
    for project, lr in (("q", 0.5), ("p", 0.1), ("p", 0.2)):
        settings = {"project_name": project, "sql": {"db_path": str(tmp_path / "experiments.db")}}
        logger = SQLLogger({"experiment": settings, "lr": lr})
        with logger.start(name=f"{project}-{lr}") as run:
            run.log_metric("loss", lr, step=0)
        made.append(run.id)
    return made[1:]


def compared(shell, *words, code=1):
    return json.loads(shell("-m", "ato", "why", "--json", *words, code=code))


def test_without_words_the_last_two_runs_of_the_project_are_compared(shell, runs):
    report = compared(shell)
    assert [report["run_a"], report["run_b"]] == runs


def test_archived_runs_are_neither_the_last_nor_the_best(shell, runs):
    for _ in range(2):
        runs.append(runs[-1] + 1)
        shell(
            "-c",
            "import ato; run = ato.SQLLogger({'experiment': {'project_name': 'new'}}).start()\n"
            "run.log_metric('loss', 0.01); run.finish()",
        )
    shell("-m", "ato", "archive", *map(str, runs[2:]))
    for words in ([], ["-2", "-1"], ["best:loss", "last"]):
        report = compared(shell, *words)
        assert [report["run_a"], report["run_b"]] == runs[:2]
    assert f"{runs[-1]}" in shell("-m", "ato", "show", str(runs[-1]))
    assert " 0.2" in shell("-m", "ato", "tail")
    assert "no run of 'new'" in shell("-m", "ato", "best", "new", "loss", code=2)


@pytest.mark.parametrize("words", [("p-0.1", "last"), ("-2", "-1"), ("best:-loss", "p-0.2")])
def test_names_places_and_the_best_say_which_runs(shell, runs, words):
    report = compared(shell, *words)
    assert [report["run_a"], report["run_b"]] == runs


def test_one_run_alone_is_a_mistake(shell, runs):
    assert shell("-m", "ato", "why", "1", code=2) == "ato: why compares two runs, not 1\n"


def test_a_name_that_is_not_there_is_suggested_for(shell, runs):
    assert "did you mean 'p-0.1'" in shell("-m", "ato", "why", "p-0.11", "last", code=2)


def test_the_last_two_of_a_project_are_asked_for_by_its_name(shell, tmp_path):
    settings = {"sql": {"db_path": str(tmp_path / "experiments.db")}}
    for project, lr in (("a", 0.1), ("a", 0.2), ("b", 0.3), ("b", 0.4), ("c", 0.5)):
        SQLLogger({"experiment": {"project_name": project, **settings}, "lr": lr}).run()
    assert shell("-m", "ato", "why", "--project", "a", code=1).startswith("lr: 0.1 -> 0.2\n")
    why = ato.SQLFinder({"experiment": settings}).why
    assert why(project_name="b").cause[0] == "lr: 0.3 -> 0.4"
    with pytest.raises(NotFoundError, match="there is no project 'bb'; did you mean 'b'"):
        why(project_name="bb")
    with pytest.raises(NotFoundError, match="project 'c' has no two runs yet"):
        why(project_name="c")
    with pytest.raises(TypeError, match="two runs or a project"):
        why(1, 2, project_name="a")
    said = shell("-m", "ato", "why", "1", "2", "--project", "a", code=2)
    assert said == "ato: --project asks for its last two runs: name two runs or a project\n"


def test_one_run_has_no_other_to_be_compared_with(shell, tmp_path):
    settings = {"project_name": "p", "sql": {"db_path": str(tmp_path / "experiments.db")}}
    SQLLogger({"experiment": settings}).start().finish()
    assert "no two runs" in shell("-m", "ato", "why", code=2)


def test_a_project_of_one_run_after_one_of_two_is_named_with_what_to_type(shell, tmp_path):
    for project in ("a", "a", "b"):
        settings = {"project_name": project, "sql": {"db_path": str(tmp_path / "experiments.db")}}
        SQLLogger({"experiment": settings}).start().finish()
    said = "project 'b', which was used last, has no two runs yet; for the last two of 'a': "
    assert shell("-m", "ato", "why", code=2) == f"ato: {said}ato why 1 2\n"
    with pytest.raises(NotFoundError, match=r"the last two of 'a': why\(1, 2\)"):
        ato.SQLFinder({"experiment": settings}).why()
