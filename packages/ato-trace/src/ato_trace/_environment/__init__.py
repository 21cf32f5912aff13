"""What surrounds a run and may change its result: Python, packages, the git checkout, seeds.

What a run read (`files` notices and hashes it, `inputs` says what counts), what it was made of
(`modules`, with `reloads` for what is made anew) and the circumstances that may matter
(`circumstances`) are here too; `calls` gathers them for one call of an entry.

May call `_hashing` and `_source`.
"""

from ato_adict import lazy_exports

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ato_trace._environment.calls import begin_call, end_call
    from ato_trace._environment.files.reads import watch
else:
    __getattr__ = lazy_exports(
        __name__, {"calls": ("begin_call", "end_call"), "files.reads": ("watch",)}
    )

__all__ = ["begin_call", "end_call", "watch"]
