"""Describe an experiment as composable config views, and know why a run changed.

The public paths are `ato.adict`, `ato.scope`, `ato.trace`, `ato.xyz`, `ato.parser`,
`ato.db_routers.sql.manager`, `ato.db_routers.sql.schema`, `ato.hyperopt.hyperband` and
`ato.hyperopt.base`. Importing `ato` itself loads none of them.
"""

from ato._version import __version__

__all__ = ["__version__"]
