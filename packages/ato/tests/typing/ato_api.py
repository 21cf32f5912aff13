"""The types that users see; checked by `mypy --strict` and pyright, never run."""

from typing import Any, List, Type, Union

from starlette.applications import Starlette
from starlette.routing import Mount

import ato
from ato import adict, parser, scope, trace, xyz
from ato.adict import ADict
from ato.db_routers.sql.manager import SQLFinder, SQLLogger
from ato.db_routers.sql.schema import Artifact, Base, Experiment, Metric, Project
from ato.hyperopt.base import Outcome, Result, Trial
from ato.hyperopt.hyperband import DistributedHyperBand, HyperBand
from ato.page import page_app
from ato_sql import NotFound
from ato_sql.reading import ReadOnlyDatabase

version: str = ato.__version__

# -- the old paths lead to the same classes, with their types

config: ADict = adict.ADict(lr=0.1)
frozen: Type[Exception] = adict.FrozenError
views: scope.Scope = scope.Scope()
several: scope.MultiScope = scope.MultiScope(views)
tokens: List[parser.Token] = parser.parse_tokens(["lr=0.1"])
text: str = xyz.dumps({"lr": 0.1})


@views.observe(default=True)
def defaults(config: ADict) -> None:
    config.lr = 0.1


# -- what is traced and what is decorated keeps its type


@views.trace
def double(value: int) -> int:
    return 2 * value


doubled: int = double(2)
print_of: trace.Fingerprint = trace.fingerprint(double)


@views
def main(config: ADict, epochs: int = 1) -> float:
    rate: float = config.lr
    return rate * epochs


# -- tracked, found again, searched

with SQLLogger(config).start(tags=["baseline"]) as run:
    run.log_metric("acc", 0.9, step=0)

finder = SQLFinder(config)
found: List[Experiment] = finder.search("lr<0.05 tag:baseline", project_name="p")
best: Union[Experiment, NotFound] = finder.find_best_run("p", "acc")
if best:
    narrowed: Experiment = best

models: List[Type[Base]] = [Artifact, Experiment, Metric, Project]
search: HyperBand = HyperBand(views, ADict(), halving_rate=0.3, num_min_samples=3, mode="max")
distributed: Type[HyperBand] = DistributedHyperBand
trials: List[Type[Any]] = [Trial, Outcome, Result]

# -- the page inside a server of one's own

page = page_app(ReadOnlyDatabase("experiments.db"), 8000, allow_hosts=["lab"])
server = Starlette(routes=[Mount("/runs", page)])
