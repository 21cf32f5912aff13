"""What one call of an entry tells a tracker, beside its config and its fingerprints."""

from __future__ import annotations

import os

from ato_trace._environment import modules
from ato_trace._environment.files import reads
from ato_trace._environment.inputs import Inputs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from ato_adict import RunRecord


def begin_call(record: RunRecord, configs: Iterable[Any]) -> None:
    """Let a record tell what the call reads, is made of and runs in."""
    if reads.watch():
        record.inputs = Inputs(configs)
    modules.capture()
    record.sources = modules.loaded_sources
    variables = dict(os.environ)  # as they are now; the program may change them
    record.environment = lambda: _circumstances(variables)


def end_call(record: RunRecord) -> None:
    """The call has ended: what is read from now on is not its input."""
    if isinstance(record.inputs, Inputs):
        record.inputs.end()


def _circumstances(variables: dict[str, str]) -> dict[str, Any]:
    from ato_trace._environment.circumstances import circumstances  # git, seeds: not at start-up

    texts = (one["text"] or "" for one in modules.loaded_sources().values())
    return circumstances(texts, variables)
