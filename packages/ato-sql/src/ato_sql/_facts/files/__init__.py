"""Files that a run made, and the folders that copies of them are kept in.

It calls no other room of `_facts`.
"""

from ato_adict import lazy_exports

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ato_sql._facts.files import copies as copies
else:  # what a run is made of is loaded with the first one
    __getattr__ = lazy_exports(__name__, {"copies": ()})
