"""What a run is from its first moment on."""

from __future__ import annotations

import numbers
import time
from typing import Any, Sequence

from ato_adict import RunRecord
from ato_sql._errors import MetricError
from ato_sql._facts.configs.config import (
    config_json,
    stored_config,
    structural_hash,
    to_json,
    value_hash,
)
from ato_sql._facts.facts import facts
from ato_sql._facts.names import check_run_name, chosen_name, user_name
from ato_sql._facts.outcome import RUNNING
from ato_sql._facts.rerun import TAG
from ato_sql._facts.settings import Settings
from ato_sql._values.secrets.redact import (
    named_entries,
    redact,
    redact_provenance,
    secret_texts,
)
from ato_sql._values.values import as_name, short, tag_texts


def birth_of(settings: Settings, config: Any, uuid: str, name: str | None) -> dict[str, Any]:
    """Return what a run of this config is made of, before it has logged anything."""
    data = config_json(config)
    stored = redact(data, settings.secret_keys) if settings.redact else data
    secret_keys = [*settings.secret_keys, *named_entries(stored, settings.secret_keys)]
    started = time.time()
    return {
        "project": as_name(settings.project),
        "config": stored,
        "structural_hash": structural_hash(config),
        "value_hash": value_hash(stored),
        "status": RUNNING,
        "start_time": started,
        "heartbeat": started,
        "heartbeat_every": settings.heartbeat,
        "name": chosen_name(uuid) if name is None else given_name(settings, name),
        "user_name": user_name(),
        **facts(
            settings.redact,
            secret_keys,
            set(secret_texts(data, settings.secret_keys)),
            settings.git,
        ),
    }


def given_name(settings: Settings, name: str) -> str:
    """Return the name that a run was given, as it is stored.

    Raises:
        MetricError: no database keeps it, or commands take it for something else.
    """
    return check_run_name(settings.hide_name("a run's name", name))


def stored_provenance(settings: Settings, given: Any, record: RunRecord) -> Any:
    """Return where each value of a config came from, as it was given, else as the config tells.

    Raises:
        MetricError: it is a number or a text.
    """
    if given is None and record.provenance is not None:
        given = record.provenance()
    if isinstance(given, (str, bytes, numbers.Number)):
        raise MetricError(
            f"provenance tells where values come from, by key, not {short(redact(given))}"
        )
    data = to_json(given)
    return redact_provenance(data, settings.secret_keys) if settings.redact else data


def stored_tags(settings: Settings, tags: Sequence[str] | None, is_rerun: bool) -> list[str]:
    """Return tags as they are stored, with that of a rerun where it is one.

    Raises:
        MetricError: they are one string, or no list.
    """
    given = [settings.hide(tag) for tag in tag_texts(tags)]
    return [*given, TAG] if is_rerun and TAG not in given else given


def value_hash_of(settings: Settings, config: Any) -> str:
    """Return the hash of a config's values, as it would be stored."""
    return value_hash(stored_config(config, settings.redact, settings.secret_keys))
