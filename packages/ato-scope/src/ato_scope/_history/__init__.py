"""Who set what: the recorder that every config under construction has, and explanations from it.

Calls no other room. The names below are the way to explanations, which most runs do not ask for.
"""

from ato_adict import lazy_exports

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ato_scope._history.explain import explain_all as explain_all
    from ato_scope._history.explain import explain_key as explain_key
else:
    __getattr__ = lazy_exports(__name__, {"explain": ("explain_key", "explain_all")})
