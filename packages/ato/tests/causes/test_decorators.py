"""Decorators that changed, and functions that were traced."""

import pytest
from pair import Pair, each, edit

pytestmark = pytest.mark.slow

STEPS = r"^lib\.steps\.schedule.* changed"
UNTRACED = [
    Pair(
        "the argument of a decorator",
        edit("lib/steps.py", "@repeated(2)", "@repeated(3)"),
        says=STEPS,
        shows=[r"- @repeated\(2\)", r"\+ @repeated\(3\)"],
    ),
    Pair(
        "a decorator that is gone",
        edit("lib/steps.py", "@repeated(2)\n", ""),
        says=STEPS,
        shows=r"- @repeated\(2\)",
    ),
    Pair(
        "a decorator that is new",
        edit("lib/steps.py", "def warm", "@repeated(2)\ndef warm"),
        says=r"^lib\.steps\.warm.* changed",
        shows=r"\+ @repeated\(2\)",
    ),
    Pair(
        "the body of a decorator",
        edit("lib/steps.py", "sum(function", "max(function"),
        says=r"^lib\.steps\.repeated(\.\w+)* changed \(lib/steps\.py:10\)",
    ),
    Pair(
        "a decorator of a class",
        edit("model.py", "@dataclass\n", "@dataclass(frozen=True)\n"),
        says=r"^model\.Options.* changed",
        shows=r"frozen=True",
    ),
    Pair(
        "a decorator of a method",
        edit("model.py", "@staticmethod\n    def clip(value, ", "def clip(self, value, "),
        says=r"^model\.Base\.clip.* changed",
        shows=r"staticmethod",
    ),
]


def traced(decorator, *more):
    """Trace a function of the program that holds the work of an epoch."""
    step = f"@scope.{decorator}\ndef step(net, rows, epoch):\n"
    step += "    return net.fit(rows) * schedule(epoch)\n\n\n@scope\ndef main"
    return [
        edit("train.py", "@scope\ndef main", step),
        edit(
            "train.py",
            'log_metric("loss", net.fit(rows) * schedule(epoch), ',
            'log_metric("loss", step(net, rows, epoch), ',
        ),
        *more,
    ]


TRACED = [
    Pair(
        "a traced function",
        edit("train.py", "return net.fit(rows) *", "return net.fit(rows) +"),
        first=traced("trace(trace_id='step')"),
        says=r"^train\.step changed \(train\.py:\d+\)",
    ),
    Pair(
        "what a followed function calls",
        edit("lib/steps.py", "1 + epoch", "2 + epoch"),
        first=traced("trace(trace_id='step', follow=True)"),
        says=r"^lib\.steps\.warm changed \(lib/steps\.py:\d+\)",
        shows="traced as 'step'",
    ),
    Pair(
        "the decorator of what a followed function calls",
        edit("lib/steps.py", "@repeated(2)", "@repeated(3)"),
        first=traced("trace(trace_id='step', follow=True)"),
        says=r"^lib\.steps\.schedule.* changed",
    ),
    Pair(
        "a constant that a followed function uses",
        edit("lib/steps.py", "POWER = 2", "POWER = 3"),
        first=traced(
            "trace(trace_id='step', follow=True)",
            edit("lib/steps.py", "import functools", "import functools\n\nPOWER = 2"),
            edit("lib/steps.py", "** 2", "** POWER"),
        ),
        says=r"POWER",
        shows=r"2.* -> .*3",
    ),
    Pair(
        "a file, told by the output of a traced function",
        edit("data/train.csv", "2.5", "3.5"),
        first=traced("runtime_trace(trace_id='step')"),
        says=r"^data/train\.csv changed",
        shows=r"step: .* -> .*%",
        reads=True,
    ),
    Pair(
        "a method, told by the output of a traced function",
        edit("model.py", "value * 0.01", "value * 0.02"),
        first=traced("runtime_trace(trace_id='step')"),
        says=r"^model\.Base\.penalty changed \(model\.py:36\)",
        shows=r"step: .* -> .*%",
    ),
]


@each(*UNTRACED)
def test_a_decorator_is_named(pair, tmp_path):
    pair.check(tmp_path)


@each(*TRACED)
def test_a_traced_function_is_named(pair, tmp_path):
    pair.check(tmp_path)
