"""The line on stderr that says where a run goes."""

import pytest

from programs import run as run_program


@pytest.fixture
def said(here, capsys, monkeypatch):
    """What a program has said on stderr since this was last called."""
    monkeypatch.delenv("ATO_QUIET", raising=False)

    def said():
        captured = capsys.readouterr()
        assert captured.out == ""
        return captured.err

    return said


def config_of(database, **sql):
    return {"experiment": {"project_name": "train", "sql": {"db_path": str(database), **sql}}}


def test_a_run_says_where_it_goes(said, open_logger):
    logger = open_logger(config_of("experiments.db"))
    assert said() == ""
    run = logger.start()
    assert said() == "run 1 of project train → experiments.db\n"
    run.log_metric("loss", 0.5)
    run.finish()
    assert said() == ""


def test_each_run_says_it(said, open_logger):
    logger = open_logger(config_of("sqlite:///runs/all.sqlite"))
    logger.run()
    logger.run()
    assert said().splitlines() == [
        "run 1 of project train → runs/all.sqlite",
        "run 2 of project train → runs/all.sqlite",
    ]


def test_a_database_elsewhere_is_shown_by_its_whole_path(said, open_logger, tmp_path_factory):
    path = tmp_path_factory.mktemp("elsewhere") / "runs.db"
    open_logger(config_of(path)).run()
    assert said() == f"run 1 of project train → {path}\n"


def test_a_database_in_memory_is_called_so(said, open_logger):
    open_logger(config_of("sqlite://")).run()
    assert said().endswith("→ sqlite:// (in memory)\n")


@pytest.mark.databases
def test_credentials_are_not_shown(url, said, open_logger):
    open_logger(config_of(url)).run()
    line = said()
    assert line.startswith("run 1 of project train → ")
    assert "@" not in line
    assert url.rpartition("/")[2] in line


def test_the_setting_keeps_it_quiet(said, open_logger):
    open_logger(config_of("experiments.db", quiet=True)).run()
    assert said() == ""


@pytest.mark.parametrize(
    ("value", "lines"),
    [("1", 0), ("yes", 0), ("0", 1), ("", 1), ("False", 1), ("no", 1), ("off", 1)],
)
def test_the_environment_keeps_it_quiet(said, open_logger, monkeypatch, value, lines):
    monkeypatch.setenv("ATO_QUIET", value)
    open_logger(config_of("experiments.db")).run()
    assert said().count("\n") == lines


def test_runs_below_another_leave_it_to_that_one(said, open_logger):
    logger = open_logger(config_of("experiments.db"))
    search = logger.start()
    trial = logger.start(parent=search)
    trial.finish()
    logger.reopen(trial.uuid)
    assert said() == "run 1 of project train → experiments.db\n"


def test_a_run_that_goes_on_says_so(said, open_logger):
    logger = open_logger(config_of("experiments.db"))
    logger.start().finish()
    said()
    logger.run(resume=1)
    assert said() == "run 1 of project train goes on → experiments.db\n"


def test_a_process_that_joins_a_run_says_nothing(said, open_logger):
    logger = open_logger(config_of("experiments.db"))
    run = logger.start()
    said()
    open_logger(config_of("experiments.db")).join(run.uuid)
    assert said() == ""


def test_it_is_one_line_whatever_the_project_is_called(said, open_logger):
    config = {"experiment": {"project_name": "a\nb\x1b[31m", "sql": {"db_path": "x.db"}}}
    open_logger(config).run()
    assert said() == "run 1 of project a\\nb\\x1b[31m → x.db\n"


def test_a_terminal_without_the_arrow_gets_another(said, here, monkeypatch):
    monkeypatch.setenv("PYTHONIOENCODING", "ascii")
    out, err = run_program("SQLLogger(config()).run()", here, db_path="experiments.db")
    assert (out, err.splitlines()) == ("", ["run 1 of project digits -> experiments.db"])


def test_a_program_whose_stderr_is_closed_runs_to_its_end(said, here):
    text = """
        sys.stderr.close()
        with SQLLogger(config()).start() as run:
            run.log_metric("loss", 0.5)
        print(os.path.exists("experiments.db"))
    """
    assert run_program(text, here, db_path="experiments.db")[0] == "True\n"
