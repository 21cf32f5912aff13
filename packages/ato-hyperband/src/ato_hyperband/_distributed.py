"""A search by many ranks, as torchrun or a cluster's launcher starts them."""

from __future__ import annotations

import os
import sys
import traceback
from typing import Any, Callable, Sequence

from ato_hyperband._caller import Caller
from ato_hyperband._dispatch import Dispatcher
from ato_hyperband._errors import RankFailedError, SettingsError
from ato_hyperband._hyperband import HyperBand
from ato_hyperband._objective import Evaluator
from ato_hyperband._rendezvous import open_store
from ato_hyperband._replica import Replica
from ato_hyperband._result import Result
from ato_hyperband._session import Session
from ato_hyperband._storage import Past, make_log
from ato_hyperband._study import Study

BACKENDS = ["pytorch"]


class DistributedHyperBand(HyperBand):
    """HyperBand whose trials are shared by the ranks of `torch.distributed`.

    Every rank calls the same search and gets the same result. A rank claims a job when it has
    finished the last one, so work is balanced whatever trials cost; a rank that raises fails the
    search on all ranks. An initialised process group is used and left as it is; otherwise one is
    made (gloo) and taken down again. Storage, tracker and notices are rank 0's.

    Args:
        rank: This process's rank; None for that of the process group, or $RANK.
        world_size: Number of ranks; None for that of the process group, or $WORLD_SIZE.
        backend: 'pytorch'.
        **others: As for HyperBand, without n_jobs and executor.

    Raises:
        SettingsError: An argument is wrong, or torch is missing while there are several ranks.
    """

    def __init__(
        self,
        scope: Any,
        search_spaces: Any,
        halving_rate: float = 1 / 3,
        num_min_samples: int = 1,
        tracker: Any = None,
        mode: str = "max",
        rank: int | None = None,
        world_size: int | None = None,
        backend: str = "pytorch",
        **others: Any,
    ) -> None:
        for name in ("n_jobs", "executor"):
            if others.get(name) is not None:
                raise SettingsError(
                    f"{name} does not go with DistributedHyperBand: its ranks do the work"
                )
        if backend not in BACKENDS:
            raise SettingsError(f"unknown backend {backend!r}; give 'pytorch'")
        super().__init__(
            scope, search_spaces, halving_rate, num_min_samples, tracker, mode, **others
        )
        self.rank, self.world_size = rank, world_size

    def run(self, function: Callable[..., Any], args: Sequence[str] | None = None) -> Result:
        """Take part in the search; see HyperBand.run.

        Raises:
            RankFailedError: Another rank failed, or fell silent.
        """
        group = _Group(self.rank, self.world_size)
        if group.world_size == 1:
            return Session(self, function, args).run()
        with group:
            return _RankSession(self, function, args, group).run()


class _Group:
    """The process group: used as found, or made and taken down."""

    def __init__(self, rank: int | None, world_size: int | None) -> None:
        self._made = False
        found = _initialised_group()
        there = (None, None) if found is None else (found.get_rank(), found.get_world_size())
        self.rank = _one_of("rank", rank, there[0], "RANK", 0)
        self.world_size = _one_of("world_size", world_size, there[1], "WORLD_SIZE", 1)
        if not 0 <= self.rank < self.world_size:
            raise SettingsError(
                f"rank {self.rank} is outside 0..{self.world_size - 1} (world_size)"
            )

    def __enter__(self) -> _Group:
        self.dist = _torch_distributed()
        if not self.dist.is_initialized():
            self.dist.init_process_group("gloo", rank=self.rank, world_size=self.world_size)
            self._made = True
        return self

    def __exit__(self, *error: object) -> None:
        if self._made:
            self.dist.destroy_process_group()


class _RankSession(Session):
    """A session whose work is shared with other ranks."""

    def __init__(
        self,
        search: DistributedHyperBand,
        function: Callable[..., Any],
        args: Sequence[str] | None,
        group: _Group,
    ) -> None:
        self._group = group
        super().__init__(search, function, args, speaks=group.rank == 0)

    def run(self) -> Result:
        result = super().run()
        answer = (result.best.number, result.metric, len(result.trials), result.total_resource)
        answers: list[Any] = [None] * self._group.world_size
        self._group.dist.all_gather_object(answers, answer)
        if any(other != answer for other in answers):
            raise RankFailedError(f"ranks disagree about the result of the search: {answers}")
        return result

    def _open_log(self) -> Any:
        """Rank 0 opens the log; the others take the seed and the past from it."""
        log = make_log(self.search.storage, self.study_name, shared=True)
        shared: list[Any] = [None]
        if self._group.rank == 0:
            shared = [_settings_and_past(log, self._identity())]
        self._group.dist.broadcast_object_list(shared, src=0)
        settings, past, error = shared[0]
        if error is not None:
            raise error
        if self._group.rank != 0:
            log.open(settings)
            log.go_on_after(len(past))
        self.seed = settings["seed"]
        return Past(log, past)

    def _run(self, study: Study, caller: Caller) -> None:
        study.watches_clock = False
        group = self._group
        rendezvous = open_store(group.dist, group.rank, group.world_size)
        dispatcher = Dispatcher(study, caller.pauses, self._lookahead(group.world_size))
        failed = True
        try:
            _work(Replica(study, dispatcher, rendezvous), caller, Evaluator(self.function))
            failed = False
        except RankFailedError:
            raise
        except BaseException:
            rendezvous.fail(traceback.format_exc())
            raise
        finally:
            rendezvous.leave(failed)


def _work(replica: Replica, caller: Caller, evaluator: Evaluator) -> None:
    while not replica.finished:
        job = replica.claim()
        if job is not None:
            for trial in replica.to_close():
                evaluator.forget(trial)
            held = replica.holds(job) and evaluator.holds(job.trial.number)
            task = caller.continuation(job) if held else caller.task(job)
            replica.tell(job, evaluator(task))
        elif not replica.finished:
            replica.wait()
    evaluator.close()


def _settings_and_past(log: Any, identity: Any) -> tuple[Any, Any, Exception | None]:
    try:
        return log.open(identity), log.events(), None
    except Exception as error:
        return None, None, error


def _one_of(name: str, given: int | None, found: int | None, variable: str, default: int) -> int:
    """The rank or world size: as given, which a process group must confirm, or as found."""
    if given is not None and found is not None and given != found:
        raise SettingsError(f"{name}={given} was given, but the process group says {found}")
    if given is not None:
        return given
    return int(os.environ.get(variable, default)) if found is None else found


def _initialised_group() -> Any:
    """torch.distributed, if this process has imported it and initialised a group."""
    dist = sys.modules.get("torch.distributed")
    ready = dist is not None and dist.is_available() and dist.is_initialized()
    return dist if ready else None


def _torch_distributed() -> Any:
    try:
        import torch.distributed as dist
    except ImportError:
        raise SettingsError(
            "several ranks need torch: pip install 'ato-hyperband[distributed]'"
        ) from None
    return dist
