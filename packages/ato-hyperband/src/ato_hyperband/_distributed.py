"""A search by many ranks, as torchrun or a cluster's launcher starts them."""

from __future__ import annotations

import traceback
from typing import Any, Callable, Sequence

from ato_hyperband._errors import RankFailedError, SettingsError
from ato_hyperband._hyperband import HyperBand
from ato_hyperband._objective.arguments import Arguments
from ato_hyperband._objective.objective import Evaluator
from ato_hyperband._objective.tasks import Tasks
from ato_hyperband._report.result import Result
from ato_hyperband._schedule.settings import check_positive
from ato_hyperband._session import Session
from ato_hyperband._study.log import Event, Log
from ato_hyperband._study.storage import make_log
from ato_hyperband._study.study import Study
from ato_hyperband._workers.dispatch import Dispatcher
from ato_hyperband._workers.group import Group
from ato_hyperband._workers.rank import Rank
from ato_hyperband._workers.rendezvous import meet

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
        rank_timeout: Seconds without a sign of life after which a rank counts as dead. Give more
            to an objective whose calls into C keep Python from running for that long.
        **others: As for HyperBand, without n_jobs and executor.

    Raises:
        RankFailedError: When it runs: another rank failed, or fell silent.
        SettingsError: An argument is wrong, or torch is missing while there are several ranks.
    """

    __module__ = "ato_hyperband"

    rank: int | None
    world_size: int | None
    rank_timeout: float

    def __init__(
        self,
        scope: Any,
        search_spaces: Any,
        halving_rate: float = 1 / 3,
        num_min_samples: int = 1,
        tracker: Any = None,
        mode: str | Sequence[str] = "max",
        rank: int | None = None,
        world_size: int | None = None,
        backend: str = "pytorch",
        *,
        rank_timeout: float = 60.0,
        **others: Any,
    ) -> None:
        for name in ("n_jobs", "executor"):
            if others.get(name) is not None:
                raise SettingsError(
                    f"{name} does not go with DistributedHyperBand: its ranks do the work"
                )
        if backend not in BACKENDS:
            raise SettingsError(f"unknown backend {backend!r}; give 'pytorch'")
        check_positive("rank_timeout", rank_timeout)
        super().__init__(
            scope, search_spaces, halving_rate, num_min_samples, tracker, mode, **others
        )
        self.rank, self.world_size, self.rank_timeout = rank, world_size, rank_timeout

    def ask(self, args: Sequence[str] | None = None) -> Any:
        """Refused: ranks share the trials of `run`."""
        raise SettingsError("ask() is for HyperBand; the ranks of DistributedHyperBand use run()")

    def _search(
        self, function: Callable[..., Any], args: Sequence[str] | None, given: Arguments
    ) -> Result:
        group = Group(self.rank, self.world_size)
        if group.world_size == 1:
            return Session(self, function, args, given).run()
        with group:
            return _RankSession(self, function, args, given, group).run()


class _RankSession(Session):
    """A session whose work is shared with other ranks, and with no other programs."""

    shares = False

    def __init__(
        self,
        search: DistributedHyperBand,
        function: Callable[..., Any],
        args: Sequence[str] | None,
        given: Arguments,
        group: Group,
    ) -> None:
        self._group, self._rank_timeout = group, search.rank_timeout
        super().__init__(search, function, args, given, speaks=group.rank == 0)

    def run(self) -> Result:
        result = super().run()
        answer = (result.best.number, result.metric, len(result.trials), result.total_resource)
        answers = self._group.of_all(answer)
        if any(other != answer for other in answers):
            raise RankFailedError(f"ranks disagree about the result of the search: {answers}")
        return result

    def _open_log(self) -> tuple[Log, Event, list[Event]]:
        """Rank 0 opens the log; the others take what it was begun with and its past from it."""
        log = make_log(self.search.storage, self.study_name)
        found = _opened(log, self._identity()) if self._group.rank == 0 else None
        identity, past, error = self._group.from_rank_0(found)
        if error is not None:
            raise error
        if self._group.rank != 0:
            log.open(identity)
            log.go_on_after(len(past))
        return log, identity, past

    def _checkpoints(self, log: Log) -> str:
        root = super()._checkpoints(log) if self._group.rank == 0 else None
        return str(self._group.from_rank_0(root))

    def _run(self, study: Study, tasks: Tasks) -> None:
        study.watches_clock = False
        rendezvous = meet(self._group, self._rank_timeout)
        dispatcher = Dispatcher(study, tasks.pauses, self._lookahead(self._group.world_size))
        failed = True
        try:
            Rank(study, dispatcher, rendezvous).work(tasks, Evaluator(self.function, self.given))
            failed = False
        except RankFailedError:
            raise
        except BaseException:
            rendezvous.fail(traceback.format_exc())
            raise
        finally:
            rendezvous.leave(failed)


def _opened(log: Log, identity: Event) -> tuple[Any, Any, Exception | None]:
    try:
        return log.open(identity), log.events(), None
    except Exception as error:
        return None, None, error
