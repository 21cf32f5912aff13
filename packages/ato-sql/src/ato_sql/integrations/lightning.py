"""A logger for PyTorch Lightning: `Trainer(logger=AtoLogger(run))`."""

from __future__ import annotations

import json
from typing import Any, Mapping

try:
    from lightning.pytorch.loggers import Logger
    from lightning.pytorch.utilities import rank_zero_only
except ImportError:  # the package's other name
    from pytorch_lightning.loggers import Logger
    from pytorch_lightning.utilities import rank_zero_only

from ato_sql._write.run import Run
from ato_sql.integrations._numbers import only_numbers


class AtoLogger(Logger):
    """Writes what Lightning logs into an open run. Ending the run is left to whoever opened it.

    Args:
        run: A `Run` of `SQLLogger.start`; on ranks other than 0 it is not used and may be None.

    Example:
        >>> with SQLLogger(config).start() as run:
        ...     Trainer(logger=AtoLogger(run)).fit(model)
    """

    def __init__(self, run: Run | None) -> None:
        super().__init__()
        self._run = run

    @property
    def name(self) -> str:
        """The name Lightning shows."""
        return "ato"

    @property
    def version(self) -> str:
        """The run's UUID."""
        return "" if self._run is None else self._run.uuid

    @rank_zero_only  # type: ignore[untyped-decorator]
    def log_metrics(self, metrics: Mapping[str, Any], step: int | None = None) -> None:
        """Log the numbers among `metrics`."""
        assert self._run is not None
        self._run.log_metrics(only_numbers(metrics), step)

    @rank_zero_only  # type: ignore[untyped-decorator]
    def log_hyperparams(self, params: Any, *args: Any, **kwargs: Any) -> None:
        """Keep hyperparameters that are not in the run's config as a note."""
        values = params if isinstance(params, Mapping) else vars(params)
        if values:
            assert self._run is not None
            self._run.log_note("hyperparameters: " + json.dumps(dict(values), default=repr))

    @rank_zero_only  # type: ignore[untyped-decorator]
    def save(self) -> None:
        """Write what is buffered to the database."""
        assert self._run is not None
        self._run.flush()
