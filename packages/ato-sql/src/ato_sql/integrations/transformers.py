"""A callback for the Hugging Face Trainer: `Trainer(callbacks=[AtoCallback(run)])`."""

from __future__ import annotations

from typing import Any

from transformers import TrainerCallback

from ato_sql._write.run import Run
from ato_sql.integrations._numbers import only_numbers


class AtoCallback(TrainerCallback):
    """Writes what the Trainer logs into an open run. Ending the run is left to whoever opened it.

    Args:
        run: A `Run` of `SQLLogger.start`; on processes other than the first it is not used.

    Example:
        >>> with SQLLogger(config).start() as run:
        ...     Trainer(model, arguments, callbacks=[AtoCallback(run)]).train()
    """

    def __init__(self, run: Run | None) -> None:
        self._run = run

    def on_log(self, args: Any, state: Any, control: Any, logs: Any = None, **kwargs: Any) -> None:
        """Log the numbers among what the Trainer reports, at its global step."""
        if self._run is not None and state.is_world_process_zero:
            self._run.log_metrics(only_numbers(logs or {}), step=state.global_step)
