"""The process group of `torch.distributed`: used as it is found, or made and taken down."""

from __future__ import annotations

import os
import sys
from typing import Any

from ato_hyperband._errors import SettingsError


class Group:
    """Which rank this process is, of how many; inside a `with`, the ranks can talk.

    Args:
        rank: This process's rank; None for that of the process group, or $RANK.
        world_size: Number of ranks; None for that of the process group, or $WORLD_SIZE.

    Raises:
        SettingsError: They contradict the process group or each other, or torch is missing.
    """

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

    def __enter__(self) -> Group:
        self.dist = _torch_distributed()
        if not self.dist.is_initialized():
            self.dist.init_process_group("gloo", rank=self.rank, world_size=self.world_size)
            self._made = True
        return self

    def __exit__(self, *error: object) -> None:
        if self._made:
            self.dist.destroy_process_group()

    def from_rank_0(self, value: Any) -> Any:
        """What rank 0 gives here, on all ranks."""
        shared = [value]
        self.dist.broadcast_object_list(shared, src=0)
        return shared[0]

    def of_all(self, value: Any) -> list[Any]:
        """What each rank gives here, by rank, on all ranks."""
        gathered: list[Any] = [None] * self.world_size
        self.dist.all_gather_object(gathered, value)
        return gathered


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
