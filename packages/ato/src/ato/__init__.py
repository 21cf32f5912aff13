"""Describe an experiment as composable config views, and know why a run changed.

The names that most programs need are here, each loaded at its first use: `ato.ADict`, `ato.Scope`,
`ato.MultiScope`, `ato.SQLLogger`, `ato.SQLFinder`, `ato.HyperBand`, `ato.DistributedHyperBand`,
and `ato.ui()`, which shows the page in a notebook. All others are at the public paths `ato.adict`,
`ato.scope`, `ato.trace`, `ato.xyz`, `ato.parser`, `ato.db_routers.sql.manager`,
`ato.db_routers.sql.schema`, `ato.hyperopt.hyperband` and `ato.hyperopt.base`.
Importing `ato` itself loads none of them.
"""

from ato._version import __version__

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ato._finder import SQLFinder
    from ato._ui.notebook import ui
    from ato_adict import ADict
    from ato_hyperband import DistributedHyperBand, HyperBand
    from ato_sql import SQLLogger
    from ato_trace import MultiScope, Scope

__all__ = [
    "ADict",
    "DistributedHyperBand",
    "HyperBand",
    "MultiScope",
    "SQLFinder",
    "SQLLogger",
    "Scope",
    "__version__",
    "ui",
]

_WHERE = {
    "ADict": "ato_adict",
    "DistributedHyperBand": "ato_hyperband",
    "HyperBand": "ato_hyperband",
    "MultiScope": "ato_trace",
    "SQLFinder": "ato._finder",
    "SQLLogger": "ato_sql",
    "Scope": "ato_trace",
    "ui": "ato._ui.notebook",
}

if not TYPE_CHECKING:  # to a type checker the names above are all there is

    def __getattr__(name):
        if name not in _WHERE:
            offered = ", ".join(sorted(_WHERE))
            raise AttributeError(f"module 'ato' has no attribute {name!r}; it offers {offered}")
        from importlib import import_module

        value = globals()[name] = getattr(import_module(_WHERE[name]), name)
        return value


def __dir__() -> "list[str]":
    return sorted({*globals(), *__all__})
