"""Read the table."""

import csv


def load(path):
    with open(path, newline="") as file:
        return [float(row["value"]) for row in csv.DictReader(file)]
