"""Whether and how far what stands in no quotes behind a secret's name is one."""

from __future__ import annotations

import re

from ato_sql._values.secrets.kinds import Kind
from ato_sql._values.secrets.names import says_password, words
from ato_sql._values.secrets.shapes import COUNT, NOTHING, is_mixed, is_token, looks_random

_BARE = {
    Kind.PROSE: re.compile(
        r"""(?:[^\s;,\uff1a"'&\[\](){}]|[&,](?![\w.\-]{1,40}=|\s|$)|["'](?=\w)|[\[\](){}](?=[^\s,;"'])){3,}"""
    ),
    Kind.COMMAND: re.compile(r"""[^,\]})\n]+"""),
    Kind.DATA: re.compile(r"""[^"'\s#\[{|>][^\n]*"""),
    Kind.LITERAL: re.compile(r"""[^\s;,"'&\\(){}\[\]<>|%]{3,}"""),
}
_SECRET = re.compile(r"secrets?\Z", re.IGNORECASE)
_FRACTION = re.compile(r"[+\-]?\d{0,12}\.\d{1,20}(?:[eE][+\-]?\d{1,3})?")
_TYPES = words("str int float bool bytes object list dict tuple Any Optional SecretStr SecretBytes")
# `tokens[i]`, `tokenizer.decode(ids)`: what a line of code in a traceback gives a name.
_CODE = re.compile(
    r"""([A-Za-z_][\w.]{0,80})(?:(?:\[["']?[\w.\-:]{0,40}["']?\]){1,4}"""
    r"""|\((?:\w[\w.]{0,40}(?:=["']?[\w.\-]{0,40}["']?)?"""
    r"""(?:, \w[\w.]{0,40}(?:=["']?[\w.\-]{0,40}["']?)?){0,5})?\)"""
    r"""|(?:(?<=\.get)|(?<=\.pop)|(?<=getenv))\(["'][A-Za-z_][\w.\-]{0,80}["'](?:, None)?\))"""
    r"(?=[\s,)]|\Z)"
)
_ENVIRON = re.compile(r"os\.(?:environ|getenv)\b")
_OWN = re.compile(
    r"(?:self|cls|args|cfg|config|conf|opts?|options|settings)(?:\.[a-z_]{1,40}){1,5}(?![\w.\-])"
)
# `${DB_PASSWORD}`, `${{ secrets.KEY }}`, `$(cat /run/secrets/x)`: where a secret is, not what.
_ELSEWHERE = re.compile(
    r"\$(?:\{[\w.:]{1,100}\}|\{\{ ?[\w.\- ]{1,100}\}\}|\([\w/.\- ]{1,200}\)"
    r"|[A-Z]{2,40}(?:_[A-Z]{1,40}){1,5})(?=[\s,;\"')\]}]|\Z)"
)
# MySQL's "Access denied … (using password: YES)" says whether one was sent, not which.
_WHETHER = re.compile(r"using password: (?:YES|NO)\)?\.?(?=[\s,;\"'\\]|\Z)")
# `password: required`: what an error says of one.
_SAID_OF = re.compile(
    r"(?:is[ \t])?(?:required|missing|invalid|wrong|incorrect|expired|empty|unset|mismatch(?:ed)?"
    r"|denied|rejected|optional|mandatory|forbidden|unsupported|deprecated|undefined|incomplete)"
    r"(?:[ \t]field)?\.?(?=[\"')\]}]{0,4}[ \t\r]*(?:\n|\\[rn]|\Z))",
    re.IGNORECASE,
)
# `authorization=Token x1`: the secret is the next word.
_SCHEME = re.compile(
    r"(?:token|bearer|basic|api-?key|digest|negotiate|ntlm|jwt|splunk|key)", re.IGNORECASE
)
_NEXT_WORD = re.compile(r"[ \t]{1,8}([^\s;,\"'&\[\](){}]{6,})")
_FOLDER = re.compile(r"~?(?:[/\\][\w.@+\- ]{1,100}){2,40}[/\\]?|[A-Z]:[/\\][^\n]{1,200}")
_PIN = re.compile(r"(?:\A|_)(?:otp|totp|pin|pincode|pin_code|passcode|cvv|cvc)\Z", re.IGNORECASE)
_DIGITS = re.compile(r"\d{3,10}")
_CHINESE = "\u2e80"  # the first of its letters, and of those of Japan and Korea
_TELLING = 400
# In code a line must end behind a word in a text for it to be one and no description begun.
_LINE_END = re.compile(r"""[ \t]*(?:["'\r\n]|\\[rn]|\Z)""")


def bare_end(text: str, named: re.Match[str], kind: Kind) -> int | None:
    """Return where the value behind a secret's name ends; None where there is no secret.

    Args:
        text: Where it stands.
        named: The name, and in its second group the sign behind it.
        kind: What the text is.
    """
    start = named.end()
    # What a word without blanks is, however long, its first letters tell.
    bare = _BARE[kind].match(text, start, start + _TELLING)
    if bare is None or NOTHING.match(bare.group(0).strip()):
        return None
    name, value = named.group(1), bare.group(0).strip()
    if _says_else(name, value) or _is_elsewhere(text, start, kind) or _is_whether(text, named):
        return None
    if kind is Kind.PROSE and _is_code(text, named):
        return None
    if "\n" in named.group(2) and not _is_alone(text, bare):
        return None
    is_spoken = kind in (Kind.PROSE, Kind.LITERAL) and "=" not in named.group(2)
    # `:param password: Of the user.` in a docstring is no password.
    if is_spoken and (_SAID_OF.match(text, start) or not _is_said(text, name, bare, kind)):
        return None
    bare = _BARE[kind].match(text, start) or bare
    following = _NEXT_WORD.match(text, bare.end()) if _SCHEME.fullmatch(value) else None
    if following is not None and looks_random(following.group(1)):
        return following.end()
    return _closed(text, bare)


def _says_else(name: str, value: str) -> bool:
    """Tell whether a value is none of a secret: how many tokens there are, a working directory."""
    name = name.lower()
    if value.rstrip(",;)") == name and not says_password(name):  # `token=token`
        return True
    if name.endswith("tokens") and COUNT.fullmatch(value.rstrip(">")):  # of `<Text tokens=9>`
        return True
    if name.endswith("token") and _FRACTION.fullmatch(value):
        return True
    return name in ("pwd", "oldpwd") and _FOLDER.fullmatch(value) is not None


def _is_whether(text: str, named: re.Match[str]) -> bool:
    return _WHETHER.match(text, max(named.start(1) - len("using "), 0)) is not None


def _is_elsewhere(text: str, start: int, kind: Kind) -> bool:
    found = _ELSEWHERE.match(text, start)
    # In data all of the line is the value.
    return found is not None and (kind is not Kind.DATA or bool(_LINE_END.match(text, found.end())))


def _is_code(text: str, named: re.Match[str]) -> bool:
    if _OWN.match(text, named.end()):
        return True
    is_code = " = " in named.group(2) or _ENVIRON.match(text, named.end())
    code = _CODE.match(text, named.end()) if is_code else None
    return code is not None and not any(map(looks_random, code.group(1).split(".")))


def _closed(text: str, bare: re.Match[str]) -> int:
    """Return where a value ends with the brackets that it opened."""
    end, value = bare.end(), bare.group(0)
    for first, last in ("[]", "{}", "()"):
        opened = value.count(first) - value.count(last)
        while opened > 0 and text[end : end + 1] == last:
            end, opened = end + 1, opened - 1
    return end


def _is_alone(text: str, bare: re.Match[str]) -> bool:
    """Tell whether what stands in the next line is all of it: no sentence, no `value:`."""
    ends = _LINE_END.match(text, bare.end()) is not None
    return is_token(bare.group(0)) or (ends and not bare.group(0).rstrip().endswith(":"))


def _is_said(text: str, name: str, bare: re.Match[str], kind: Kind) -> bool:
    """Tell whether what stands behind `password:` is one, and not what prose says of it."""
    value = bare.group(0)
    if value in _TYPES:  # `password: str`
        return False
    if is_token(value) or (_PIN.search(name) and _DIGITS.fullmatch(value)):
        return True
    if min(value) >= _CHINESE:  # a sentence, whose words have no blanks between them
        return False
    if kind is Kind.PROSE:
        return says_password(name) or (_SECRET.search(name) is not None and is_mixed(value))
    return says_password(name) and is_mixed(value) and bool(_LINE_END.match(text, bare.end()))
