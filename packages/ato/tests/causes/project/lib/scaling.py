"""Scaling of values."""


def scaled(value, by=0.5):
    def shifted(one):
        return one + 1

    return shifted(value) * by
