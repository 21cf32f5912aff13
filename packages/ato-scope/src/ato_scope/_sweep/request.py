"""`--sweep lr=0.1,0.01 model:=vgg,resnet`: which runs a command line asks for."""

from __future__ import annotations

import re
from itertools import product

from ato_scope._command.keys import typed
from ato_scope._command.tokens import parse_tokens, shown, split_list
from ato_scope._errors import SweepError
from ato_scope._program import JOBS, SWEEP, SWITCHES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Iterator, Sequence

    from ato_scope._command.tokens import Token

_NUMBER = re.compile(r"[0-9]{1,9}\Z")
MAX_JOBS = 1_000


class Sweep:
    """A request for several runs.

    Attributes:
        fixed: The arguments that all runs share.
        keys: The names of what varies.
        count: How many runs there are.
        jobs: How many runs go on at the same time.
        resume: Whether runs that finished before are skipped.
        fail_fast: Whether the first failed run stops the sweep.
    """

    def __init__(self) -> None:
        self.fixed: list[str] = []
        self.keys: list[str] = []
        self.axes: list[list[str]] = []
        self.is_zipped = False
        self.jobs = 1
        self.resume = False
        self.fail_fast = False

    @property
    def count(self) -> int:
        """How many runs there are."""
        if self.is_zipped:
            return len(self.axes[0])
        count = 1
        for axis in self.axes:
            count *= len(axis)
        return count

    def runs(self) -> Iterator[list[str]]:
        """Yield the arguments of each run that vary, one for each of `keys`."""
        combined = zip(*self.axes) if self.is_zipped else product(*self.axes)
        return map(list, combined)

    def samples(self) -> Iterator[list[str]]:
        """Yield runs in which each varying argument stands once, to check them beforehand."""
        for number in range(max(map(len, self.axes))):
            run = [axis[min(number, len(axis) - 1)] for axis in self.axes]
            yield [argument for argument in run if argument]


def read_sweep(arguments: Sequence[str]) -> Sweep:
    """Read the command line of a sweep; its runs are in the order of nested loops.

    Raises:
        SweepError: Nothing varies, the lists to `--zip` differ in length, or an option is wrong.
        TokenError: A token is malformed.
    """
    sweep = Sweep()
    position = arguments.index(SWEEP)
    before, after = list(arguments[:position]), list(arguments[position + 1 :])
    sweep.is_zipped = "--zip" in before + after
    sweep.resume = "--resume" in before + after
    sweep.fail_fast = "--fail-fast" in before + after
    sweep.fixed = _without_options(before, sweep)
    for token in parse_tokens(_without_options(after, sweep)):
        values = _values(token)
        if values is None:
            sweep.fixed.append(token.raw)
        else:
            sweep.axes.append(values)
            sweep.keys.append(token.key if token.kind != "view" else "view")
    if not sweep.axes:
        raise SweepError("--sweep needs lists of values: --sweep lr=0.1,0.01 model:=vgg,resnet")
    if sweep.is_zipped:
        _check_lengths(sweep)
    return sweep


def _without_options(arguments: list[str], sweep: Sweep) -> list[str]:
    """Take the options of sweeps out of a list of arguments."""
    rest = []
    remaining = iter(arguments)
    for argument in remaining:
        name, sign, value = argument.partition("=")
        if argument == SWEEP:
            raise SweepError("--sweep is given twice; list everything that varies after one")
        if argument in SWITCHES:
            continue
        if name in JOBS:
            sweep.jobs = _jobs(value if sign else next(remaining, ""))
        else:
            rest.append(argument)
    return rest


def _jobs(text: str) -> int:
    if not _NUMBER.match(text) or not 1 <= int(text) <= MAX_JOBS:
        raise SweepError(
            f"--jobs needs a number of processes up to {MAX_JOBS:,}: --jobs 4, not {shown(text)!r}"
        )
    return int(text)


def _values(token: Token) -> list[str] | None:
    """Return the arguments that one token of a sweep stands for, None where it does not vary."""
    if token.kind in ("set", "text"):
        sign = "=" if token.kind == "set" else ":="
        values = split_list(token.value, quotes=token.kind == "set")
        if not all(value.strip() for value in values) and token.kind == "set":
            write = typed(token.key, "=", "1,2")
            raise SweepError(f"{shown(token.raw)!r} has an empty value; write {write}")
        return [token.key + sign + value.strip() for value in values]
    if token.kind == "view" and "," in token.key:
        return split_list(token.key, quotes=False)
    if token.kind == "append":
        raise SweepError(f"{shown(token.raw)!r} cannot vary; write it before --sweep")
    return None


def _check_lengths(sweep: Sweep) -> None:
    if len({len(axis) for axis in sweep.axes}) > 1:
        lengths = ", ".join(f"{key} has {len(axis)}" for key, axis in zip(sweep.keys, sweep.axes))
        raise SweepError(f"--zip needs lists of one length: {lengths}")
