"""Keep secrets out of what is stored and shown."""

from __future__ import annotations

import re
from typing import Any, Iterable, Mapping, Sequence

REDACTED = "[redacted]"

_SECRET_WORDS = (
    r"\w*passw(?:or)?ds?|passphrases?|pwd|secrets?|token|\w*api[_-]?keys?|access[_-]?keys?"
    r"|private[_-]?keys?|secret[_-]?keys?|auth(?:orization)?|credentials?|bearer|cookies?"
    r"|session[_-]?keys?|encryption[_-]?keys?|ssh[_-]?keys?|dsn"
)
# The last word of a key must be a secret one: `hf_token` and `apiKey` are secrets, `token_count`,
# `max_tokens` and `tokenizer` are not.
_SECRET_KEY = re.compile(rf"(?:^|[_\-. ])(?:{_SECRET_WORDS})$", re.IGNORECASE)
# Nor are the special tokens of a language model.
_MODEL_TOKEN = re.compile(
    r"(?:pad|bos|eos|unk|unknown|sep|cls|mask|start|end|stop|image|video|audio|special|first|last"
    r"|next|new|prefix|suffix|middle|decoder)_token$",
    re.IGNORECASE,
)
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_URL_CREDENTIALS = re.compile(
    r"(?P<scheme>[a-zA-Z][\w+.\-]*://)(?P<user>[^\s/?#:@]*):(?P<secret>[^\s/?#]*)@"
)
_URL_TOKEN = re.compile(r"(?P<scheme>https?://)(?P<secret>[^\s/?#:@]{20,})@")
_QUERY = re.compile(rf"(?P<name>[?&](?:[\w\-]*[_\-])?(?:{_SECRET_WORDS})=)[^&\s#]+", re.IGNORECASE)
_FLAG = re.compile(r"^(?P<name>-{0,2}[\w.\-]+?)(?P<sign>:?=)(?P<value>.*)$", re.DOTALL)


def is_secret_key(key: object, extra: Iterable[str] = ()) -> bool:
    """Tell whether a value under this key is a secret; `extra` are more such names."""
    text = str(key)
    if any(text.lower() == word.lower() for word in extra):
        return True
    words = _CAMEL.sub("_", text)
    return _SECRET_KEY.search(words) is not None and _MODEL_TOKEN.search(words) is None


def redact_text(text: str) -> str:
    """Blank the credentials of every URL in a text; the rest stays."""
    if "://" not in text:
        return text
    text = _URL_CREDENTIALS.sub(r"\g<scheme>\g<user>:***@", text)
    text = _URL_TOKEN.sub(r"\g<scheme>***@", text)
    return _QUERY.sub(r"\g<name>***", text)


def redact(value: Any, extra: Sequence[str] = ()) -> Any:
    """Return JSON-able `value` with every secret replaced by `[redacted]`."""
    if isinstance(value, str):
        return redact_text(value)
    if isinstance(value, Mapping):
        return {k: _redact_item(k, v, extra) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [redact(item, extra) for item in value]
    return value


def _redact_item(key: str, value: Any, extra: Sequence[str]) -> Any:
    hide = value not in (None, "", False, True) and is_secret_key(key, extra)
    if hide and isinstance(value, (str, int, float, list)):
        return REDACTED
    if hide and isinstance(value, Mapping):
        return dict.fromkeys(value, REDACTED)
    return redact(value, extra)


def redact_command(arguments: Sequence[str], extra: Sequence[str] = ()) -> list[str]:
    """Return a command line, the values of `password:=x`, `--token=x` and `--token x` hidden."""
    hidden: list[str] = []
    secret_next = False
    for argument in arguments:
        if secret_next and not argument.startswith("-"):
            hidden.append(REDACTED)
            secret_next = False
            continue
        match = _FLAG.match(argument)
        named = match.group("name") if match else argument
        secret = is_secret_key(named.lstrip("-"), extra)
        secret_next = secret and not match and argument.startswith("-")
        hidden.append(_redact_argument(argument, match, secret))
    return hidden


def _redact_argument(argument: str, match: re.Match[str] | None, secret: bool) -> str:
    if match and secret:
        return match.group("name") + match.group("sign") + REDACTED
    return redact_text(argument)


def redact_provenance(
    history: Iterable[Any] | None, extra: Sequence[str] = ()
) -> list[dict[str, Any] | Any] | None:
    """Return the history of a config with the values of secret keys hidden."""
    if history is None:
        return None
    return [_redact_event(event, extra) for event in history]


def _redact_event(event: Any, extra: Sequence[str]) -> Any:
    if not isinstance(event, Mapping):
        return redact(event, extra)
    key = str(event.get("key", "")).rsplit(".", 1)[-1]
    hidden = {k: v if k == "source" else redact(v, extra) for k, v in event.items()}
    hidden["value"] = _redact_item(key, event.get("value"), extra)
    hidden["source"] = _redact_source(event.get("source"), extra)
    return hidden


def _redact_source(source: Any, extra: Sequence[str]) -> Any:
    """Hide secrets in the token of a source: it is a word of the command line, not a secret."""
    if not isinstance(source, Mapping) or not source.get("token"):
        return redact(source, extra)
    others = {k: redact(v, extra) for k, v in source.items() if k != "token"}
    return {**others, "token": redact_command([str(source["token"])], extra)[0]}
