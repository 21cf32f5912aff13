"""Which run of MLflow is below which, as the runs of the tracker are below their parents."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable, Iterator

from ato_sql._errors import NotFoundError
from ato_sql._finder import SQLFinder

if TYPE_CHECKING:
    from mlflow import MlflowClient

PARENT = "mlflow.parentRunId"
OURS = "ato.parent"  # the UUID of the parent, which MLflow may not have, or not yet


class Parents:
    """The exports of parents and children, found by their tags in whatever order they are made.

    Args:
        client: MLflow's.
        finder: The tracker's database.
        name_of: Returns the name of the experiment in which a run is.
    """

    def __init__(
        self, client: MlflowClient, finder: SQLFinder, name_of: Callable[[Any], str]
    ) -> None:
        self._client, self._finder, self._name_of = client, finder, name_of

    def of(self, run: Any) -> str | None:
        """Return the id of the export of a run's parent, None where there is none."""
        if not run.parent_uuid:
            return None
        try:
            parent = self._finder.get_run(run.parent_uuid)
        except NotFoundError:
            return None
        found = self._tagged("ato.uuid", parent.uuid, self._experiments([parent]))
        return next((str(one.info.run_id) for one in found), None)

    def adopt(self, run: Any, export: str) -> None:
        """Put what was exported of a run's children below its newest export."""
        children = self._finder.children(run.id)
        # One of each project is enough: its experiment is that of the others.
        some = {child.project_id: child for child in children}
        for child in self._tagged(OURS, run.uuid, self._experiments(some.values())):
            self._client.set_tag(child.info.run_id, PARENT, export)

    def _experiments(self, runs: Any) -> list[str]:
        found = (self._client.get_experiment_by_name(self._name_of(run)) for run in runs)
        return [str(one.experiment_id) for one in found if one is not None]

    def _tagged(self, tag: str, value: str, experiments: list[str]) -> Iterator[Any]:
        """Yield the runs that have a tag of a value; MLflow gives them in pages."""
        page, asked = None, f"tags.`{tag}` = '{value}'"
        while experiments:
            found = self._client.search_runs(experiments, asked, page_token=page)
            yield from found
            page = getattr(found, "token", None)
            if not page:
                return
