"""Bigrams, counted."""

import collections
import math


class Counts:
    """How often what follows what."""

    def __init__(self):
        self.pairs = collections.Counter()
        self.firsts = collections.Counter()

    def learn(self, words):
        for first, second in zip(words, words[1:]):
            self.pairs[first, second] += 1
            self.firsts[first] += 1


class Bigrams(Counts):
    """Counts with additive smoothing."""

    base = 2

    def __init__(self, smoothing):
        super().__init__()
        self.smoothing = smoothing

    def chance(self, first, second, size):
        seen = self.pairs[first, second] + self.smoothing
        return seen / (self.firsts[first] + self.smoothing * size)

    def perplexity(self, words):
        size = len(set(words))
        bits = [math.log(self.chance(a, b, size), self.base) for a, b in zip(words, words[1:])]
        return self.base ** (-sum(bits) / len(bits))
