"""The types that users see; checked by `mypy --strict`, never run."""

import argparse
from typing import Any, Callable, Coroutine, Dict, List, Mapping, Optional, Tuple

from ato_adict import ADict, UserError
from ato_scope import (
    WORDS,
    Draft,
    Explanation,
    MultiDraft,
    MultiScope,
    Scope,
    ScopeError,
    Token,
    command_line,
    describe_source,
    fail,
    go_on,
    is_script,
    is_word,
    parse_command,
    parse_tokens,
    say,
)

scope = Scope({"lr": 0.1}, name="config", strict=True)


# A view stays the function it was.
@scope.observe
def plain(config: ADict) -> int:
    return 1


@scope.observe("named", priority=1, default=True, chain_with=["plain"])
def view(config: ADict) -> str:
    with Scope.lazy():
        config.lr = 1.0
    with scope.lazy():
        config.lr = 2.0
    return "x"


one: int = plain(ADict())
text: str = view(ADict())
scope.observe("big", config={"width": 512})


@scope.manual
def docs(manual: ADict) -> None:
    manual.lr = "learning rate"


docs(ADict())
scope.manual("lr", "learning rate")
scope.manual({"lr": "learning rate"})


# An entry keeps what the function returns; the config may be left out of a call.
@scope
def train(steps: int, config: ADict) -> float:
    return 0.5


metric: float = train(3)
again: float = train.with_args(["lr=1"])(steps=3)
inner: Callable[[int, ADict], float] = train.__wrapped__
same: float = train.__wrapped__(3, ADict())
name: str = train.__name__
wrapped: List[int] = train.rewrap(lambda config: [1])()


@scope
async def serve(config: ADict) -> bytes:
    return b""


served: Coroutine[Any, Any, bytes] = serve()


# What a scope builds.
config: ADict = scope.apply(["lr=1"])
draft: Draft = scope.draft()
complete: ADict = draft.complete({"lr": 2.0}, source="search")
assigned: "set[str]" = draft.assigned
with scope as entered:
    lr: Any = entered.lr
    opened: ADict = entered
called: float = scope.call(train.__wrapped__, config, 3)
bound: Tuple[Tuple[Any, ...], Dict[str, Any]] = scope.bind(train, config, 3)
scope.assign("lr=2")
scope.assign(["lr=2", "named"])
scope.from_argparse(argparse.ArgumentParser(), unknown="merge")
source: str = scope.convert_argparse_to_scope()
views: Dict[str, List[str]] = scope.get_assigned_views()
with scope.pause():
    pass

# Where values come from.
explanation: Explanation = scope.explain("lr")
kind: str = explanation.source.kind if explanation.source is not None else ""
steps: List[str] = [event.key for event in explanation.events]
history: List[Dict[str, Any]] = scope.history
words: str = describe_source(history[0]["source"])

# Several scopes.
both = MultiScope(scope, Scope(name="model"))


@both
def fit(config: ADict, model: ADict) -> Optional[int]:
    return None


fitted: Optional[int] = fit()
configs: Dict[str, ADict] = both.apply([])
drafts: MultiDraft = both.draft([])
completed: Dict[str, ADict] = drafts.complete({"model.lr": 1})
values, named = both.bind(fit, configs)
returned: Optional[int] = both.call(fit.__wrapped__, configs)
explained: Explanation = both.explain("model.lr")

# The command line.
tokens: List[Token] = parse_tokens(parse_command("lr=1 name:='a b'"))
kinds: List[str] = [token.kind for token in tokens]
arguments: List[str] = command_line(None)
known: Mapping[str, str] = WORDS
asks: bool = is_script() and any(is_word(argument) for argument in arguments)
say("done")


def give_up(error: ScopeError) -> int:
    mistake: UserError = error
    go_on(SystemExit(0), ["manual"])
    fail(mistake)  # never returns, so nothing is missing here
