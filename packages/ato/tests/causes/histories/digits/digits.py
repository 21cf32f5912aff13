"""Read digits: a label, then the brightness of each pixel."""

import csv


def load(path):
    with open(path, newline="") as file:
        return [row_of(cells) for cells in csv.reader(file)]


def row_of(cells):
    label, *pixels = map(int, cells)
    return scale(pixels), label


def scale(pixels):
    return [pixel / 16 for pixel in pixels]
