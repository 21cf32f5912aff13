"""`ato verify`: which run is judged, how it is run, and what it does not disturb."""

import json
import os
import select
import signal
import subprocess
import sys
import textwrap
import time
import zipapp

import pytest

PROGRAM = """
    import os, pathlib, subprocess, sys
    from ato_sql import SQLLogger

    def track(loss, **config):
        logger = SQLLogger({"experiment": {"project_name": "digits"}, **config})
        with logger.start() as run:
            run.log_metric("loss", loss, step=0)
"""


@pytest.fixture
def project(tmp_path):
    """Writes programs that have a function `track(loss, **config)`."""

    def write(text, name="train.py"):
        source = textwrap.dedent(PROGRAM) + "\n" + textwrap.dedent(text)
        (tmp_path / name).write_text(source)

    return write


@pytest.fixture
def ato(shell):
    def run(*words, code=0, **variables):
        return shell("-m", "ato", *words, code=code, **variables)

    return run


@pytest.fixture
def verify(ato):
    """Verify a run; return the verdict as JSON."""

    def run(name, code=0):
        return json.loads(ato("verify", str(name), "--json", code=code))

    return run


@pytest.fixture
def all_runs(ato):
    """The runs of the database as JSON, with their reruns."""
    return lambda: json.loads(ato("runs", "--reruns", "--json"))


class TestWhichRunIsJudged:
    def test_not_the_run_of_another_program_at_work_in_the_same_project(
        self, shell, project, verify, all_runs
    ):
        project("track(9.0)", "other.py")
        project(
            """
            apart = {k: v for k, v in os.environ.items() if k != "ATO_RERUN"}
            if "ATO_RERUN" in os.environ:  # somebody starts another program meanwhile
                subprocess.run([sys.executable, "other.py"], env=apart, check=True)
            track(0.5)
            """
        )
        shell("train.py")
        found = verify(1)
        assert found["verdict"] == "same"
        first, other, again = all_runs()
        assert found["again"] == again["id"]
        assert (other["metrics"]["loss"]["last"], other["parent_uuid"]) == (9.0, None)
        assert again["parent_uuid"] == first["uuid"]

    def test_not_that_of_a_program_which_the_rerun_starts(self, shell, project, verify, all_runs):
        project("track(9.0)", "step.py")
        project(
            """
            subprocess.run([sys.executable, "step.py"], check=True)
            track(0.5)
            """
        )
        shell("train.py")
        found = verify("2")
        assert found["verdict"] == "same"
        step, again = all_runs()[2:]
        assert found["again"] == again["id"]
        # What a rerun starts is part of it, and counts as little.
        assert ["rerun"] == step["tags"] == again["tags"]

    @pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
    def test_not_that_of_a_fork(self, shell, project, verify):
        project(
            """
            child = os.fork()
            if not child:
                track(9.0)
                os._exit(0)
            os.waitpid(child, 0)
            track(0.5)
            """
        )
        shell("train.py")
        assert verify(2)["verdict"] == "same"

    @pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
    @pytest.mark.parametrize("start", ["fork", "spawn"])
    def test_of_a_pool_of_one_worker_the_run_at_the_same_place(self, shell, project, verify, start):
        project(
            f"""
            if __name__ == "__main__":
                from multiprocessing import get_context

                with get_context("{start}").Pool(1) as pool:
                    pool.map(track, [0.5, 0.25, 0.125])
            """
        )
        shell("train.py")
        found = verify(2)
        assert (found["verdict"], found["again"]) == ("same", 5)

    @pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
    @pytest.mark.parametrize("start", ["fork", "spawn"])
    def test_of_several_workers_with_names_the_one_of_that_name(
        self, shell, project, verify, start
    ):
        project(
            f"""
            if __name__ == "__main__":
                from multiprocessing import get_context

                new = get_context("{start}").Process
                workers = [new(target=track, args=[loss]) for loss in (1.0, 2.0)]
                for worker in workers:
                    worker.start()
                for worker in workers:
                    worker.join()
                track(3.0)
            """
        )
        shell("train.py")
        assert [verify(run)["verdict"] for run in (1, 2, 3)] == ["same"] * 3

    @pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
    def test_of_a_pool_beside_the_program_itself(self, shell, project, verify):
        project(
            """
            if __name__ == "__main__":
                from concurrent.futures import ProcessPoolExecutor

                track(3.0)
                with ProcessPoolExecutor(1) as pool:
                    list(pool.map(track, [1.0, 2.0]))
            """
        )
        shell("train.py")
        assert [verify(run)["verdict"] for run in (1, 2, 3)] == ["same"] * 3

    def test_of_a_loop_the_run_at_the_same_place(self, shell, project, verify):
        project("for lr in (0.1, 0.2, 0.3): track(lr * 2, lr=lr)")
        shell("train.py")
        found = verify(2)
        assert (found["verdict"], found["again"]) == ("same", 5)

    def test_a_loop_that_got_shorter_is_one_line(self, shell, project, ato):
        project("for lr in (0.1, 0.2, 0.3): track(lr * 2, lr=lr)")
        shell("train.py")
        project("track(0.2, lr=0.1)")
        assert ato("verify", "3", code=2) == (
            "ato: running run 3 again logged fewer than 3 runs into this database, and run 3 was "
            "number 3 of its program\n"
        )

    def test_a_program_that_names_no_database_tracks_in_the_one_that_was_asked(
        self, shell, project, ato, tmp_path
    ):
        project("track(0.5)")
        shell("train.py", ATO_DB=str(tmp_path / "kept.db"))
        assert "the same" in ato("verify", "1", "--db", "kept.db")

    @pytest.mark.parametrize("relative", ["{}", "sqlite:///{}"])
    def test_a_program_that_was_run_in_another_folder_tracks_in_the_same_database(
        self, project, tmp_path, relative
    ):
        project("track(0.5)")
        (tmp_path / "below").mkdir()

        def run(*words, folder=".", database):
            environment = {**os.environ, "ATO_DB": relative.format(database)}
            command = [sys.executable, *words]
            folder = str(tmp_path / folder)
            return subprocess.check_output(command, cwd=folder, env=environment).decode()

        run("../train.py", folder="below", database="../kept.db")
        assert "the same" in run("-m", "ato", "verify", "1", database="kept.db")
        option = relative.format("../kept.db")
        asks = ["-m", "ato", "verify", "1", "--db", option]
        assert "the same" in run(*asks, folder="below", database="other.db")
        assert os.listdir(str(tmp_path / "below")) == []

    def test_a_program_that_skips_what_is_done_does_it_again(self, shell, project, verify):
        project(
            """
            if not SQLLogger({"experiment": {"project_name": "digits"}}).skip_if_done():
                track(0.5)
            """
        )
        shell("train.py")
        assert verify(1)["verdict"] == "same"


class TestWhatItLeavesAlone:
    @pytest.fixture
    def verified(self, shell, project, ato):
        """Run 1 has loss 0.5, its rerun 2 a loss of 0.25."""
        project("track(0.5)")
        shell("train.py")
        project("track(0.25)")
        ato("verify", "1", code=1)

    def test_runs_lists_reruns_if_asked(self, verified, ato):
        def listed(*words):
            return [run["id"] for run in json.loads(ato("runs", "--json", *words))]

        assert listed() == [1]
        assert listed("--reruns") == [1, 2]
        assert listed("--where", "rerun:true") == [2]
        assert listed("--where", "loss<1 rerun:false") == [1]

    def test_best_counts_reruns_if_asked(self, verified, ato):
        words = ("best", "digits", "loss", "--mode", "min", "--json")
        assert json.loads(ato(*words))["id"] == 1
        assert json.loads(ato(*words, "--reruns"))["id"] == 2

    def test_the_last_and_the_best_run_are_none(self, verified, ato):
        assert json.loads(ato("show", "last", "--json"))["id"] == 1
        assert json.loads(ato("show", "best:-loss", "--json"))["id"] == 1

    def test_why_without_operands_leaves_them_out(self, verified, shell, ato):
        shell("train.py")
        assert "loss: 0.5 -> 0.25" in ato("why", code=1)


def test_a_rerun_that_differs_says_why(shell, project, verify, ato):
    project("track(0.5, lr=0.1)")
    shell("train.py")
    project("track(0.25, lr=0.2)")
    assert ato("verify", "1", code=1).splitlines()[:5] == [
        "run 2, against run 1: changed",
        "  metric loss: 0.5 -> 0.25",
        "",
        "lr: 0.1 -> 0.2",
        "",
    ]
    found = verify(1, code=1)
    assert found["why"]["cause"][0]["text"] == "lr: 0.1 -> 0.2"


def test_a_rerun_that_ends_well_where_the_run_failed_has_changed(
    shell, project, verify, ato, tmp_path
):
    project(
        """
        with SQLLogger({"experiment": {"project_name": "digits"}}).start() as run:
            run.log_metric("loss", 0.5)
            if os.path.exists("full"):
                raise OSError("no space")
        """
    )
    (tmp_path / "full").touch()
    shell("train.py", code=1)
    (tmp_path / "full").unlink()
    found = verify(1, code=1)
    ended = "failed (OSError: no space) -> completed"
    assert (found["verdict"], found["changes"]) == ("changed", [f"it ended: {ended}"])
    said = ato("why", "1", "2", code=1)
    assert said.startswith("The endings differ, and nothing that was recorded explains it")
    assert f"The runs ended:\n  {ended}\n" in said


def test_a_rerun_that_fails_says_why(shell, project, ato):
    project("track(0.5, lr=0.1)")
    shell("train.py")
    project(
        """
        with SQLLogger({"experiment": {"project_name": "digits"}, "lr": 0.2}).start() as run:
            run.log_metric("loss", 0.5)
            raise OSError("no space")
        """
    )
    said = ato("verify", "1", code=1)
    assert "  it ended: completed -> failed (OSError: no space)\n" in said
    assert "\nlr: 0.1 -> 0.2\n" in said


def test_a_program_that_goes_on_with_its_run_leaves_it_as_it_is(shell, project, ato):
    project(
        """
        logger = SQLLogger({"experiment": {"project_name": "digits"}})
        logger.run(resume=1, last_step=0) if os.path.exists("checkpoint") else logger.run()
        open("checkpoint", "w").close()
        for step in range(3):
            logger.log_metric("loss", 1.0 / (step + 1), step)
        logger.finish()
        """
    )
    shell("train.py")
    before = ato("show", "1"), ato("tail", "1")
    said = ato("verify", "1", code=2)
    assert "run 1 stays as it is: ato verify has started this program" in said
    assert (ato("show", "1"), ato("tail", "1")) == before
    assert "run 1 goes on" not in said


def test_a_rerun_may_go_on_with_its_own_run(shell, project, ato):
    project(
        """
        logger = SQLLogger({"experiment": {"project_name": "digits"}})
        number = logger.run()
        logger.finish()
        logger.run(resume=number)
        logger.log_metric("loss", 0.5, 0)
        logger.finish()
        """
    )
    shell("train.py")
    assert "the same" in ato("verify", "1")


@pytest.mark.parametrize("start", [["train.py"], ["-m", "train"]])
def test_words_that_a_program_takes_out_of_its_arguments_are_known(shell, project, ato, start):
    project(
        """
        sys.argv, taken = [sys.argv[0], *sys.argv[3:]], sys.argv[2]
        track(float(taken))
        """
    )
    shell(*start, "--n", "2", "lr=0.1")
    assert "the same" in ato("verify", "1")
    assert f"{' '.join(start)} --n 2 lr=0.1\n" in ato("show", "1")


def test_the_command_is_a_cause_where_nothing_else_is(shell, project, ato):
    project("track(float(sys.argv[1]))")
    shell("train.py", "2")
    shell("train.py", "3")
    first, *_ = ato("why", code=1).splitlines()
    assert first == "The command changed: train.py 2 -> train.py 3"


def test_that_a_run_was_killed_is_said_where_results_differ(shell, project, ato, tmp_path):
    if os.name == "nt":
        pytest.skip("no signals here")
    project(
        """
        logger = SQLLogger({"experiment": {"project_name": "digits"}})
        with logger.start() as run:
            run.log_metric("loss", 1.0, 0)
            logger.flush()
            if not os.path.exists("patience"):
                os.kill(os.getpid(), 9)
            if os.path.exists("longer"):
                run.log_metric("loss", 0.5, 1)
        """
    )
    shell("train.py", code=-9)
    (tmp_path / "patience").touch()
    assert "the same" in ato("verify", "1")
    (tmp_path / "longer").touch()
    assert "  it ended: lost -> completed\n" in ato("verify", "1", code=1)


def test_another_error_is_a_difference_but_not_its_numbers(shell, project, ato, tmp_path):
    project(
        """
        with SQLLogger({"experiment": {"project_name": "digits"}}).start() as run:
            raise eval(pathlib.Path("error").read_text())
        """
    )
    for text in ("ValueError('at 0x7f12, 12')", "ValueError('at 0x8a34, 13')", "KeyError('at')"):
        (tmp_path / "error").write_text(text)
        shell("train.py", code=1)
    assert ato("verify", "3").endswith(
        "the same: outputs and metrics are equal (none were logged)\n"
    )
    assert "ValueError" not in ato("why", "1", "2")
    said = "failed (ValueError: at 0x7f12, 12) -> failed (KeyError: 'at')"
    assert said in ato("why", "1", "3", code=1)


def test_runs_of_one_time_may_be_compared_in_another_order_and_that_is_said(shell, project, ato):
    project(
        """
        logger = SQLLogger({"experiment": {"project_name": "digits"}})
        with logger.start() as first, logger.start() as second:
            first.log_metric("loss", float(os.path.exists("other")), 0)
        open("other", "w").close()
        """
    )
    shell("train.py")
    assert "run 1 ran at the same time as 2 of its program" in ato("verify", "1", code=1)


@pytest.mark.parametrize(
    ("end", "said"),
    [
        ("sys.exit(3)", "ended with exit code 3"),
        pytest.param(
            "os.kill(os.getpid(), 9)",
            "was ended by SIGKILL",
            marks=pytest.mark.skipif(os.name == "nt", reason="no signals here"),
        ),
    ],
)
def test_a_program_that_does_not_come_to_its_end_is_not_judged(shell, project, ato, end, said):
    project("track(0.5)")
    shell("train.py")
    project(f"track(0.5); {end}")
    assert ato("verify", "1", code=2) == f"ato: running run 1 again {said}\n"


def test_a_program_that_fails_again_in_the_same_way_is_judged(shell, project, ato):
    project(
        """
        with SQLLogger({"experiment": {"project_name": "digits"}}).start() as run:
            run.log_metric("loss", 0.5, step=0)
            raise OSError("no more")
        """
    )
    shell("train.py", code=1)
    assert "the same" in ato("verify", "1")


class TestWhatCannotBeRunAgain:
    """Each is refused in one line, and nothing is started."""

    @pytest.fixture
    def refused(self, ato):
        def check(words, run="1"):
            line = ato("verify", run, code=2)
            assert line.startswith(f"ato: run {run} ")
            assert words in line
            assert line.count("\n") == 1

        return check

    @pytest.fixture
    def source(self, project, tmp_path):
        project("track(0.5)", "source.txt")
        return (tmp_path / "source.txt").read_text()

    def test_python_c(self, shell, source, refused):
        shell("-c", source)
        refused("was made by python -c")

    @pytest.mark.parametrize("options", [[], ["-"], ["-i"]])
    def test_a_program_on_standard_input_and_a_prompt(self, source, refused, options, tmp_path):
        environment = {k: v for k, v in os.environ.items() if k != "ATO_DB"}
        lines = source + "\n" * 2
        python = [sys.executable, *options]
        subprocess.run(python, input=lines.encode(), cwd=str(tmp_path), env=environment, check=True)
        refused("at a prompt or by a program read from standard input")

    @pytest.mark.parametrize(
        ("words", "what"),
        [
            (["-m", "code"], "at a prompt"),
            (["-m", "asyncio"], "at a prompt"),
            (["-im", "this"], "at a prompt"),
            (["/dev/stdin"], "read from standard input"),
        ],
    )
    @pytest.mark.skipif(os.name == "nt", reason="names of another system")
    def test_a_prompt_and_standard_input_by_other_names(
        self, source, refused, words, what, tmp_path
    ):
        if words[1:] == ["asyncio"] and sys.version_info < (3, 8):
            pytest.skip("asyncio has no prompt there")
        environment = {k: v for k, v in os.environ.items() if k != "ATO_DB"}
        python = [sys.executable, *words]
        (tmp_path / "typed.txt").write_text(source)  # prompts differ in how they take many lines
        lines = 'exec(open("typed.txt").read())\n'
        subprocess.run(python, input=lines.encode(), cwd=str(tmp_path), env=environment, check=True)
        refused(what)

    @pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
    def test_a_program_that_has_become_a_pipe(self, shell, project, ato, tmp_path):
        project("track(0.5)")
        shell("train.py")
        (tmp_path / "train.py").unlink()
        os.mkfifo(str(tmp_path / "train.py"))
        assert "is a pipe or a device" in ato("verify", "1", code=2)

    def test_a_zipapp(self, shell, source, refused, tmp_path):
        (tmp_path / "app").mkdir()
        (tmp_path / "app" / "__main__.py").write_text(source)
        zipapp.create_archive(tmp_path / "app", tmp_path / "app.pyz")
        shell("app.pyz")
        refused("by a zipapp")

    @pytest.mark.parametrize(
        ("command", "words"),
        [
            (["/venv/lib/ipykernel_launcher.py", "-f", "kernel.json"], "in a notebook"),
            (["study.ipynb", "In[3]"], "in a notebook"),
            (["notebook", "In[3]"], "in a notebook"),
            (["notebook", "train.py"], "in a notebook"),
            (["ipython", "train.py"], "in IPython or another prompt"),
            (["ipython", "In[3]"], "in IPython or another prompt"),
            (["/venv/bin/ipython"], "in IPython or another prompt"),
        ],
    )
    def test_a_notebook_and_ipython(self, shell, project, refused, command, words):
        project(f"sys.argv = {command!r}; track(0.5)")
        shell("train.py")
        refused(words)

    def test_a_program_that_is_gone(self, shell, project, ato, tmp_path):
        project("track(0.5)")
        shell("train.py")
        (tmp_path / "train.py").unlink()
        line = ato("verify", "1", code=2)
        assert line == f"ato: the program of run 1, {tmp_path / 'train.py'}, is gone\n"


@pytest.mark.parametrize("words", [["--rtol", "nan"], ["--atol=-1"], ["--rtol", "x"]])
def test_a_tolerance_is_a_number_of_0_or_more(ato, words):
    assert "must be a number of 0 or more" in ato("verify", "1", *words, code=2)


class TestWhatWasChangedOnTheWay:
    """The rerun starts as the run did, whatever its program did since, and whoever asks."""

    def test_a_program_that_changes_its_folder_starts_in_the_first(
        self, shell, project, verify, tmp_path
    ):
        (tmp_path / "work").mkdir()
        (tmp_path / "work" / "train.py").write_text("raise SystemExit('a copy')")
        database = str(tmp_path / "experiments.db")
        project(f"os.environ['ATO_DB'] = {database!r}; os.chdir('work'); track(0.5)")
        shell("train.py", PWD=str(tmp_path))
        assert verify(1)["verdict"] == "same"

    @pytest.mark.parametrize("name", ["digits", "./digits/"])
    def test_so_does_a_folder_that_is_a_program(self, shell, project, verify, tmp_path, name):
        (tmp_path / "digits").mkdir()
        database = str(tmp_path / "experiments.db")
        # Python 3.7 keeps no whole path of the folder.
        change = "os.chdir('/'); " if sys.version_info >= (3, 8) else ""
        program = f"os.environ['ATO_DB'] = {database!r}; {change}track(0.5)"
        project(program, os.path.join("digits", "__main__.py"))
        shell(name, "lr=1", PWD=str(tmp_path))
        assert verify(1)["verdict"] == "same"

    def test_so_does_a_module(self, shell, project, verify, tmp_path):
        (tmp_path / "work").mkdir()
        database = str(tmp_path / "experiments.db")
        project(f"os.environ['ATO_DB'] = {database!r}; os.chdir('work'); track(0.5)")
        shell("-m", "train", PWD=str(tmp_path))
        assert verify(1)["verdict"] == "same"

    def test_modules_are_found_where_the_run_found_them(self, shell, project, verify, tmp_path):
        (tmp_path / "lib").mkdir()
        (tmp_path / "lib" / "losses.py").write_text("LOSS = 0.5")
        project("import losses; track(losses.LOSS)")
        known = [str(tmp_path / "lib"), *(one for one in sys.path if one)]
        shell("train.py", PYTHONPATH=os.pathsep.join(known))
        assert verify(1)["verdict"] == "same"

    def test_a_program_that_a_profiler_ran_is_run_by_itself(self, shell, project, verify, tmp_path):
        project("track(float(len(sys.argv)))")
        shell("-m", "cProfile", "-o", str(tmp_path / "profile"), "train.py", "lr=1")
        assert verify(1)["verdict"] == "same"

    @pytest.mark.parametrize(
        "tool",
        [
            ("cProfile", "-o", "out", "-m"),
            # Of all else it would follow each line, which takes a minute.
            (
                "trace",
                "--trace",
                "--ignore-dir",
                os.pathsep.join(filter(None, sys.path)),
                "--module",
            ),
        ],
        ids=["cProfile", "trace"],
    )
    def test_a_module_that_a_tool_ran_is_run_by_itself(
        self, shell, project, verify, tmp_path, tool
    ):
        (tmp_path / "digits").mkdir()
        (tmp_path / "digits" / "__init__.py").write_text("RATE = 0.5")
        project("from . import RATE; track(RATE * len(sys.argv))", "digits/train.py")
        if "trace" in tool and sys.version_info < (3, 8):
            pytest.skip("it runs modules since Python 3.8")
        shell("-m", *tool, "digits.train", "lr=1")
        assert verify(1)["verdict"] == "same"

    def test_a_program_whose_name_begins_with_a_dash(self, shell, project, verify):
        project("track(0.5)", "-train.py")
        shell("--", "-train.py")
        assert verify(1)["verdict"] == "same"

    def test_a_run_that_goes_on_is_refused(self, shell, project, ato):
        project(
            """
            with SQLLogger({"experiment": {"project_name": "digits"}}).start() as run:
                words = [sys.executable, "-m", "ato", "verify", str(run.id)]
                done = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
                print(done.returncode, done.stdout.decode())
            """
        )
        assert "2 ato: run 1 is still running: verify it when it has ended" in shell("train.py")

    @pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
    def test_the_run_of_one_of_several_workers_is_refused_in_one_line(self, shell, project, ato):
        project(
            """
            for loss in (0.5, 0.25):
                if not os.fork():
                    track(loss)
                    os._exit(0)
                os.wait()
            """
        )
        shell("train.py")
        line = ato("verify", "1", code=2)
        assert line.startswith("ato: run 1 was made by a process that its program started")
        assert line.count("\n") == 1


class TestWhichPython:
    def test_the_one_that_was_recorded_with_its_options(self, shell, project, verify):
        project("track(float(sys.flags.optimize))")
        shell("-O", "-W", "ignore:two words:UserWarning", "train.py")
        assert verify(1)["verdict"] == "same"

    @pytest.mark.skipif(os.name == "nt", reason="links to programs need rights on Windows")
    def test_one_that_is_gone_is_one_line(self, project, ato, tmp_path):
        project("track(0.5)")
        link = tmp_path / "old-python"
        link.symlink_to(sys.executable)
        environment = {k: v for k, v in os.environ.items() if k != "ATO_DB"}
        known = os.pathsep.join(path for path in sys.path if path)
        subprocess.run(
            [str(link), "train.py"],
            cwd=str(tmp_path),
            env={**environment, "PYTHONPATH": known},
            check=True,
        )
        link.unlink()
        assert ato("verify", "1", code=2) == (
            f"ato: run 1 ran with {link}, which is gone; install it again, or run the command by "
            "hand with another Python and compare with ato why\n"
        )


class TestHowItsOutputIsEncoded:
    @pytest.fixture
    def printing(self, shell, project):
        project("""
            with SQLLogger({"experiment": {"project_name": "digits"}}).start() as run:
                run.log_metric("loss", 0.5, 0)
                print("epoch 1 \\u2192 2")
        """)
        shell("train.py", PYTHONIOENCODING="utf-8")

    @pytest.mark.parametrize("encoding", ["cp1252", "ascii"])
    def test_it_is_that_of_the_run(self, printing, ato, encoding):
        said = ato("verify", "1", PYTHONIOENCODING=encoding)
        assert "run 2, against run 1: the same" in said

    def test_another_is_a_cause_where_it_ended_a_run(self, printing, shell, ato):
        shell("train.py", code=1, PYTHONIOENCODING="cp1252")
        said = ato("why", "1", "2", code=1)
        assert said.startswith("output_encoding changed: utf-8 -> cp1252\n")

    def test_another_is_none_where_it_ended_no_run(self, project, shell, ato):
        project("track(float(os.environ['LOSS']))")
        shell("train.py", LOSS="1", PYTHONIOENCODING="utf-8")
        shell("train.py", LOSS="2", PYTHONIOENCODING="cp1252")
        assert "output_encoding" not in ato("why", "1", "2", code=1)


def test_a_rerun_leaves_no_log_beside_the_database(shell, project, ato, tmp_path):
    project("track(0.5)")
    shell("train.py")
    ato("verify", "1")
    assert sorted(os.listdir(str(tmp_path))) == ["experiments.db", "train.py"]


@pytest.mark.skipif(os.name == "nt", reason="pipes of another system")
class TestWhatTheProgramPrints:
    """With a program that prints much, and in `ato verify` into a pipe."""

    @pytest.fixture
    def printing(self, shell, project):
        def write(text=""):
            project("for number in range(50_000):\n    print('line', number)\ntrack(0.5)\n" + text)
            shell("train.py")

        return write

    def test_is_passed_on_in_front_of_the_verdict(self, printing, ato):
        printing()
        lines = ato("verify", "1").splitlines()
        assert lines[:-1] == [f"line {number}" for number in range(50_000)]
        assert lines[-1] == "run 2, against run 1: the same: outputs and metrics are equal"

    @pytest.mark.parametrize("errors", ["", "2>&1"])
    def test_does_not_fail_where_nobody_reads_on(self, printing, tmp_path, all_runs, errors):
        printing("sys.stderr.write('x' * 200_000)\n")
        words = f"{sys.executable} -m ato verify 1 {errors} | head -n 1; exit ${{PIPESTATUS[0]}}"
        done = subprocess.run(
            ["bash", "-c", words],
            cwd=str(tmp_path),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=120,
        )
        assert (done.returncode, done.stdout) == (0, b"line 0\n")
        assert all_runs()[1]["status"] == "completed"

    def test_is_passed_on_whole_into_a_pipe_that_does_not_block(self, printing, tmp_path):
        printing()
        reading, writing = os.pipe()
        os.set_blocking(writing, False)
        command = [sys.executable, "-m", "ato", "verify", "1"]
        with subprocess.Popen(command, cwd=str(tmp_path), stdout=writing, stderr=writing) as ato:
            os.close(writing)
            select.select([reading], [], [])
            time.sleep(1)  # it is full before it is read
            with open(reading, "rb") as file:
                lines = file.read().splitlines()
        assert ato.returncode == 0
        assert lines[:50_000] == [b"line %d" % number for number in range(50_000)]

    def test_is_not_waited_for_where_a_program_that_it_started_goes_on(
        self, printing, ato, tmp_path
    ):
        printing(
            """
if "ATO_RERUN" in os.environ:
    left = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    pathlib.Path("left").write_text(str(left.pid))
"""
        )
        try:
            assert "\nrun 2, against run 1: the same" in ato("verify", "1")
        finally:
            os.kill(int((tmp_path / "left").read_text()), signal.SIGKILL)


@pytest.mark.skipif(os.name == "nt", reason="signals of another system")
class TestASignalWhileItRuns:
    @pytest.fixture
    def stopped(self, shell, project, tmp_path):
        """Verify a run and send a signal to `ato` alone; its exit code."""

        def stop(number):
            project(
                """
                import pathlib, time

                with SQLLogger({"experiment": {"project_name": "digits"}}).start() as run:
                    run.log_metric("loss", 0.5, step=0)
                    if "ATO_RERUN" in os.environ:
                        pathlib.Path("running").touch()
                        time.sleep(600)
                """
            )
            shell("train.py")
            # A program whose coverage is measured handles that signal, and so the tracker does not.
            unwanted = ("ATO_DB", "COVERAGE_")
            environment = {k: v for k, v in os.environ.items() if not k.startswith(unwanted)}
            ato = subprocess.Popen(
                [sys.executable, "-m", "ato", "verify", "1"],
                cwd=str(tmp_path),
                env=environment,
                stderr=subprocess.DEVNULL,
                start_new_session=True,  # no terminal, as under a scheduler
            )
            while not (tmp_path / "running").exists():
                assert ato.poll() is None
                time.sleep(0.01)
            ato.send_signal(number)
            return ato.wait(120)

        return stop

    @pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP", "SIGINT"])
    def test_ends_the_rerun_as_interrupted(self, stopped, all_runs, name):
        number = getattr(signal, name)
        assert stopped(number) == 128 + number
        _, again = all_runs()
        assert again["status"] == "interrupted"
