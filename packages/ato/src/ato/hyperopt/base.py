"""What a search is made of, from ato-hyperband."""

from ato_hyperband import Evaluation, Outcome, Result, SearchSpace, Trial

__all__ = ["Evaluation", "Outcome", "Result", "SearchSpace", "Trial"]
