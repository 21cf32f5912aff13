"""Train a model of words."""

import os

from lm import corpus, model, schedule

from ato.scope import Scope
from ato_sql import SQLLogger

scope = Scope()


@scope.observe(default=True)
def defaults(config):
    config.smoothing = 0.5
    config.rounds = 3
    config.seed = 1
    config.experiment.project_name = "words"
    config.experiment.sql.db_path = "experiments.db"


@scope.observe()
def long(config):
    config.rounds = 5


@scope
def main(config):
    logger = SQLLogger(config)
    logger.run()
    words = corpus.words(os.environ.get("LM_CORPUS", "corpus/small.txt"))
    bigrams = model.Bigrams(config.smoothing)
    for turn in range(config.rounds):
        part = words[: schedule.part(turn, config.rounds, len(words))]
        bigrams.learn(part)
        logger.log_metric("perplexity", bigrams.perplexity(words), step=turn)
    logger.finish()


main()
