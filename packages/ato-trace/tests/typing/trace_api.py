"""The types that users see; checked by `mypy --strict`, never run."""

from dataclasses import dataclass
from typing import Any, AsyncIterator, Callable, Dict, Iterator, List, Optional, Tuple

from ato_trace import (
    Change,
    Explanation,
    Fingerprint,
    MultiScope,
    OutputHash,
    Scope,
    SourceChange,
    Verification,
    environment,
    explain_change,
    explain_sources,
    fingerprint,
    hash_output,
    verify,
    verify_recorded,
)

scope = Scope()


# What a decorator of ours stands on keeps its type: with brackets, with a name, and bare.


@scope.trace("step")
def step(x: int, scale: float = 1.0) -> Tuple[int, float]:
    return x, scale


@scope.trace(follow=True)
def followed(x: int) -> str:
    return str(x)


@scope.trace
def bare(x: int) -> List[int]:
    return [x]


@scope.runtime_trace("loss", decimals=3)
def loss(x: float, *, power: int = 2) -> float:
    return x**power


@scope.runtime_trace
def items(count: int) -> Iterator[int]:
    yield from range(count)


@scope.runtime_trace("stream", inspect_fn=len)
async def stream(text: str) -> AsyncIterator[str]:
    yield text


@scope.trace("both")
@scope.runtime_trace("both")
def both(x: int) -> int:
    return x


stepped: Tuple[int, float] = step(1, scale=2.0)
text: str = followed(1)
numbers: List[int] = bare(1)
lost: float = loss(1.0, power=3)
iterated: Iterator[int] = items(3)
texts: AsyncIterator[str] = stream("a")
whole: int = both(1)

step("one")  # type: ignore[arg-type]
bare()  # type: ignore[call-arg]
loss(1.0, 3)  # type: ignore[call-arg, misc, unused-ignore]
wrong: str = loss(1.0)  # type: ignore[assignment]


@scope.trace("Model")
class Model:
    width: int = 3

    @scope.trace("forward")
    def forward(self, x: int) -> int:
        return x

    @scope.trace("make")
    @classmethod
    def make(cls) -> "Model":
        return cls()

    @staticmethod
    @scope.trace
    def double(x: int) -> int:
        return 2 * x


@scope.runtime_trace
@dataclass
class Scale:
    factor: float

    def __call__(self, x: float) -> float:
        return self.factor * x


model: Model = Model()
width: int = model.width
forwarded: int = model.forward(1)
made: Model = Model.make()
doubled: int = Model.double(2)
scaled: float = Scale(factor=2.0)(1.0)
Scale("two")  # type: ignore[arg-type]


# A scope's own decorators and ours stand above or below each other.


@scope
@scope.trace("main")
def main(config: Any) -> int:
    return 3


run: Callable[..., int] = main
several: MultiScope = MultiScope(scope)
prints: Dict[str, Dict[str, Any]] = scope.fingerprints
history: Dict[str, Dict[str, Dict[str, int]]] = several.fingerprints_history

# The functions.
taken: Fingerprint = fingerprint(step, follow=True)
digest: str = taken
source: Optional[str] = taken.source
versions: Dict[str, str] = taken.versions
hashed: str = hash_output({"a": 1}, decimals=3)
found: Verification = verify([1.0], [1.1], rtol=0.1)
status: str = found.status
furthest: Optional[float] = found.difference
kept: OutputHash = OutputHash(hashed, "1")
judged: Verification = verify_recorded("1", "2")
explained: Explanation = explain_change(taken, (taken.canonical, taken.source))
changes: List[Change] = explained.changes
line: Optional[int] = changes[0].new_line
around: Dict[str, Any] = environment()
skipped: Tuple[Tuple[str, str], ...] = taken.skipped + explained.skipped
form: int = taken.form
sources: List[SourceChange] = explain_sources({"m": "x = 1"}, {"m": {"text": "x = 2"}})
where: Tuple[str, str, Optional[int]] = (sources[0].file, sources[0].name, sources[0].new_line)
