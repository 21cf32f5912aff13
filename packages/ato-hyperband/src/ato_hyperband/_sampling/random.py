"""Counter-based random numbers: a pure function of (seed, counters).

A trial's draw depends on the study seed and the trial's number alone, never on how many draws
came before, so the order in which workers ask cannot change what they get, on any platform and
any Python. The mixer is the finaliser of SplitMix64 (Steele, Lea and Flood, OOPSLA 2014).
"""

from __future__ import annotations

from typing import Any, Sequence

_MASK = 0xFFFFFFFFFFFFFFFF
_GOLDEN = 0x9E3779B97F4A7C15


def mix(*counters: int) -> int:
    """A 64-bit hash of some integers."""
    z = 0
    for counter in counters:
        z = (z + counter + _GOLDEN) & _MASK
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & _MASK
        z ^= z >> 31
    return z


def uniform(*counters: int) -> float:
    """A float in [0, 1) that depends on the counters alone."""
    return (mix(*counters) >> 11) * 2.0**-53


def trial_seed(study_seed: int, trial: int) -> int:
    """The 32-bit seed handed to one trial (what numpy and torch accept everywhere)."""
    return mix(study_seed, trial) >> 32


class Permutation(Sequence[int]):
    """A pseudo-random order of range(n), computed on demand: no list of n numbers is made.

    A four-round Feistel network on the smallest even number of bits that holds n, walked until
    it lands inside (Black and Rogaway, CT-RSA 2002).
    """

    def __init__(self, n: int, seed: int) -> None:
        self._n = n
        self._half = max(1, ((n - 1).bit_length() + 1) // 2)
        self._keys = [mix(seed, round_) for round_ in range(4)]

    def __len__(self) -> int:
        return self._n

    def __getitem__(self, index: Any) -> Any:
        if not 0 <= index < self._n:
            raise IndexError(index)
        value = self._shuffle(index)
        while value >= self._n:
            value = self._shuffle(value)
        return value

    def _shuffle(self, value: int) -> int:
        mask = (1 << self._half) - 1
        left, right = value >> self._half, value & mask
        for key in self._keys:
            left, right = right, left ^ (mix(key, right) & mask)
        return (left << self._half) | right
