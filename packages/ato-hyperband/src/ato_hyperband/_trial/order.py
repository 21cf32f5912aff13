"""Who is better: by one loss, or by several without weighing them against each other.

Several losses are ordered by non-dominated sorting, and within a front by crowding distance, so
that what goes on is spread along it (Deb et al., "A fast and elitist multiobjective genetic
algorithm: NSGA-II", IEEE TEVC 6, 2002).
"""

from __future__ import annotations

from typing import Mapping, Sequence, Tuple, Union

Loss = Union[float, Tuple[float, ...]]


def is_failure(loss: Loss) -> bool:
    """Whether a loss stands for an evaluation that failed."""
    return float("inf") in loss if isinstance(loss, tuple) else loss == float("inf")


def best_first(losses: Mapping[int, Loss]) -> list[int]:
    """Numbers of trials, best first; the earlier of two equals."""
    if not any(isinstance(loss, tuple) for loss in losses.values()):
        return sorted(losses, key=lambda number: (losses[number], number))
    several = {number: _as_tuple(loss) for number, loss in losses.items()}
    return [number for front in fronts(several) for number in _spread(front, several)]


def fronts(losses: Mapping[int, tuple[float, ...]]) -> list[list[int]]:
    """Those that no other dominates, then those that only they dominate, and so on."""
    found: list[list[int]] = []
    # In this order none is dominated by one that comes after it.
    for number in sorted(losses, key=lambda n: (losses[n], n)):
        loss = losses[number]
        for front in found:
            if not any(dominates(losses[other], loss) for other in front):
                front.append(number)
                break
        else:
            found.append([number])
    return found


def dominates(one: Sequence[float], other: Sequence[float]) -> bool:
    """Whether one is nowhere worse than the other, and somewhere better."""
    return all(a <= b for a, b in zip(one, other)) and tuple(one) != tuple(other)


def places(losses: Sequence[Loss]) -> list[int]:
    """How many are better than each; those of one front are equals."""
    if not any(isinstance(loss, tuple) for loss in losses):
        ordered = sorted(losses)
        return [ordered.index(loss) for loss in losses]
    found, better = [0] * len(losses), 0
    for front in fronts({i: _as_tuple(loss) for i, loss in enumerate(losses)}):
        for i in front:
            found[i] = better
        better += len(front)
    return found


def _spread(front: list[int], losses: Mapping[int, tuple[float, ...]]) -> list[int]:
    """A front, the loneliest first: its ends, then who is farthest from both neighbours."""
    distance = dict.fromkeys(front, 0.0)
    for k in range(len(losses[front[0]])):
        line = sorted(front, key=lambda n: (losses[n][k], n))
        low, high = losses[line[0]][k], losses[line[-1]][k]
        distance[line[0]] = distance[line[-1]] = float("inf")
        if low < high < float("inf"):
            for before, here, after in zip(line, line[1:], line[2:]):
                distance[here] += (losses[after][k] - losses[before][k]) / (high - low)
    return sorted(front, key=lambda n: (-distance[n], n))


def _as_tuple(loss: Loss) -> tuple[float, ...]:
    return loss if isinstance(loss, tuple) else (loss,)
