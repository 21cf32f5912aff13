"""What a scope records while the program runs: the fingerprints of it, and who makes them.

May call `_verify`, which keeps small outputs beside their hash, `_hashing` and `_code`. Behind a
lazy door: a program that traces no outputs loads only `records`.
"""

from __future__ import annotations

from ato_adict import lazy_exports

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ato_trace._runtime.recorder import Recorder as Recorder
    from ato_trace._runtime.runtime import traced as traced

if not TYPE_CHECKING:  # to a type checker the names above are all there is
    __getattr__ = lazy_exports(__name__, {"recorder": ("Recorder",), "runtime": ("traced",)})
