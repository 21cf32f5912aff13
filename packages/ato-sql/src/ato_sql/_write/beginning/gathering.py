"""What a run records by itself: what the call of its config knows, as events of the tracker."""

from __future__ import annotations

import logging
from typing import Any, Iterator, Mapping, Tuple

from ato_adict import RunRecord
from ato_sql._facts.configs.config import to_json
from ato_sql._facts.facts import current_environment, digest
from ato_sql._facts.inputs import input_rows
from ato_sql._facts.settings import Settings
from ato_sql._values.secrets.kinds import Kind
from ato_sql._values.secrets.names import is_secret_key
from ato_sql._values.secrets.texts.text import redact_text
from ato_sql._values.values import as_name, clean_text
from ato_sql._write import batch as _batch

log = logging.getLogger("ato_sql")
Event = Tuple[str, Mapping[str, Any]]


class Gathering:
    """Asks the record of a config for what is new since the last time.

    Args:
        record: what the config carries.
        settings: what is wanted, and whether secrets are hidden.
    """

    def __init__(self, record: RunRecord, settings: Settings) -> None:
        self._record = record
        self._settings = settings
        self._inputs: set[tuple[Any, ...]] = set()
        self._modules: set[tuple[str, str]] = set()
        self._environment = ""

    def fingerprints(self) -> Any:
        """Return the fingerprints of the scope until now, None where there are none."""
        asked = self._record.fingerprints
        return None if asked is None else asked()

    def events(self, last: bool) -> Iterator[Event]:
        """Yield what is new: inputs, sources and environment.

        Args:
            last: the run ends; wait for what is still being hashed.
        """
        for part in (self._new_inputs, self._new_sources, self._new_environment):
            try:
                yield from part(last)
            except Exception:  # what is recorded by itself must never stop a run
                log.exception("the tracker could not record %s", part.__name__.strip("_"))

    def _new_inputs(self, last: bool) -> Iterator[Event]:
        asked = self._record.inputs
        if asked is None or not self._settings.inputs:
            return
        found = asked(last)
        rows, texts = input_rows(found, self._settings.hide)
        new = [row for row in rows if _identity(row) not in self._inputs]
        if new:
            self._inputs.update(map(_identity, new))
            hashes = {row["hash"] for row in new}
            kept = [text for text in texts if text["hash"] in hashes]
            yield _batch.INPUTS, {"inputs": new, "texts": kept}

    def _new_sources(self, last: bool) -> Iterator[Event]:
        asked = self._record.sources
        if asked is None or not self._settings.source:
            return
        modules, texts = [], []
        for module, one in asked().items():
            if (module, one["hash"]) in self._modules:
                continue
            self._modules.add((module, one["hash"]))
            names = {**{n: str(one[n]) for n in ("name", "path", "hash")}, "module": module}
            hide = self._settings.hide
            row = {name: clean_text(hide(value)) for name, value in names.items()}
            modules.append({**row, "module": as_name(module)})
            text = one["text"]
            kept = None if text is None else clean_text(self._settings.hide(text, Kind.SOURCE))
            texts.append({"hash": one["hash"], "text": kept})
        if modules:
            yield _batch.SOURCES, {"modules": modules, "texts": texts}

    def _new_environment(self, last: bool) -> Iterator[Event]:
        asked = self._record.environment
        if asked is None:
            return
        found = dict(asked())
        diff_hash = found.pop("diff_hash", None) if self._settings.git else None
        found["variables"] = self._hidden_variables(found.get("variables") or {})
        environment = {**current_environment(), **to_json(found)}
        value = digest(environment)
        if value != self._environment:
            self._environment = value
            yield (
                _batch.ENVIRONMENT,
                {
                    "environment": environment,
                    "environment_hash": value,
                    "git_diff_hash": diff_hash,
                },
            )

    def _hidden_variables(self, variables: Mapping[str, Any]) -> dict[str, Any]:
        if not self._settings.redact:
            return dict(variables)
        keys = self._settings.secret_keys
        return {
            name: f"[redacted] {digest(value)[:8]}"
            if value and is_secret_key(name, keys)
            else value and redact_text(value, keys)
            for name, value in variables.items()
        }


def _identity(row: Mapping[str, Any]) -> tuple[Any, ...]:
    return row["name"], row["hash"], row["how"]
