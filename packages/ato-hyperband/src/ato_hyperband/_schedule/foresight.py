"""Where losses are at the end of training, if they go on as they came.

Where early results mislead, those that lead have mostly ceased to improve, and those that will win
still do. So the loss of a trial is continued to the end along a line in the logarithm of the
resource, through the last two rungs (Domhan, Springenberg and Hutter, IJCAI 2015, extrapolate
learning curves with richer models; a few points carry no more than a line).
"""

from __future__ import annotations

import itertools
import math
from typing import Mapping, Sequence

from ato_hyperband._trial.brackets import Resource
from ato_hyperband._trial.order import Loss, is_failure


def foreseen(
    reported: Sequence[Mapping[int, Loss]], resources: Sequence[Resource], end: Resource
) -> Mapping[int, Loss]:
    """Losses by trial as they may be at the end; as they are where nothing tells.

    Args:
        reported: Losses by trial of each rung so far, the lowest first.
        resources: The resource of each of these rungs.
        end: The resource to look ahead to.
    """
    here = reported[-1]
    if len(reported) < 2:
        return here
    reach = math.log(end / resources[-1]) / math.log(resources[-1] / resources[-2])
    return {number: _continued(reported[-2][number], loss, reach) for number, loss in here.items()}


def _continued(before: Loss, loss: Loss, reach: float) -> Loss:
    if is_failure(loss) or isinstance(loss, tuple) or isinstance(before, tuple):
        return loss  # several objectives go on as they are: their fronts are not lines
    return loss + (loss - before) * reach


def lines_tell_more(
    reported: Sequence[Mapping[int, Loss]], resources: Sequence[Resource], fewest: int
) -> bool:
    """Whether lines foretold the order of trials at later rungs better than losses did.

    Args:
        reported: Losses by trial of each rung of a bracket that has ended.
        resources: The resource of each of these rungs.
        fewest: Pairs of trials that must have been compared.
    """
    pairs = by_line = by_loss = 0
    for rung in range(2, len(reported)):
        after, before = reported[rung], reported[rung - 1]
        line = foreseen(reported[:rung], resources[:rung], resources[rung])
        pairs += len(after) * (len(after) - 1) // 2
        by_line += _agreement(line, after)
        by_loss += _agreement(before, after)
    return pairs >= fewest and by_line > by_loss


def _agreement(told: Mapping[int, Loss], found: Mapping[int, Loss]) -> int:
    """Pairs of trials that are in the order told, less those that are in the other."""
    return sum(
        _order(told[one], told[other]) * _order(found[one], found[other])
        for one, other in itertools.combinations(sorted(found), 2)
    )


def _order(one: Loss, other: Loss) -> int:
    # Whoever compares them gives both of one search: both are numbers, or both are tuples.
    return (one > other) - (one < other)  # type: ignore[operator]
