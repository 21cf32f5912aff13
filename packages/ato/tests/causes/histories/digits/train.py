"""Train a classifier on small digits."""

import digits
import nets
import yaml

from ato.scope import Scope
from ato_sql import SQLLogger

scope = Scope()


@scope.observe(default=True)
def defaults(config):
    with open("conf/default.yaml") as file:
        config.update(yaml.safe_load(file))
    config.lr = 0.5
    config.net = "linear"
    config.experiment.project_name = "digits"
    config.experiment.sql.db_path = "experiments.db"


def accuracy(net, rows):
    right = [net.predict(pixels) == label for pixels, label in rows]
    return sum(right) / len(right)


@scope
def main(config):
    logger = SQLLogger(config)
    logger.run()
    rows = digits.load("data/digits.csv")
    net = nets.create(config.net, len(rows[0][0]))
    for epoch in range(config.epochs):
        loss = net.fit(rows, config.lr)
        logger.log_metric("loss", loss, step=epoch)
    logger.log_metric("accuracy", accuracy(net, rows), step=config.epochs)
    logger.finish()


if __name__ == "__main__":
    main()
