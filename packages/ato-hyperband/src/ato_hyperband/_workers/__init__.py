"""Who evaluates: this process, processes of our own, an executor, the ranks of a cluster.

`serial`, `workers` (each a `worker`), `executor` and `rank` drive a study to its end; `dispatch`
says who does what, `group` and `rendezvous` are where ranks meet. May call: `_study`, `_objective`,
`_trial`. Behind a door, so that a search in one process does not load what others need.
"""

from ato_adict import lazy_exports

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ato_hyperband._workers.executor import run_on_executor as run_on_executor
    from ato_hyperband._workers.serial import run_serial as run_serial
    from ato_hyperband._workers.workers import WorkerPool as WorkerPool
else:
    __getattr__ = lazy_exports(
        __name__,
        {"serial": ["run_serial"], "executor": ["run_on_executor"], "workers": ["WorkerPool"]},
    )
