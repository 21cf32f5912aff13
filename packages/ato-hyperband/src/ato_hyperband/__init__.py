"""Hyperband with successive halving: serial, parallel, distributed, resumable."""

from ato_hyperband._distributed import DistributedHyperBand
from ato_hyperband._errors import (
    AllTrialsFailedError,
    CommandLineError,
    ObjectiveError,
    RankFailedError,
    SearchError,
    SettingsError,
    SpaceError,
    StudyMismatchError,
)
from ato_hyperband._hyperband import HyperBand
from ato_hyperband._result import Result
from ato_hyperband._spaces import SearchSpace
from ato_hyperband._trial import Evaluation, Outcome, Trial
from ato_hyperband._version import __version__

__all__ = [
    "HyperBand",
    "DistributedHyperBand",
    "Result",
    "Trial",
    "Evaluation",
    "Outcome",
    "SearchSpace",
    "SearchError",
    "SpaceError",
    "SettingsError",
    "CommandLineError",
    "ObjectiveError",
    "AllTrialsFailedError",
    "StudyMismatchError",
    "RankFailedError",
    "__version__",
]
