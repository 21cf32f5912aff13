"""Train a small model on a table."""

import model
from lib.steps import schedule

import data
from ato.scope import Scope
from ato_sql import SQLLogger

scope = Scope()


@scope.observe(default=True)
def defaults(config):
    config.lr = 0.1
    config.epochs = 2
    config.seed = 1
    config.table = "data/train.csv"
    config.layers = [4, 2]
    config.experiment.project_name = "small"
    config.experiment.sql.db_path = "experiments.db"


@scope.observe()
def longer(config):
    config.epochs = 4


@scope
def main(config):
    logger = SQLLogger(config)
    logger.run()
    rows = data.load(config.table)
    net = model.build("linear", config)
    for epoch in range(config.epochs):
        logger.log_metric("loss", net.fit(rows) * schedule(epoch), step=epoch)
    logger.finish()


main()
