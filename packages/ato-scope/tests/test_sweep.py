"""Several runs from one command: `--sweep`."""

import json
import os
import subprocess
import sys

import pytest

from ato_scope import Scope, SweepError

SOURCE = """
    import sys
    from ato_scope import Scope

    scope = Scope({"lr": 0.1, "model": "vgg", "layers": [1], "seed": 0})
    scope.observe("fast", config={"lr": 9})
    scope.observe("slow", config={"lr": 0.001})

    @scope
    def train(config):
        with open('log', 'a') as file:
            print(config.lr, config.model, config.layers, config.seed, file=file)
        if config.model == 'bad':
            raise ValueError('bad model')
        print('training', config.model)
        return config.lr * 2

    if __name__ == '__main__':
        train()
"""


@pytest.fixture
def sweeping(program):
    return program.write(SOURCE)


def log(program):
    path = program.folder / "log"
    lines = path.read_text().splitlines() if path.exists() else []
    if lines:
        path.unlink()
    return lines


def test_every_combination_runs_in_order(sweeping):
    done = sweeping.run("seed=3", "--sweep", "lr=0.1,0.01", "model:=vgg,resnet")
    assert done.code == 0, done
    assert log(sweeping) == [
        "0.1 vgg [1] 3",
        "0.1 resnet [1] 3",
        "0.01 vgg [1] 3",
        "0.01 resnet [1] 3",
    ]


def test_a_summary_ends_it(sweeping):
    out = sweeping.run("--sweep", "lr=1,2").out.splitlines()
    assert [line.split()[:3] for line in out[-4:-1]] == [
        ["run", "lr", "status"],
        ["1", "1", "done"],
        ["2", "2", "done"],
    ]
    assert [line.split()[-1] for line in out[-3:-1]] == ["2", "4"]
    assert out[-1] == "2 runs: 2 done"


def test_zip_pairs_the_lists(sweeping):
    sweeping.run("--sweep", "lr=1,2", "model:=vgg,resnet", "--zip")
    assert log(sweeping) == ["1 vgg [1] 0", "2 resnet [1] 0"]


def test_lists_and_texts_with_commas_are_values_too(sweeping):
    sweeping.run("--sweep", "layers=[1,", "2],[3]", "model:=a\\,b,c")
    assert log(sweeping) == [
        "0.1 a,b [1, 2] 0",
        "0.1 c [1, 2] 0",
        "0.1 a,b [3] 0",
        "0.1 c [3] 0",
    ]


def test_views_can_vary(sweeping):
    assert sweeping.run("--sweep", "fast,slow").code == 0
    assert log(sweeping) == ["9 vgg [1] 0", "0.001 vgg [1] 0"]


def test_a_view_can_be_there_or_not(sweeping):
    assert sweeping.run("--sweep", ",fast").code == 0
    assert log(sweeping) == ["0.1 vgg [1] 0", "9 vgg [1] 0"]


def test_a_failed_run_does_not_stop_the_others_and_the_exit_code_tells(sweeping):
    done = sweeping.run("--sweep", "model:=bad,vgg")
    assert done.code == 1
    assert log(sweeping) == ["0.1 bad [1] 0", "0.1 vgg [1] 0"]
    assert "ValueError: bad model" in done.err
    assert "failed (exit code 1)" in done.out
    assert done.out.splitlines()[-1] == "2 runs: 1 failed, 1 done"


def test_fail_fast_stops_at_the_first_failure(sweeping):
    done = sweeping.run("--fail-fast", "--sweep", "model:=bad,vgg,x")
    assert done.code == 1
    assert log(sweeping) == ["0.1 bad [1] 0"]
    assert done.out.splitlines()[-1] == "3 runs: 1 failed, 2 waiting"


def test_resume_skips_what_finished(sweeping):
    sweeping.run("--sweep", "model:=vgg,bad")
    log(sweeping)
    done = sweeping.run("--sweep", "model:=vgg,bad,resnet", "--resume")
    assert log(sweeping) == ["0.1 bad [1] 0", "0.1 resnet [1] 0"]
    assert done.out.splitlines()[-1] == "3 runs: 1 skipped, 1 failed, 1 done"


def test_without_resume_everything_runs_anew_and_is_forgotten(sweeping):
    sweeping.run("--sweep", "model:=vgg,resnet")
    sweeping.run("--fail-fast", "--sweep", "model:=bad,vgg,resnet")
    log(sweeping)
    sweeping.run("--resume", "--sweep", "model:=vgg,resnet")
    assert log(sweeping) == ["0.1 vgg [1] 0", "0.1 resnet [1] 0"]


def test_a_half_written_state_is_no_obstacle(sweeping):
    sweeping.run("--sweep", "model:=vgg,resnet")
    state = sweeping.folder / "ato-sweep.jsonl"
    state.write_text(state.read_text()[:-20])
    log(sweeping)
    done = sweeping.run("--resume", "--sweep", "model:=vgg,resnet")
    assert log(sweeping) == ["0.1 resnet [1] 0"]
    assert done.code == 0
    assert json.loads(state.read_text().splitlines()[-1])["run"] == ["model:=resnet"]


def test_jobs_run_at_the_same_time_with_each_line_marked(program):
    program.write("""
        import os, time
        from ato_scope import Scope

        scope = Scope()

        @scope
        def meet(config):
            # Each waits for the other: they must run at the same time.
            open(f'here{config.me}', 'w').close()
            for _ in range(600):
                if os.path.exists(f'here{1 - config.me}'):
                    print('met')
                    return
                time.sleep(0.05)
            raise SystemExit('alone')

        meet()
    """)
    done = program.run("--sweep", "me=0,1", "--jobs", "2")
    assert done.code == 0, done
    assert sorted(done.out.splitlines()[:2]) == ["[1] met", "[2] met"]


def test_no_file_is_made_without_a_sweep(sweeping):
    sweeping.run("lr=1")
    assert sorted(p.name for p in sweeping.folder.iterdir()) == ["log", "train.py"]


def test_a_module_is_started_again_as_a_module(program):
    program.write("", "pack/__init__.py").write(SOURCE, "pack/train.py")
    program.write(SOURCE, "pack/__main__.py")
    for module in ("pack.train", "pack"):
        assert program.run("--sweep", "lr=1,2", command=("-m", module)).code == 0
        assert log(program) == ["1 vgg [1] 0", "2 vgg [1] 0"]


def test_options_of_the_interpreter_are_kept(program):
    program.write("""
        import sys
        from ato_scope import Scope

        @Scope()
        def train(config):
            return sys.flags.optimize

        train()
    """)
    out = program.run("--sweep", "x=1,2", command=("-O", "train.py")).out
    assert [line.split()[-1] for line in out.splitlines()[-3:-1]] == ["1", "1"]


def test_an_async_entry_reports_its_result(program):
    program.write("""
        import asyncio
        from ato_scope import Scope

        @Scope()
        async def train(config):
            return {'x': config.x}

        asyncio.get_event_loop_policy().new_event_loop().run_until_complete(train())
    """)
    assert '{"x": 2}' in program.run("--sweep", "x=1,2").out


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["--sweep"], "--sweep needs lists of values"),
        (["--sweep", "fast"], "--sweep needs lists of values"),
        (["--sweep", "lr=1,2", "--jobs", "x"], "--jobs needs a number of processes"),
        (["--sweep", "lr=1,2", "--jobs"], "--jobs needs a number of processes"),
        (["--sweep", "lr=1,2", "--jobs=0"], "--jobs needs a number of processes"),
        (["--sweep", "lr=1,2", "--jobs=\u00b2"], "--jobs needs a number of processes"),
        (["--sweep", "lr=1,2", "--jobs", "9" * 5000], "--jobs needs a number of processes"),
        (["--sweep", "lr=1,,2"], "'lr=1,,2' has an empty value"),
        (["--sweep", "lr=1,2", "model:=a", "--zip"], "lr has 2, model has 1"),
        (["--sweep", "--sweep"], "--sweep is given twice"),
        (["--sweep", "layers+=[1],[2]"], "cannot vary; write it before --sweep"),
        (["--sweep", "lr=1,x"], "'x' is not a value"),
        (["--sweep", "unknown,fast"], "unknown view 'unknown'"),
        (["--sweep", "lr=1,2", "fst"], "unknown view 'fst'; did you mean 'fast'"),
        (["--sweep", "lr=1,2", "--job=3"], "unknown option '--job=3'"),
    ],
)
def test_a_mistake_is_one_line_before_anything_runs(sweeping, arguments, problem):
    done = sweeping.run(*arguments)
    assert done.fails_with(problem), done
    assert log(sweeping) == []


def test_a_program_without_entries_sweeps_too(program):
    program.write("""
        from ato_scope import Scope

        config = Scope().apply()
        print('x is', config.x)
    """)
    assert "x is 1\n[2/2] x=2\nx is 2\n" in program.run("--sweep", "x=1,2").out


@pytest.mark.skipif(sys.platform == "win32", reason="sends a signal")
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_an_interrupted_sweep_stops_its_runs_and_ends_with_130(program, jobs):
    program.write("""
        import os, signal, time
        from ato_scope import Scope

        @Scope()
        def train(config):
            if config.x == 1:
                os.kill(os.getppid(), signal.SIGINT)
            time.sleep(60)

        train()
    """)
    done = program.run("--sweep", "x=1,2,3", "--jobs", jobs)
    assert done.code == 130
    assert "1    1  stopped" in done.out
    assert "3    3  waiting" in done.out


def test_a_sweep_inside_a_launcher_is_refused(sweeping):
    done = sweeping.run("--sweep", "lr=1,2", env={"RANK": "0"})
    assert done.fails_with("cannot run inside torchrun")


def test_explicit_arguments_cannot_sweep():
    with pytest.raises(SweepError, match="on the command line of a program only"):
        Scope().apply(["--sweep", "lr=1,2"])


def test_the_runs_are_in_the_order_of_nested_loops(program):
    program.write("""
        from ato_scope import Scope

        @Scope({"d": 0})
        def train(config):
            pass

        train()
    """)
    assert program.run("a=1", "--sweep", "b=1,2", "c:=x,y", "~d").code == 0
    lines = (program.folder / "ato-sweep.jsonl").read_text().splitlines()
    assert [json.loads(line)["run"] for line in lines[1:]] == [
        ["a=1", "~d", "b=1", "c:=x"],
        ["a=1", "~d", "b=1", "c:=y"],
        ["a=1", "~d", "b=2", "c:=x"],
        ["a=1", "~d", "b=2", "c:=y"],
    ]


def test_a_malformed_token_is_refused(sweeping):
    assert sweeping.run("--sweep", "a=[1,2").fails_with("unclosed")


def test_a_program_that_is_no_file_cannot_be_started_again(program):
    source = "from ato_scope import Scope; Scope().apply()"
    done = program.run("--sweep", "x=1,2", command=("-c", source))
    assert done.fails_with("put it in a file to use --sweep"), done


@pytest.mark.skipif(sys.platform == "win32", reason="limits memory")
def test_a_sweep_of_a_billion_runs_starts_at_once_and_is_never_listed(program):
    program.write("""
        import resource, sys
        from ato_scope import Scope

        resource.setrlimit(resource.RLIMIT_AS, (1 << 29, 1 << 29))

        @Scope({"a": 0, "b": 0, "c": 0})
        def train(config):
            sys.exit(config.a + config.b + config.c == 2)

        train()
    """)
    values = ",".join(map(str, range(1000)))
    done = program.run("--fail-fast", "--sweep", f"a={values}", f"b={values}", f"c={values}")
    assert done.code == 1, done
    assert done.out.splitlines()[:3] == [
        "[1/1000000000] a=0 b=0 c=0",
        "[2/1000000000] a=0 b=0 c=1",
        "[3/1000000000] a=0 b=0 c=2",
    ]
    assert done.out.splitlines()[-4:] == [
        "run  a  b  c  status                seconds  result",
        done.out.splitlines()[-3],
        "1000000000 runs: 2 done, 1 failed, 999999997 waiting",
        "what became of each run is in ato-sweep.jsonl",
    ]
    assert done.out.splitlines()[-3].startswith("3    0  0  2  failed (exit code 1)")


def test_a_sweep_without_resume_forgets_only_its_own_runs(sweeping):
    runs = ("model:=vgg,resnet", "seed=1,2")
    sweeping.run("--sweep", *runs)
    sweeping.run("--fail-fast", "--zip", "--sweep", "model:=bad,vgg", "seed=1,2")
    done = sweeping.run("--resume", "--sweep", *runs)
    assert done.out.splitlines()[-1] == "4 runs: 3 skipped, 1 done"


def test_runs_without_a_view_are_forgotten_as_well(sweeping):
    sweeping.run("--sweep", ",fast", "model:=vgg")
    sweeping.run("--fail-fast", "--sweep", ",fast", "model:=bad,vgg")
    done = sweeping.run("--resume", "--sweep", ",fast", "model:=vgg")
    assert done.out.splitlines()[-1] == "2 runs: 2 done"


@pytest.mark.skipif(sys.platform == "win32", reason="modes of POSIX")
def test_the_state_is_read_by_nobody_else(sweeping):
    sweeping.run("password:=s3cr3t", "--sweep", "lr=1,2")
    assert (sweeping.folder / "ato-sweep.jsonl").stat().st_mode & 0o777 == 0o600


def test_what_is_no_state_is_left_as_it_is(sweeping):
    state = sweeping.folder / "ato-sweep.jsonl"
    state.write_text("precious\n")
    done = sweeping.run("--sweep", "lr=1,2")
    assert done.fails_with("'ato-sweep.jsonl' holds something else; move it away"), done
    assert state.read_text() == "precious\n"
    assert log(sweeping) == []


def test_what_the_terminal_cannot_show_is_escaped(sweeping):
    done = sweeping.run("--sweep", "note:=a,\u2192", encoding="cp1252")
    assert done.code == 0, done
    assert "[2/2] note:=\\u2192" in done.out


@pytest.mark.skipif(sys.platform == "win32", reason="makes a pipe")
@pytest.mark.parametrize("options", [[], ["--resume"]])
def test_a_state_that_is_no_file_is_one_line_before_anything_runs(sweeping, options):
    state = sweeping.folder / "ato-sweep.jsonl"
    os.mkfifo(str(state))
    done = sweeping.run("--sweep", "lr=1,2", *options)
    assert done.fails_with("a sweep keeps what it did in ato-sweep.jsonl"), done
    assert log(sweeping) == []


def test_a_state_that_can_no_longer_be_written_stops_no_sweep(program):
    program.write("""
        import os
        from ato_scope import Scope

        @Scope({"lr": 1})
        def train(config):
            if os.path.isfile("ato-sweep.jsonl"):
                os.remove("ato-sweep.jsonl")
                os.mkdir("ato-sweep.jsonl")

        train()
    """)
    done = program.run("--sweep", "lr=1,2")
    assert done.out.splitlines()[-1] == "2 runs: 2 done"
    assert "warning: --resume will run lr=1 again" in done.err


@pytest.mark.skipif(sys.platform == "win32", reason="closes a pipe")
def test_a_closed_pipe_ends_a_sweep_without_a_traceback(program):
    program.write("""
        from ato_scope import Scope

        @Scope({"seed": 0})
        def train(config):
            return config.seed

        train()
    """)
    values = ",".join(map(str, range(200)))
    words = [sys.executable, "train.py", "--sweep", f"seed={values}"]
    process = subprocess.Popen(
        words, cwd=str(program.folder), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    process.stdout.readline()
    process.stdout.close()
    said = process.stderr.read().decode()
    process.stderr.close()
    assert process.wait() == 1
    assert said == ""


def test_lines_that_cannot_be_read_are_left_out_and_told_of(sweeping, program):
    sweeping.run("--sweep", "lr=1,2")
    with open(str(program.folder / "ato-sweep.jsonl"), "ab") as file:
        file.write(b'\xff{"program"\n{"program": "train.py", "begin": 7}\n[1]\n')
        file.write(b'{"program": "train.py", "run": ["lr=1"], "code": 0, "seconds": "x"}\n')
        file.write(b'{"program": "train.py", "run": ["lr=1"], "code": "x", "seconds": 1}\n')
    done = sweeping.run("--sweep", "lr=1,2,3", "--resume")
    assert "2 skipped" in done.out
    assert "warning: 5 lines of ato-sweep.jsonl cannot be read" in done.err
