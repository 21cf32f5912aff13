"""`--sweep lr=0.1,0.01 model:=vgg,resnet`: which runs a command line asks for."""

from __future__ import annotations

from ato_scope._errors import SweepError
from ato_scope._tokens import parse_tokens, shown, split_list

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Iterator, Sequence

    from ato_scope._tokens import Token

SWEEP = "--sweep"
SWITCHES = ("--zip", "--resume", "--fail-fast")
JOBS = ("--jobs", "-j")


class Sweep:
    """A request for several runs.

    Attributes:
        fixed: The arguments that all runs share.
        keys: The names of what varies.
        runs: The arguments of each run that vary, one for each of `keys`.
        jobs: How many runs go on at the same time.
        resume: Whether runs that finished before are skipped.
        fail_fast: Whether the first failed run stops the sweep.
    """

    def __init__(self) -> None:
        self.fixed: list[str] = []
        self.keys: list[str] = []
        self.runs: list[list[str]] = []
        self.jobs = 1
        self.resume = False
        self.fail_fast = False

    def samples(self) -> Iterator[list[str]]:
        """Yield runs in which each varying argument stands once, to check them beforehand."""
        seen: set[str] = set()
        for run in self.runs:
            if not seen.issuperset(run):
                seen.update(run)
                yield [argument for argument in run if argument]


def is_sweep(arguments: Sequence[str]) -> bool:
    """Whether a command line asks for a sweep."""
    return SWEEP in arguments


def read_sweep(arguments: Sequence[str]) -> Sweep:
    """Read the command line of a sweep; its runs are in the order of nested loops.

    Raises:
        SweepError: Nothing varies, the lists to `--zip` differ in length, or an option is wrong.
        TokenError: A token is malformed.
    """
    sweep = Sweep()
    position = arguments.index(SWEEP)
    before, after = list(arguments[:position]), list(arguments[position + 1 :])
    is_zipped = "--zip" in before + after
    sweep.resume = "--resume" in before + after
    sweep.fail_fast = "--fail-fast" in before + after
    sweep.fixed = _without_options(before, sweep)
    axes = []
    for token in parse_tokens(_without_options(after, sweep)):
        values = _values(token)
        if values is None:
            sweep.fixed.append(token.raw)
        else:
            axes.append(values)
            sweep.keys.append(token.key if token.kind != "view" else "view")
    if not axes:
        raise SweepError("--sweep needs lists of values: --sweep lr=0.1,0.01 model:=vgg,resnet")
    sweep.runs = _zipped(axes, sweep.keys) if is_zipped else [list(r) for r in _crossed(axes)]
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
    if not text.isdigit() or int(text) < 1:
        raise SweepError(f"--jobs needs a number of processes: --jobs 4, not {shown(text)!r}")
    return int(text)


def _values(token: Token) -> list[str] | None:
    """Return the arguments that one token of a sweep stands for, None where it does not vary."""
    if token.kind in ("set", "text"):
        sign = "=" if token.kind == "set" else ":="
        values = split_list(token.value, quotes=token.kind == "set")
        if not all(value.strip() for value in values) and token.kind == "set":
            raise SweepError(f"{shown(token.raw)!r} has an empty value; write {token.key}=1,2")
        return [token.key + sign + value.strip() for value in values]
    if token.kind == "view" and "," in token.key:
        return split_list(token.key, quotes=False)
    if token.kind == "append":
        raise SweepError(f"{shown(token.raw)!r} cannot vary; write it before --sweep")
    return None


def _crossed(axes: list[list[str]]) -> Iterator[tuple[str, ...]]:
    from itertools import product

    return product(*axes)


def _zipped(axes: list[list[str]], keys: list[str]) -> list[list[str]]:
    if len({len(axis) for axis in axes}) > 1:
        lengths = ", ".join(f"{key} has {len(axis)}" for key, axis in zip(keys, axes))
        raise SweepError(f"--zip needs lists of one length: {lengths}")
    return [list(run) for run in zip(*axes)]
