"""Values: numbers, texts, times, URLs and secrets, as every database can hold them.

The lowest room: it knows no table and no run, and calls no other room.
"""

from ato_adict import lazy_exports

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ato_sql._values import secrets as secrets
    from ato_sql._values import url as url
else:  # SQLAlchemy and what finds secrets are loaded with the first run
    __getattr__ = lazy_exports(__name__, {"secrets": (), "url": ()})
