"""Search the digits classifier's parameters with Hyperband.

python search.py
python search.py model:=linear           a value given here leaves the search
"""

from train import fit, scope

from ato.adict import ADict
from ato.db_routers.sql.manager import SQLLogger
from ato.hyperopt.hyperband import HyperBand

search_spaces = ADict(
    lr=ADict(param_type="FLOAT", param_range=(1e-4, 1e-1), num_samples=8, space_type="LOG"),
    batch_size=ADict(param_type="INTEGER", param_range=(16, 128), num_samples=4, space_type="LOG"),
    model=ADict(param_type="CATEGORY", categories=["linear", "mlp"]),
)

# Each trial becomes a run below the run of the search.
tracker = SQLLogger(
    ADict(
        experiment=ADict(
            project_name="digits_search", sql=ADict(db_path="sqlite:///experiments.db")
        )
    )
)

hyperband = HyperBand(
    scope,
    search_spaces,
    halving_rate=1 / 3,
    tracker=tracker,
    mode="max",
    resource="epochs",
    max_resource=9,
    seed=0,
)


@hyperband.main
def search(config):
    # A generator is paused after each epoch and goes on only if Hyperband promotes it.
    yield from fit(config)


if __name__ == "__main__":
    best = search()
    parameters = {key: best.config[key] for key in search_spaces}
    print(f"Best config: {parameters}")
    print(f"Best metric: {best.metric:.4f}")
