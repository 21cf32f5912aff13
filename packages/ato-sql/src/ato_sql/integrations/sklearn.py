"""The candidates of a scikit-learn search as runs."""

from __future__ import annotations

from typing import Any

from ato_sql._logger import SQLLogger
from ato_sql._write.run import Run


def log_search(logger: SQLLogger, search: Any, parent: Run | None = None) -> list[int]:
    """Log each candidate of a fitted `GridSearchCV`, `RandomizedSearchCV` or halving search.

    The candidate's parameters are the run's config below `params`, beside the logger's config; each
    test score is a metric with the fold as its step, each mean a metric of its own.

    Args:
        logger: The tracker.
        search: A fitted search.
        parent: The run the candidates belong to.

    Returns:
        The run ids, in the order of `search.cv_results_`.
    """
    results = search.cv_results_
    scores = [key[len("mean_test_") :] for key in results if key.startswith("mean_test_")]
    return [
        _log_candidate(logger, search, index, params, scores, parent)
        for index, params in enumerate(results["params"])
    ]


def _log_candidate(
    logger: SQLLogger,
    search: Any,
    index: int,
    params: dict[str, Any],
    scores: list[str],
    parent: Run | None,
) -> int:
    config = {**logger.config, "params": params}
    with logger.start(tags=[type(search).__name__], parent=parent, config=config) as run:
        for name in scores:
            run.log_metric(f"mean_{name}", search.cv_results_[f"mean_test_{name}"][index], step=0)
            for fold in range(search.n_splits_):
                value = search.cv_results_[f"split{fold}_test_{name}"][index]
                run.log_metric(name, value, step=fold)
    return run.id
