"""Whether a search may go on with a study that another has begun."""

from __future__ import annotations

import json
from typing import Any

from ato_hyperband._errors import StudyMismatchError
from ato_hyperband._study.log import Event

# What studies were like that were stored before these could be chosen.
_BEFORE = {"vertices": True, "cost_aware": False}


def check_identity(study: str, given: Event, stored: Event) -> Event:
    """The stored identity, if a search with the given one may continue it.

    A seed that was not given is taken from the study.

    Raises:
        StudyMismatchError: Something else differs; the message names it.
    """
    given = json.loads(json.dumps(given))
    stored = {**_BEFORE, **stored}
    for key in sorted(set(given) | set(stored)):
        if key == "seed" and given.get("seed_given") is False:
            continue
        if key != "seed_given" and given.get(key) != stored.get(key):
            raise StudyMismatchError(
                f"study {study!r} was begun with {key}={_brief(stored.get(key))}, this search has "
                f"{_brief(given.get(key))}; give the same, or another study_name or storage"
            )
    return stored


def _brief(value: Any) -> str:
    text = json.dumps(value)
    return text if len(text) <= 200 else text[:197] + "..."
