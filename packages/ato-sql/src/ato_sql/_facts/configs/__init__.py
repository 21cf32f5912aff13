"""A config as it is stored: its JSON, its leaves and its hashes."""

from ato_adict import lazy_exports

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ato_sql._facts.configs import config as config
    from ato_sql._facts.configs import given as given
else:  # what a run is made of is loaded with the first one
    __getattr__ = lazy_exports(__name__, {"config": (), "given": ()})
