"""The model, and what it is built of."""

import random
from dataclasses import dataclass

from lib import losses
from lib.layers import Layer

MODELS = {}
DECAY = 0.5


def register(name):
    def add(cls):
        MODELS[name] = cls
        return cls

    return add


@dataclass
class Options:
    momentum: float = 0.9
    shift: float = 0.25


class Base:
    rate = 1.5

    def __init__(self, config):
        self.lr = config.lr * len(config.layers)
        self.options = Options()
        self.noise = random.Random(config.seed).random()

    def penalty(self, value):
        return value * 0.01

    @property
    def gain(self):
        return self.rate * DECAY + self.options.shift

    @staticmethod
    def clip(value, most=100.0):
        return min(value, most)


@register("linear")
class Linear(Base):
    def __init__(self, config):
        super().__init__(config)
        self.layer = Layer(2)

    def fit(self, rows):
        total = self.clip(sum(self.terms(rows)))
        return total * self.lr * self.gain + self.penalty(total) + self.noise

    def penalty(self, value):
        return super().penalty(value) + 1

    def terms(self, rows):
        for row in rows:
            yield self.layer(row) * self.options.momentum + losses.loss(row)


@register("constant")
class Constant(Base):
    def fit(self, rows):
        return self.lr


def build(name, config):
    return MODELS[name](config)
