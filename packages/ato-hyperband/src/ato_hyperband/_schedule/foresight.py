"""Where losses are at the end of training, if they go on as they came.

Where early results mislead, those that lead have mostly ceased to improve, and those that will win
still do. So the loss of a trial is continued to the end along a line in the logarithm of the
resource, through the last two rungs (Domhan, Springenberg and Hutter, IJCAI 2015, extrapolate
learning curves with richer models; a few points carry no more than a line).
"""

from __future__ import annotations

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
