"""Secrets: how they are told by names, URLs and looks, and blanked wherever text comes in.

`redact` is the way in for values, `texts` for text; `names` is the one rule for names.
"""

from ato_adict import lazy_exports

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ato_sql._values.secrets import redact as redact
    from ato_sql._values.secrets.texts.text import redact_text as redact_text
else:  # hundreds of patterns, which a program that asks for help does not need
    __getattr__ = lazy_exports(__name__, {"redact": (), "texts.text": ("redact_text",)})
