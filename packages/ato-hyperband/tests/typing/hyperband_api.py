"""The types that users see; checked by `mypy --strict`, never run."""

from typing import Any, Callable, Dict, Iterator, List, Optional, Sequence, Tuple, Union

from ato_adict import ADict
from ato_hyperband import (
    CategoryParameter,
    DistributedHyperBand,
    Evaluation,
    FloatParameter,
    HyperBand,
    IntegerParameter,
    Outcome,
    Plan,
    Result,
    Rung,
    SearchSpace,
    SettingsError,
    Trial,
)

spaces = {"lr": {"param_type": "FLOAT", "param_range": (1e-5, 1e-1), "space_type": "LOG"}}
hyperband = HyperBand(None, spaces, resource="epochs", max_resource=27, n_jobs=2, grace=1.0)
ranks: HyperBand = DistributedHyperBand(None, spaces, rank=0, world_size=2, rank_timeout=30.0)


@hyperband.main
def train(config: ADict) -> float:
    return 0.0


@hyperband.main
def train_by_epochs(config: ADict) -> Iterator[float]:
    yield 0.0


objective: Callable[[ADict], float] = train.objective
generator: Callable[[ADict], Iterator[float]] = train_by_epochs.objective
result: Result = train()
result = train_by_epochs(["lr=0.1"])
result = train(10, args=["lr=0.1"], data=[1.0])
result = train.with_args(["lr=0.1"])(10)
result = hyperband.run(objective, [], 10, data=[1.0])

config: ADict = result.config
metric: float = result.metric
spent: Union[int, float] = result.total_resource
trials: List[Trial] = result.ranking() + result.failed
logs: List[List[ADict]] = result.logs
shares: Dict[str, float] = result.importance()
history: List[Tuple[Union[int, float], Optional[float]]] = result.history()

trial: Trial = result.best
params: Dict[str, Any] = trial.params
last: Optional[float] = trial.metric
evaluation: Evaluation = trial.evaluations[-1]
outcome: Outcome = evaluation.outcome
curve: Sequence[Tuple[Union[int, float], float]] = outcome.curve

plans: List[Plan] = hyperband.plans
rung: Rung = plans[0].rungs[0]
size: int = rung.size
steps: List[int] = hyperband.compute_optimized_initial_training_steps(100)

space: SearchSpace = hyperband.space
for parameter in space:
    any_kind: Union[FloatParameter, IntegerParameter, CategoryParameter] = parameter
    name: str = parameter.name
    if isinstance(parameter, CategoryParameter):
        categories: List[Any] = parameter.categories
    else:
        low: float = parameter.low

error: ValueError = SettingsError("wrong")
train.nothing  # type: ignore[attr-defined]
hyperband.main(3)  # type: ignore[type-var]

asked = hyperband.ask()
if asked is not None:
    asked.report(asked.resource, 0.5)
    stop: bool = asked.should_stop()
    hyperband.tell(asked, 0.5)
    hyperband.tell(asked, error="out of memory")
hyperband.enqueue({"lr": 0.01})
hyperband.add_result({"lr": 0.01}, 0.5, resource=27)
result = hyperband.result()
where: Union[int, float] = result.resource
anywhere: Tuple[Trial, Evaluation] = result.best_anywhere()
over: bool = hyperband.finished
