"""A linear classifier."""

import math

DECAY = 0.0


def sigmoid(value):
    return 1 / (1 + math.exp(-value))


class Linear:
    """Logistic regression."""

    start = 0.0

    def __init__(self, width, bias=0.0):
        self.weights = [self.start] * width
        self.bias = bias

    def score(self, pixels):
        return sum(w * x for w, x in zip(self.weights, pixels)) + self.bias

    def predict(self, pixels):
        return int(self.score(pixels) > 0)

    def fit(self, rows, lr):
        total = 0.0
        for pixels, label in rows:
            error = sigmoid(self.score(pixels)) - label
            self.step(pixels, error, lr)
            total += error * error
        return total / len(rows)

    def step(self, pixels, error, lr):
        for n, pixel in enumerate(pixels):
            self.weights[n] -= lr * (error * pixel + DECAY * self.weights[n])
        self.bias -= lr * error
