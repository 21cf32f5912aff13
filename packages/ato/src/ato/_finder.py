"""The finder that also explains: what ato adds to that of ato-sql."""

from __future__ import annotations

import ato_sql

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ato._cli.why.explained import Why


class SQLFinder(ato_sql.SQLFinder):
    """`ato_sql.SQLFinder`, which can say why two runs differ."""

    __module__ = "ato"

    def why(self, *runs: int | str, project_name: str | None = None) -> Why:
        """Say why two runs differ, as `ato why` does; a notebook shows tables.

        Args:
            *runs: Two runs, each by its id, UUID, name, or as `'last'` or `'best:loss'`; by default
                the last two of a project.
            project_name: The project, if no runs are given; that which was used last by default.

        Raises:
            NotFoundError: There is no such run, or there are no two.
            TypeError: It is one run, or more than two, or runs and a project.
        """
        from ato._cli.why.command import last_two
        from ato._cli.why.explained import Why
        from ato._cli.why.report import report_of

        keys = [run if isinstance(run, int) else self.named_run(run).id for run in runs]
        if len(keys) not in (0, 2):
            raise TypeError(f"why compares two runs, not {len(keys)}")
        if keys and project_name is not None:
            raise TypeError("why takes two runs or a project, not both")
        with self.stored() as stored:
            return Why(report_of(stored, *(keys or last_two(stored, "why({}, {})", project_name))))
