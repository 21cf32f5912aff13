"""Secrets that are known by their own look, wherever they stand: keys of providers, headers."""

from __future__ import annotations

import re
from typing import Sequence

from ato_sql._values.secrets.names import is_secret_key, says_password

REDACTED = "[redacted]"
COUNT = re.compile(r"~?\d[\d.,_]{0,20}(?:[eE]\d{1,2})?\s?[kKmMbBtTgG]?")  # `tokens=300B`
NOTHING = re.compile(r"(?:(?:none|null|true|false|\.\.\.)?$|\*\*\*|\[redacted\])", re.IGNORECASE)

# Keys as providers make them, told by their first characters; ids that are no secrets are not here.
_SHAPES = re.compile(
    r"(?<![A-Za-z0-9])(?:"
    r"(?:sk|csk|pa|ctx7sk)-(?=[\w\-]{0,60}[A-Z0-9])[\w\-]{16,}|[sr]k_(?:live|test|prod)_\w{10,}"
    r"|whsec_\w{16,}|gh[pousr]_[A-Za-z0-9]{20,}|github_pat_\w{20,}"
    r"|gl(?:pat|dt|rt|cbt|ptt|soat|agent|ft|imt|ffct|oas)-[\w\-]{16,}"
    r"|(?:hf|fw)_[A-Za-z0-9]{20,}(?!\w)|KGAT_[0-9a-f]{32}|npg_[A-Za-z0-9]{12,}|AKLT[A-Za-z0-9]{20,}"
    r"|[MNO][A-Za-z0-9]{23,27}\.[\w\-]{6}\.[\w\-]{27,38}(?![\w\-])"
    r"|(?:r8|rpa|lin_api|lin_oauth|glsa|figd|ntn|phx|shp(?:at|ss|ca|pa)|sbp|sntry[su]|dckr_pat"
    r"|rubygems|wandb_v1|cfut|npm|vercel|ddp)_[A-Za-z0-9][\w\-]{19,}"
    r"|secret_[A-Za-z0-9]{40,}|gsk_[A-Za-z0-9]{20,}|xai-[A-Za-z0-9]{20,}"
    r"|nvapi-[\w\-]{20,}|pplx-[A-Za-z0-9]{20,}|tvly-[\w\-]{16,}|lsv2_\w{20,}|dapi[0-9a-f]{32}"
    r"|xox[a-z](?:\.xox[a-z])?-\d[\w\-]{8,}|xox[a-z]-[\w\-]{10,}|xapp-\d[\w\-]{8,}|(?:AKIA|ASIA|ABIA|ACCA)[0-9A-Z]{16}"
    r"|AIza[\w\-]{30,}|ya29\.[\w\-]{16,}|1//0[\w\-]{30,}|GOCSPX-[\w\-]{20,}|EAA[A-Z][\w\-]{40,}"
    r"|pypi-[\w\-]{30,}|do[opr]_v1_[A-Za-z0-9]{32,}|hv[sbr]\.[\w\-]{20,}|tskey-[a-z]{3,9}-[\w\-]{16,}"
    r"|SG\.[\w\-]{16,}\.[\w\-]{16,}|eyJ[\w\-]{8,}\.[\w\-]{8,}(?:\.[\w\-]*)?"
    r"|NRAK-[A-Z0-9]{20,}|PMAK-[A-Za-z0-9]{20,}[\w\-]*|xkeysib-[0-9a-f]{30,}[\w\-]*|ops_eyJ[\w\-]{20,}"
    r"|AT[AC]TT3[\w\-=]{20,}|ATBB[A-Za-z0-9]{20,}|atlasv1\.[\w\-]{20,}|LTAI[A-Za-z0-9]{12,}"
    r"|AKID[A-Za-z0-9]{24,}|ABSK[A-Za-z0-9+/=]{40,}|pat[A-Za-z0-9]{14}\.[0-9a-f]{30,}"
    r"|AGE-SECRET-KEY-\w{20,}|(?:bot)?\d{8,10}:AA[\w\-]{30,}"
    # Clouds and hosts.
    r"|[\w~.\-]{3}\dQ~[\w~.\-]{31,}|AQ\.Ab(?=[\w\-]{0,40}\d)[\w\-]{20,}|AQVN[\w\-]{35,}|HRKU-[\w\-]{30,}"
    r"|(?:napi|rnd|nfp|vc[pik]|pn[ub]|bkua|e2b)_[A-Za-z0-9]{24,}"
    r"|(?:fo1|cf[ak]t|sb_secret|pscale_(?:pw|tkn|oauth))_(?=[\w\-]{0,60}\d)[\w\-.=]{24,}"
    r"|fm[12][ar]?_[A-Za-z0-9+/=]{50,}|dp\.(?:pt|st|ct|sa|scim|audit)\.[\w.\-]{40,}|sl\.(?:u\.)?[\w\-]{80,}"
    r"|sha256~[\w\-]{40,}|pul-[0-9a-f]{40}|dckr_oat_[\w\-]{20,}|CC(?:IPAT|IPRJ|DB1)_\w{20,}"
    # Models and search.
    r"|tgp_v1_[\w\-]{20,}|jina_[A-Za-z0-9]{24,}[\w\-]*|pcsk_\w{20,}|api_org_[A-Za-z0-9]{30,}"
    r"|sk_[0-9a-f]{48}|fc-[0-9a-f]{32}|a[ks]-(?=[a-zA-Z]*\d)(?=[a-z\d]*[A-Z])[A-Za-z0-9]{22}(?![\w\-])"
    # Payment, mail, telephones and shops.
    r"|sq0(?:atp|csp)-[\w\-]{20,}|(?:duffel|shippo)_(?:test|live)_[\w\-]{20,}|EZ[AT]K[A-Za-z0-9]{54}"
    r"|FLWSECK(?:_TEST)?-[A-Za-z0-9]{12,}[\w\-]*|key-[0-9a-f]{32}|[0-9a-f]{32}-us\d{1,2}(?![\w\-])"
    r"|xsmtpsib-[0-9a-f]{30,}[\w\-]*|re_[A-Za-z0-9]{7,10}_[A-Za-z0-9]{20,}|SK[0-9a-f]{32}(?![\w\-])"
    # Tools of teams.
    r"|pat-[a-z]{2}\d-[0-9a-fA-F][\w\-]{20,}|NR(?:II|RA|BR|JS|AA)-[\w\-]{19,}|[0-9a-f]{36}NRAL"
    r"|eyJhcGlf[A-Za-z0-9+/=_\-]{30,}|glc_[A-Za-z0-9+/=]{32,}|eyJrIjoi[A-Za-z0-9+/=]{50,}|ico-[A-Za-z0-9]{32}|CFPAT-[\w\-]{40,}"
    r"|(?:rdme|waka|zpka|sgp|phs|figu|polar_[op]at|sm_[ps]at|ddo|CLOJARS)_(?=[\w\-]{0,60}\d)[A-Za-z0-9]"
    r"[\w\-]{30,}|tfp_(?=[\w\-]{0,60}\d)(?=[\w\-]{0,60}[A-Z])[\w\-.=]{40,}|sess-[A-Za-z0-9]{40}"
    r"|dt0[a-z]\d\d\.[A-Z0-9]{24}\.[A-Z0-9]{64}|A3(?:-[A-Z0-9]{5,11}){5,6}(?![\w\-])|GR1348941[\w\-]{20}"
    r"|fio-u-[\w\-=]{60,}|sq[apu]_[0-9a-f]{40}|[A-Za-z0-9]{6}_[A-Za-z0-9]{29}_mmk"
    r")"
)
_PRIVATE_KEY = re.compile(
    r"(-----BEGIN [A-Z ]{0,40}PRIVATE KEY(?: BLOCK)?-----)"
    r"(?:(?:[^-]|-(?!----)){1,20000}(-----END [A-Z ]{1,60}-----)|[^-]+)"  # it may say `DEK-Info:`
)
_PUTTY_KEY = re.compile(r"(\bPrivate-Lines: \d{1,4}\s{1,4})(?:[A-Za-z0-9+/=]{1,100}\s{1,4}){1,200}")
_HOOKS = re.compile(
    r"(hooks\.slack(?:-gov)?\.com/(?:services|workflows|triggers)/|outlook\.office(?:365)?\.com/webhook/"
    r"|open\.(?:feishu\.cn|larksuite\.com)/open-apis/bot/v2/hook/"
    r"|qyapi\.weixin\.qq\.com/cgi-bin/webhook/send\?key="
    r"|maker\.ifttt\.com/trigger/[^\s/\"'<>]{1,100}/(?:json/)?with/key/"
    r"|discord(?:app)?\.com/api/(?:v\d{1,2}/)?webhooks/"
    r"|conda\.anaconda\.org/t/(?=[\w\-]{8})"
    r"|\.webhook\.office\.com/webhookb2/|hooks\.zapier\.com/hooks/catch/)[^\s\"'<>]+"
)
# `PWD={x}`, as ODBC writes what may hold a `;`.
_BRACED = re.compile(
    r"(\b(?:pwd|password)\s{0,4}=\s{0,4}\{)((?:[^{}\n]|\}\}){1,200})(?=\}(?!\})|\n|\Z)",
    re.IGNORECASE,
)
# Of servers that stand on one's own host: Mattermost's and Rocket.Chat's.
_OWN_HOOKS = re.compile(
    r"(://[^\s/\"'<>]{1,200}/(?:[\w\-]{1,60}/){0,3}hooks/)"
    r"(?:(?=[a-z]*\d)[a-z0-9]{26}|[A-Za-z0-9]{15,24}/[A-Za-z0-9]{32,64})(?![\w\-/])"
)
_REFERENCE = re.compile(r"[^\W\d][\w.]*(?:\[[^\[\]]*\]|\(\))?(?:![rsa])?(?::\w*)?")
_LONG_TOKEN = re.compile(
    r"(?=\D*\d)(?=\d*[A-Za-z])(?!(?:[a-z]{2,})?(?:[A-Z][a-z]{2,})*\d{0,4}\Z)[A-Za-z0-9]{16,500}"
)
_SCHEME = re.compile(r"\b(bearer|basic)(\s{1,8})([\w.~+/=\-]{8,})", re.IGNORECASE)
_HEADER = re.compile(
    r"""(?<![\w\-])((?:proxy-)?authorization|(?:set-)?cookie)(["']?\s{0,8}:\s{0,8})"""
    r"""([^"'\s](?:[^"'\n]|(?:(?<==)|(?<==\\))"[^"\n]{0,300}")*)""",  # Digest response="x"
    re.IGNORECASE,
)
# `--password x` in a text, `machine h login u password x` of a netrc, "the password is x".
_SPOKEN = re.compile(
    r"""(?<![\w\-])(--?[^\W\d][\w.\-]{0,100}|pwd\s{1,3}(?:is|was):?"""
    r"""|(?:password|passwd|passphrase)(?:\s{1,3}(?:(?:is|was)(?:[ \t]now)?:?|to))?"""
    r"""|(?:token|secret|passcode)\s{1,3}(?:is|was):?"""
    r"""|(?:[a-z]\w{0,60}_)?(?:api|access|secret|auth|account)_key\s{1,3}(?:is|was):?"""
    r"""|(?:[a-z]\w{0,60}_)?(?:password|passwd|passphrase|(?:api|access|secret|account)_key)"""
    r"""[ \t]{0,3}(?:->|→)"""
    r"""|[a-z]\w{1,30}[ \t]key(?:[ \t]{0,3}[:=]|\s{1,3}(?:is|was):?)"""
    r"""|(?:password|passwd|passphrase|passcode|token|(?:api|access|secret)[_ \t]key)[ \t]"""
    r"""(?:for[ \t][\w.@\-]{1,60}|\([^()\n]{1,60}\))[ \t]{0,3}[:=]"""
    r"""|(?:api|access|secret|auth|account)[ \t]key"""
    r"""(?:\s{1,3}(?:is|was):?|(?:[ \t]provided)?[ \t]{0,3}[:=])?"""
    r"""|\b(?:setx|(?:configure|config)\s{1,3}set|remote\s{1,3}modify(?:\s{1,3}--\w{1,20})?\s{1,3}\w{1,60})"""
    r"""\s{1,3}[\w.\-]{1,100}|%env[ \t]{1,3}[\w.\-]{1,100})"""
    r"""((?:[ \t]{1,8}|(?<=[:=])|[ \t]{0,8}\\?\r?\n[ \t]{0,40})["']?)"""
    r"""(?!for\s|-)"""  # not of `--fp16 --hf_token x`
    r"""((?<=["'])(?![\s,;:)\]}])[^"'\\\n]{1,400}(?=["'])|[^\s"'\\,;()\[\]{}|&<>]{3,200})""",
    re.IGNORECASE,
)
# `curl -u me:x`, in one text or as a list of words; `-u 1000:1000` are the numbers of a user.
_LOGIN = re.compile(
    r"""((?<![\w\-])(?:-u|--user|--proxy-user)(?:["']?\s{0,8},\s{0,8}|[ =]|["'](?=\s))\s{0,8}"""
    r"""["']?(?!\d+:\d+(?![^\s"',]))[\w.@+\-]{1,100}:)(?!//)([^\s"',;|&<>]{1,200})"""
)
# `curl -u 'me:two words'`.
_QUOTED_LOGIN = re.compile(
    r"""((?<![\w\-])(?:-u|--user|--proxy-user)[ =]\s{0,8}(["'])[\w.@+\-]{1,100}:)(?!//)"""
    r"""((?:(?!\2)[^\n]){1,200})(?=\2)"""
)
# `sshpass -p x`, `mysql -px`.
_BEHIND_P = re.compile(
    r"""(\bsshpass["']?[\s,]{1,8}["']?-p["',\s]{0,8}|\b7z[ar]?\b[^\n;|&()]{0,200}?[\s"']-p(?=[^\s"',])"""
    r"""|\b(?:mysql(?:dump|admin|import)?|mariadb(?:-dump)?)\b[^\n;|&()]{0,200}?[\s"']-p(?=[^\s"',]))"""
    r"""([^\s"',;|&<>)\]]{1,200})"""
)
_SPACE = re.compile(r"\s")
_SHORTEST_KEY = 16
_MAY_SPEAK = re.compile(r"-|pass|pwd|token|secret|key", re.IGNORECASE)
_SAYS = re.compile(
    r"^(?:setx|%env|\w+\s{1,3}set|remote\s{1,3}modify(?:\s{1,3}--\w+)?\s{1,3}\w+)\s{1,3}"
    r"|\s{1,3}(?:(?:is|was)(?:[ \t]now)?:?|to)$"
    r"|(?:[ \t](?:provided|for[ \t][\w.@\-]{1,60}|\([^()\n]{1,60}\)))?\s{0,3}[:=]$"
    r"|[ \t]{0,3}(?:->|→)$",
    re.I,
)
# What may as well be said of a name: `api_key is required`, `password -> hash`.
_SAYS_OF_KEY = re.compile(r"_key\s{1,3}(?:is|was):?$|(?:->|→)$", re.IGNORECASE)
# `wandb login x`, also as a list of words, and `wandb.login(key="x")`.
_TOOL_LOGIN = re.compile(
    r"""(\b(?:wandb|swanlab)["',\s]{1,6}login"""
    r"""(?:["',\s]{1,6}-[^\s"',;|&]{1,100}(?:[ =]https?:[^\s"',;|&]{1,200})?){0,4}"""
    r"""["',\s]{1,6})([A-Za-z0-9_\-]{20,200})(?![\w\-])"""
)
_TOOL_CALL = re.compile(
    r"""(\bwandb\.login\((?:[^()]{0,200},)?\s{0,200}key\s{0,8}=\s{0,8})("[^"\n]{1,200}"|'[^'\n]{1,200}')"""
)
_ATTRIBUTES = re.compile(
    r"""(<[^<>]{0,200}?\b(?:key|name|id)=["']([\w.:\-]{1,100})["']\s{1,8}value=)("[^"<>]+"|'[^'<>]+')"""
)
_TAG = re.compile(r"(<([A-Za-z][\w.\-]{0,100})>)([^<>\n]{1,500})(?=</)")
# `<property name="password">x</property>`.
_PROPERTY = re.compile(
    r"""(<[A-Za-z][\w.:\-]{0,60}\s[^<>]{0,200}?\b(?:key|name)=["']([\w.:\-]{1,100})["'][^<>/]{0,100}>)"""
    r"""([^<>\n]{1,500})(?=</)"""
)
_SQL = re.compile(
    r"(\bidentified\s{1,8}(?:(?:with|via)\s{1,8}[\w'\"`]{1,60}\s{1,8})?by\s{1,8}"
    r"|\bwith\s{1,8}(?:encrypted\s{1,8})?password\s{1,8}"
    r"|\bset\s{1,8}password\s{1,8}(?:for\s{1,8}[\w@'\"`%.\-]{1,100}\s{0,8})?=\s{0,8}(?:password\()?)"
    r"('[^'\n]{1,200}'|\"[^\"\n]{1,200}\")",
    re.IGNORECASE,
)
# `CREATE SECRET (TYPE s3, SECRET '…')`, options of SQL.
_SQL_OPTION = re.compile(
    r"(\b(?:SECRET|PASSWORD|(?:SESSION_|BEARER_)?TOKEN|ACCOUNT_KEY|CLIENT_SECRET|CONNECTION_STRING)"
    r"\s{1,8})('[^'\n]{1,300}')"
)


def redact_headers(text: str, extra: Sequence[str] = (), in_source: bool = False) -> str:
    """Blank what `Authorization:` and `Cookie:` say up to the end of the line or text.

    Args:
        text: Where to look.
        extra: More names of secrets.
        in_source: Whether what stands behind `"Authorization":` is an expression.
    """
    if ":" not in text:
        return text
    return _HEADER.sub(lambda found: _hide_header(found, extra, in_source), text)


def redact_schemes(text: str) -> str:
    """Blank what stands behind `Bearer` and `Basic`."""
    return _SCHEME.sub(_hide_scheme, text)


def redact_shapes(text: str, extra: Sequence[str] = (), spoken: bool = True) -> str:
    """Blank what is a secret by its look; the rest stays as it is.

    Args:
        text: Where to look.
        extra: More names of secrets.
        spoken: Whether a word behind `--password` or "password is" is one; not in source.
    """
    text = redact_schemes(text)
    if "={" in text or "= {" in text:
        text = _BRACED.sub(_hide_braced, text)
    text = _HOOKS.sub(r"\1***", text)
    if "/hooks/" in text:
        text = _OWN_HOOKS.sub(r"\1***", text)
    if "PRIVATE KEY" in text:
        text = _PRIVATE_KEY.sub(rf"\1{REDACTED}\2", text)
    if "Private-Lines" in text:
        text = _PUTTY_KEY.sub(rf"\1{REDACTED}\n", text)
    if spoken and _MAY_SPEAK.search(text):
        text = _SPOKEN.sub(lambda found: _hide_spoken(found, extra), text)
    if "-" in text:
        text = _QUOTED_LOGIN.sub(rf"\1{REDACTED}", text)
        text = _LOGIN.sub(rf"\1{REDACTED}", text)
    if "login" in text:
        text = _TOOL_LOGIN.sub(_hide_token, text)
        text = _TOOL_CALL.sub(_hide_text, text)
    if "-p" in text:
        text = _BEHIND_P.sub(rf"\1{REDACTED}", text)
    if "</" in text:
        text = _TAG.sub(lambda found: _hide_tagged(found, extra), text)
        text = _PROPERTY.sub(lambda found: _hide_tagged(found, extra), text)
    if "value=" in text:
        text = _ATTRIBUTES.sub(lambda found: _hide_attribute(found, extra), text)
    text = _SQL.sub(rf"\1'{REDACTED}'", text)
    text = _SQL_OPTION.sub(rf"\1'{REDACTED}'", text)
    return _SHAPES.sub(REDACTED, text)


def looks_random(value: str) -> bool:
    """Whether a word is none of a language: it has digits, or capitals inside."""
    return any(c.isdigit() for c in value) or value[1:].lower() != value[1:]


def is_mixed(value: str) -> bool:
    """Whether a word has letters and digits, as hardly one of a language or grammar has."""
    is_word = len(value) >= 6 and not any(map(str.isspace, value))
    return is_word and any(map(str.isdigit, value)) and any(map(str.isalpha, value))


def is_key(value: str) -> bool:
    """Whether a word is of the make of a key, as no piece of a text is."""
    return len(value) >= _SHORTEST_KEY and is_mixed(value)


def is_long_token(value: str) -> bool:
    """Whether a word is of the length and make of a key, and no name with a year behind it."""
    return _LONG_TOKEN.fullmatch(value) is not None


def is_token(value: str) -> bool:
    """Whether a word is rather a secret than the next word of a sentence."""
    is_word = len(value) >= 8 and not any(map(str.isspace, value))
    return is_word and looks_random(value) and any(c.isalpha() for c in value)


def _hide_header(found: re.Match[str], extra: Sequence[str], in_source: bool) -> str:
    name, sign, value = found.groups()
    if in_source and sign[0] in "\"'":
        return found.group(0)
    if not is_secret_key(name, extra) or NOTHING.match(value):
        return found.group(0)
    return f"{name}{sign}{REDACTED}"


def _hide_scheme(found: re.Match[str]) -> str:
    scheme, space, value = found.groups()
    return f"{scheme}{space}{REDACTED}" if looks_random(value) else found.group(0)


def _hide_braced(found: re.Match[str]) -> str:
    before, value = found.groups()
    is_name = _REFERENCE.fullmatch(value) is not None and not is_token(value)
    return found.group(0) if is_name or NOTHING.match(value) else before + REDACTED


def _hide_spoken(found: re.Match[str], extra: Sequence[str]) -> str:
    said, space, value = found.groups()
    name = _SAYS.sub("", said).lstrip("-")
    is_plain = said[0] == "-" or (says_password(name) and not _SAYS_OF_KEY.search(said))
    if said[-1] in ">→" and (is_secret_key(value, extra) or "." in value):  # of a mapping in code
        return found.group(0)
    is_value = looks_random(value) if is_plain else is_token(value)
    if said[0] == "-" and space[-1] in "\"'" and _SPACE.search(value):  # `--password 'two words'`
        is_value = True
    if "\n" in space:  # what is handed to an option may stand in the next line, but a word seldom
        is_value = said[0] == "-" and is_mixed(value)
    is_value = is_value and value[0] != "-" and not NOTHING.match(value)
    if not is_value or "=" in value[:-1] or not is_secret_key(name, extra):
        return found.group(0)
    return f"{said}{space}{REDACTED}"


def _hide_token(found: re.Match[str]) -> str:
    before, value = found.groups()
    return f"{before}{REDACTED}" if is_token(value) else found.group(0)


def _hide_text(found: re.Match[str]) -> str:
    before, value = found.groups()
    is_nothing = NOTHING.match(value[1:-1])
    return found.group(0) if is_nothing else f"{before}{value[0]}{REDACTED}{value[0]}"


def _hide_attribute(found: re.Match[str], extra: Sequence[str]) -> str:
    before, name, value = found.groups()
    if not is_secret_key(name, extra):
        return found.group(0)
    return f"{before}{value[0]}{REDACTED}{value[0]}"


def _hide_tagged(found: re.Match[str], extra: Sequence[str]) -> str:
    tag, name, value = found.groups()
    is_label = " " in tag and is_secret_key(value, extra)  # `<string name="password">Password`
    if NOTHING.match(value.strip()) or is_label or not is_secret_key(name, extra):
        return found.group(0)
    return f"{tag}{REDACTED}"
