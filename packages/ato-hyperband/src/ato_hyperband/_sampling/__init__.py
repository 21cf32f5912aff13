"""Where configurations come from: at random, off the grid, or from a model that learns.

`sampling` holds what all samplers share, `random` the numbers, `design` the first draws, `tpe` and
`parzen` the model. May call: `_space`, `_trial`. The model is behind a door, as it needs numpy.
"""

from ato_adict import lazy_exports

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ato_hyperband._sampling.tpe import TPESampler as TPESampler
else:
    __getattr__ = lazy_exports(__name__, {"tpe": ["TPESampler"]})
