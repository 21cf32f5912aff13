"""What to say about a word that is no value: loaded when somebody has typed one."""

from __future__ import annotations

from ato_adict import did_you_mean

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Mapping

# How other languages and files write what is a constant here.
WORDS = {
    **dict.fromkeys(("true", "yes", "on", "y", "t", "enable", "enabled"), "True"),
    **dict.fromkeys(("false", "no", "off", "n", "f", "disable", "disabled"), "False"),
    **dict.fromkeys(("null", "nil", "none", "undefined", "na", "n/a"), "None"),
    **dict.fromkeys(("infinity", "+inf"), "inf"),
}


def bare_word(word: str, known: Mapping[str, Any]) -> str:
    """Say what to do about a word that is no value.

    Args:
        word: The word, or several with dots between them.
        known: What names may refer to: the configs by the names of their scopes, and constants.
    """
    for scope, config in known.items():
        if isinstance(config, dict) and dict.__contains__(config, word.partition(".")[0]):
            return f"{word!r} is not a value; for the key write {scope}.{word}"
    meant = WORDS.get(word.lower(), "")
    hint = f"; did you mean '{meant}'?" if meant else ""
    if not hint and len(word) > 2:
        hint = did_you_mean(word, [*known, "True", "False", "None"])
    return f"{word!r} is not a value{hint}"
