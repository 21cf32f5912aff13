"""What is better of a metric, as far as its name tells."""

from __future__ import annotations

import re

# Metrics of which the smallest is best, by what stands at an end of their names' words.
_SMALLEST = re.compile(
    r"(?:^|[^a-z])(?:loss|err|error|mse|mae|rmse|nll|perplexity|ppl|wer|cer|fid|regret)s?(?:$|[^a-z])"
    r"|(?:loss|error)$",
    re.IGNORECASE,
)


def usual_mode(metric: str) -> str:
    """Return 'min' or 'max': what is better of a metric of this name."""
    return "min" if _SMALLEST.search(metric) else "max"
