"""What a search takes beside its settings: first configurations, known results, asks and tells."""

from __future__ import annotations

import threading
from typing import Mapping

from ato_hyperband._errors import SettingsError
from ato_hyperband._schedule.settings import check_positive
from ato_hyperband._study.given import Given

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Sequence

    from ato_hyperband._asking import AskedTrial, Asking
    from ato_hyperband._report.result import Result
    from ato_hyperband._schedule.settings import Settings
    from ato_hyperband._space.spaces import SearchSpace
    from ato_hyperband._trial.brackets import Resource


# Of every search in this process; an attribute could not be sent to others.
_BEGINNING = threading.Lock()


class AskTell:
    """The part of HyperBand for loops that cannot be turned inside out."""

    __module__ = "ato_hyperband"

    space: SearchSpace
    settings: Settings

    def __init__(self) -> None:
        self.given: list[Given] = []
        self._asking: Asking | None = None

    def enqueue(self, params: Mapping[str, Any]) -> None:
        """Try this configuration first, or next where the search is under way.

        Args:
            params: Values by dotted name or nested; parameters left out are drawn. What the
                constraint does not allow is left out, with a warning, when its turn comes.

        Raises:
            SettingsError: A name is no parameter, or a value is none that could be drawn.
        """
        from ato_hyperband._space.given import check_on_grid, checked

        if not isinstance(params, Mapping):
            raise SettingsError(f"enqueue() takes values by the names of parameters: {params!r}")
        values = checked(self.space, params)
        if self.settings.sampler == "grid":
            check_on_grid(self.space, values)
        self._give(Given(values))

    def add_result(
        self,
        config: Mapping[str, Any],
        metric: float | Sequence[float],
        resource: Resource | None = None,
    ) -> None:
        """Let the sampler know a result from elsewhere, such as that of an earlier run.

        It teaches `sampler='tpe'` where to look, and is no trial of this search: enqueue what is
        to be tried again.

        Args:
            config: What has the parameters, such as the config of a run.
            metric: What it was worth; of several objectives one number for each.
            resource: How far it was trained; to the end by default.

        Raises:
            SettingsError: A parameter is missing, or has a value that could not be drawn.
            ObjectiveError: The metric is no number, or not one for each objective.
        """
        from ato_hyperband._objective.objective import as_metrics
        from ato_hyperband._space.given import taken_from

        if resource is None:
            resource = self.settings.max_resource or 1
        check_positive("resource", resource)
        params = taken_from(self.space, config)
        metrics = as_metrics(metric, "known is worth", len(self.settings.modes))
        self._give(Given(params, metrics[0], resource, metrics if len(metrics) > 1 else ()))

    def _give(self, given: Given) -> None:
        self.given.append(given)
        if self._asking is not None:
            self._asking.give(given)

    def ask(self, args: Sequence[str] | None = None) -> AskedTrial | None:
        """A trial for a loop of your own to train; None when there is none left.

        None too where trials that were asked for must be told first; `finished` says which. The
        trials are those of `run`, and a trial that is promoted is asked for again.

        Args:
            args: Command-line tokens, at the first call; None for those of the program.
        """
        if self._asking is None:
            from ato_hyperband._asking import Asking

            with _BEGINNING:  # of several threads the first one begins the search
                if self._asking is None:
                    self._asking = Asking(self, args)
        return self._asking.ask()

    def tell(self, trial: AskedTrial, metric: Any = None, error: str | None = None) -> None:
        """Say what came of a trial, trained until `trial.resource`.

        Args:
            trial: What `ask` gave.
            metric: What it is worth. Where its reports have said so already this adds nothing.
            error: Why it failed, in place of a metric.

        Raises:
            ObjectiveError: The metric is no number.
            SettingsError: It is not what `ask` gave.
        """
        from ato_hyperband._asking import AskedTrial

        if not isinstance(trial, AskedTrial):
            raise SettingsError(f"tell() takes the trial that ask() gave, not {trial!r}")
        trial.tell(metric, error)

    @property
    def finished(self) -> bool:
        """Whether a search by `ask` and `tell` is over."""
        return self._asking is not None and self._asking.finished

    def result(self) -> Result:
        """What a search by `ask` and `tell` has found so far.

        Raises:
            AllTrialsFailedError: Nothing was told that worked.
            SettingsError: Nothing was asked for.
        """
        if self._asking is None:
            raise SettingsError("result() is of a search by ask() and tell(), which was not begun")
        return self._asking.result()

    def close(self) -> None:
        """End a search by `ask` and `tell` early; another can go on from its storage."""
        if self._asking is not None:
            self._asking.close()
