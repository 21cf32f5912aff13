"""Hyperband with successive halving: serial, parallel, distributed, resumable."""

from ato_adict import lazy_exports
from ato_hyperband._errors import (
    AllTrialsFailedError,
    CommandLineError,
    ObjectiveError,
    RankFailedError,
    SearchError,
    SettingsError,
    SpaceError,
    StudyDamagedError,
    StudyMismatchError,
)
from ato_hyperband._hyperband import HyperBand
from ato_hyperband._space.parameters import CategoryParameter, FloatParameter, IntegerParameter
from ato_hyperband._space.spaces import SearchSpace
from ato_hyperband._trial.brackets import Plan, Rung
from ato_hyperband._trial.trial import Evaluation, Outcome, Trial
from ato_hyperband._version import __version__

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ato_hyperband._asking import AskedTrial
    from ato_hyperband._distributed import DistributedHyperBand
    from ato_hyperband._report.result import Result
    from ato_hyperband._report.rungs import RankCorrelation, rank_correlations
else:
    __getattr__ = lazy_exports(
        __name__,
        {
            "_asking": ["AskedTrial"],
            "_distributed": ["DistributedHyperBand"],
            "_report.result": ["Result"],
            "_report.rungs": ["RankCorrelation", "rank_correlations"],
        },
    )

__all__ = [
    "HyperBand",
    "DistributedHyperBand",
    "Result",
    "RankCorrelation",
    "rank_correlations",
    "Trial",
    "AskedTrial",
    "Evaluation",
    "Outcome",
    "SearchSpace",
    "FloatParameter",
    "IntegerParameter",
    "CategoryParameter",
    "Plan",
    "Rung",
    "SearchError",
    "SpaceError",
    "SettingsError",
    "CommandLineError",
    "ObjectiveError",
    "AllTrialsFailedError",
    "StudyDamagedError",
    "StudyMismatchError",
    "RankFailedError",
    "__version__",
]
