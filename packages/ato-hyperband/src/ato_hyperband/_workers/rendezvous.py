"""Where the ranks of a distributed search meet: numbered events in a store, and heartbeats.

Uses `torch.distributed`: object collectives of the process group (gloo or nccl) to begin and to
end, and a TCPStore of its own, served by rank 0, in between.
"""

from __future__ import annotations

import datetime
import os
import socket
import threading
import time
from typing import Any

from ato_hyperband._errors import RankFailedError
from ato_hyperband._workers.group import Group

# Seconds between two heartbeats, unless several must fit into a shorter `rank_timeout`.
BEAT = 2.0
# Seconds between two looks at whether another rank has failed, while waiting for an event.
LOOK = 1.0
# Seconds rank 0 keeps serving after a failure, so that the others can read about it.
FAREWELL = 10.0


class Rendezvous:
    """The meeting point of `world_size` ranks, for one search.

    Args:
        rank: This process's rank.
        world_size: Number of ranks.
        store: A torch.distributed.TCPStore that all ranks have joined.
        beat_store: A second connection to it, for the thread that sends heartbeats.
        rank_timeout: Seconds without a heartbeat after which a rank counts as dead.
    """

    def __init__(
        self, rank: int, world_size: int, store: Any, beat_store: Any, rank_timeout: float
    ) -> None:
        self.rank, self.world_size = rank, world_size
        self._store, self._rank_timeout = store, rank_timeout
        self._ended = threading.Event()
        self._heard: dict[int, tuple[int, float]] = {}
        self._thread = threading.Thread(target=self._beat, args=(beat_store,), daemon=True)
        self._thread.start()

    def next_number(self) -> int:
        """The next number of the counter all ranks share."""
        return int(self._reach(lambda: self._store.add("numbers", 1))) - 1

    def publish(self, number: int, text: str) -> None:
        """Make the event of that number known."""
        self._reach(lambda: self._store.set(f"event/{number}", text))

    def event(self, number: int) -> str:
        """The event of that number, waiting for it.

        Raises:
            RankFailedError: A rank has failed, or is silent, so that it may never come.
        """
        limit = datetime.timedelta(seconds=LOOK)
        while True:
            try:
                self._store.wait([f"event/{number}"], limit)
            except RuntimeError as error:  # DistStoreError, and DistNetworkError in older torch
                self._look(error)
            else:
                return bytes(self._store.get(f"event/{number}")).decode()

    def fail(self, traceback: str) -> None:
        """Tell all ranks that this one has failed."""
        try:
            if not self._store.check(["failed"]):
                self._store.set("failed", f"rank {self.rank} failed:\n{traceback}")
        except RuntimeError:  # rank 0 is gone: the others know already
            pass

    def leave(self, failed: bool) -> None:
        """Part; rank 0 serves until all have, or for a while after a failure."""
        self._ended.set()
        try:
            left = self._store.add("left", 1)
            patience = FAREWELL if failed else self._rank_timeout
            until = time.monotonic() + patience
            while self.rank == 0 and left < self.world_size and time.monotonic() < until:
                time.sleep(0.01)
                left = self._store.add("left", 0)
        except RuntimeError:
            pass

    def _reach(self, ask: Any) -> Any:
        try:
            return ask()
        except RuntimeError as error:
            raise RankFailedError(f"lost contact with rank 0: {error}") from None

    def _look(self, error: RuntimeError) -> None:
        """Find out why an event does not come."""
        try:
            if self._store.check(["failed"]):
                raise RankFailedError(bytes(self._store.get("failed")).decode())
            for rank in range(self.world_size):
                self._listen(rank)
        except RuntimeError:
            raise RankFailedError(f"lost contact with rank 0: {error}") from None

    def _listen(self, rank: int) -> None:
        beats = int(self._store.add(f"beat/{rank}", 0))
        now = time.monotonic()
        before, since = self._heard.setdefault(rank, (beats, now))
        if beats != before:
            self._heard[rank] = (beats, now)
        elif now - since > self._rank_timeout:
            raise RankFailedError(f"rank {rank} has been silent for {self._rank_timeout:g} seconds")

    def _beat(self, store: Any) -> None:
        while not self._ended.wait(min(BEAT, self._rank_timeout / 8)):
            try:
                store.add(f"beat/{self.rank}", 1)
            except RuntimeError:
                return


def meet(group: Group, rank_timeout: float) -> Rendezvous:
    """Make a store on rank 0 and join it from all ranks.

    Args:
        group: The process group, entered.
        rank_timeout: Seconds without a heartbeat after which a rank counts as dead.
    """
    timeout = datetime.timedelta(seconds=rank_timeout)
    new_store = group.dist.TCPStore
    address = server = None
    if group.rank == 0:
        host = os.environ.get("MASTER_ADDR") or socket.gethostname()
        server = new_store(host, 0, None, True, timeout, wait_for_workers=False)
        address = (host, server.port)
    host, port = group.from_rank_0(address)

    def join() -> Any:
        return new_store(host, port, None, False, timeout, wait_for_workers=False)

    return Rendezvous(group.rank, group.world_size, server or join(), join(), rank_timeout)
