"""Lazy blocks under the tools people look at their programs with."""

import json
import os

import pytest

VIEWS = """
    from ato_scope import Scope

    scope = Scope()

    @scope.observe(default=True)
    def defaults(config):
        config.lr = 1
        for i in range(2):
            with Scope.lazy():
                config[f'k{i}'] = config.lr + i
                if config.lr > 100:
                    config.never = 1
        config.done = True

    @scope
    def train(config):
        print({**config})

    if __name__ == '__main__':
        train()
"""


def test_coverage_sees_the_lines_of_a_lazy_block(program, monkeypatch):
    pytest.importorskip("coverage")
    for name in [name for name in os.environ if name.startswith("COVERAGE_")]:
        monkeypatch.delenv(name)  # those of a coverage run of this test
    program.write(VIEWS)
    done = program.run("lr=5", command=("-m", "coverage", "run", "--branch", "train.py"))
    assert done.out == "{'lr': 5, 'done': True, 'k0': 5, 'k1': 6}\n"
    report = program.run("-o", "-", command=("-m", "coverage", "json", "-q"))
    lines = json.loads(report.out)["files"]["train.py"]
    source = (program.folder / "train.py").read_text().splitlines()
    assert [source[n - 1].strip() for n in lines["missing_lines"]] == ["config.never = 1"]


def test_pdb_stops_in_a_lazy_block_with_its_variables(program):
    program.write(VIEWS)
    done = program.run(
        command=("-m", "pdb", "-c", "break 11", "-c", "continue", "train.py", "lr=5"),
        input="p ('here', config.lr, i)\nwhere\ncontinue\np ('then', i)\nclear 1\ncontinue\nquit\n",
    )
    assert "('here', 5, 0)" in done.out
    assert "train.py(11)" in done.out
    assert "config[f'k{i}'] = config.lr + i" in done.out
    assert "('then', 1)" in done.out


def test_a_tracer_sees_every_line_of_the_view_once_per_run(program):
    program.write(
        """
        import sys
        import train

        lines = []

        def trace(frame, event, argument):
            if frame.f_code.co_filename.endswith('train.py') and event == 'line':
                lines.append(frame.f_lineno)
            return trace

        sys.settrace(trace)
        train.scope.apply(['lr=5'])
        sys.settrace(None)
        print(lines.count(8), lines.count(11), lines.count(14))
        """,
        "watch.py",
    ).write(VIEWS)
    assert program.run(command=("watch.py",)).out == "1 2 1\n"


def test_a_cell_of_a_notebook_may_have_lazy_blocks(shell):
    cell = "\n".join(line[4:] for line in VIEWS.splitlines() if "__main__" not in line)
    result = shell.run_cell(cell.replace("    train()\n", "") + "\nscope.apply(['lr=5'])")
    assert result.success, result.error_in_exec
    assert result.result == {"lr": 5, "done": True, "k0": 5, "k1": 6}
