"""A sampler that learns from all rungs: tree-structured Parzen estimators, as in BOHB.

Two densities are kept, of configurations that did well and of the others, and candidates are
ranked by their ratio (Bergstra et al., NeurIPS 2011; Falkner, Klein and Hutter, ICML 2018, for
multivariate kernels and budgets). What differs here:

* One ranking over all rungs. A trial that went further is better than those it left behind, so
  each trial counts where it ended, by its rank among all that were evaluated at that resource.
* A share of draws stays random, from a low-discrepancy sequence (Roberts' generalised golden
  ratio, shifted by the seed), which also makes up the first draws.
* No candidate close to a configuration that was tried already is taken: its result is known.
"""

from __future__ import annotations

from typing import Any

from ato_hyperband._parameters import CategoryParameter
from ato_hyperband._random import mix, uniform
from ato_hyperband._sampling import Sampler
from ato_hyperband._spaces import SearchSpace


class TPESampler(Sampler):
    learns = True

    RANDOM_SHARE = 0.2
    MIN_POINTS = 12
    GOOD_SHARE = 0.15
    CANDIDATES = 32
    NEAR = 0.03
    WIDEN = 1.0
    MODEL = "merged"

    def __init__(self, space: SearchSpace, seed: int) -> None:
        super().__init__(space, seed)
        import numpy as np

        self.np = np
        self._numeric = np.array([not isinstance(p, CategoryParameter) for p in space])
        self._sizes = np.array(
            [p.grid_size() if isinstance(p, CategoryParameter) else 0 for p in space]
        )
        self._points: dict[int, Any] = {}
        self._order = []
        self._by_res: dict[float, dict[int, float]] = {}
        self._alpha, self._shift = _golden(len(space), seed)
        self._all = np.empty((0, len(space)))
        self._model = None
        self._stale = True

    def draw(self, number, bracket):
        trial = super().draw(number, bracket)
        if trial is not None:
            trial.origin = self._origin
            self._all = self.np.vstack([self._all, self._vector(trial.params)])
        return trial

    def observe(self, trial, resource, loss):
        self._stale = True
        self._points[trial.number] = self._vector(trial.params)
        self._by_res.setdefault(resource, {})[trial.number] = loss

    def _vector(self, params):
        return self.np.array(
            [p.to_unit(params[p.name]) if p.name in params else 0.5 for p in self.space]
        )

    def _draw(self, number):
        self._origin = "random"
        if uniform(self.seed, number, 7) >= self.RANDOM_SHARE:
            if self._stale:
                self._model = self._fit()
                self._stale = False
            if self._model is not None:
                p = self._modelled(number)
                if p is not None:
                    self._origin = "model"
                    return p
        return self._unseen(self._quasi(number, a) for a in range(100))

    def _quasi(self, number, attempt):
        if attempt == 0:
            return self.space.from_unit(
                [(s + number * a) % 1 for a, s in zip(self._alpha, self._shift)]
            )
        st = mix(self.seed, number, attempt)
        return self.space.from_unit([uniform(st, k) for k in range(len(self.space))])

    def _ranking(self):
        """Trial numbers best first + ..."""
        np = self.np
        if self.MODEL == "highest":
            for r in sorted(self._by_res, reverse=True):
                d = self._by_res[r]
                if len(d) >= self.MIN_POINTS:
                    return [n for n, _ in sorted(d.items(), key=lambda t: (t[1], t[0]))]
            return None
        if len(self._points) < self.MIN_POINTS:
            return None
        # merged: position by highest rung, score = (rank among evaluated at that resource)
        top = {}
        for r in sorted(self._by_res):
            for n, l in self._by_res[r].items():
                top[n] = (r, l)
        return sorted(top, key=lambda n: (-top[n][0], top[n][1], n))

    def _fit(self):
        np = self.np
        rank = self._ranking()
        if rank is None:
            return None
        n = len(rank)
        ngood = max(
            self.MINGOOD if hasattr(self, "MINGOOD") else 3, int(round(self.GOOD_SHARE * n))
        )
        ngood = min(ngood, getattr(self, "MAXGOOD", 25), n - 1)
        X = np.array([self._points[i] for i in rank])
        return _KDE(np, X[:ngood], self._numeric, self._sizes), _KDE(
            np, X[ngood:], self._numeric, self._sizes
        )

    def _modelled(self, number):
        np = self.np
        good, bad = self._model
        rng = np.random.RandomState(mix(self.seed, number) >> 32)
        c = good.sample(rng, self.CANDIDATES, self.WIDEN)
        score = good.logpdf(c) - bad.logpdf(c)
        order = np.argsort(-score)
        for i in order:
            if self._all.size:
                d = np.abs(self._all - c[i]).max(axis=1).min()
                if d < self.NEAR:
                    continue
            p = self.space.from_unit(c[i])
            k = self.space.key(p)
            if k in self._seen:
                continue
            self._seen.add(k)
            return p
        return None


class _KDE:
    def __init__(self, np, X, numeric, sizes):
        self.np = np
        self.X = X
        self.numeric = numeric
        self.sizes = sizes
        n, d = X.shape
        bw = X.std(axis=0) * 1.06 * n ** (-1 / (d + 4.0))
        self.bw = np.clip(bw, 0.05, 1.0)
        self.d = d

    def sample(self, rng, k, widen):
        np = self.np
        n = len(self.X)
        idx = rng.randint(0, n + 1, size=k)
        U = rng.random_sample((k, self.d))
        base = self.X[np.minimum(idx, n - 1)]
        Z = rng.standard_normal((k, self.d)) * self.bw * widen
        c = base + Z
        # reflect
        c = np.abs(c)
        c = 1 - np.abs(1 - c)
        c = np.clip(c, 0, 1)
        prior = idx == n
        c[prior] = U[prior]
        for j in np.flatnonzero(~self.numeric):
            flip = rng.random_sample(k) < 0.2
            c[:, j] = np.where(flip, U[:, j], base[:, j])
            c[prior, j] = U[prior, j]
        return c

    def logpdf(self, C):
        np = self.np
        n = len(self.X)
        D = (C[:, None, :] - self.X[None]) / self.bw
        L = -0.5 * D * D - np.log(self.bw) - 0.919
        for j in np.flatnonzero(~self.numeric):
            m = self.sizes[j]
            same = np.floor(C[:, j] * m)[:, None] == np.floor(self.X[:, j] * m)[None]
            L[:, :, j] = np.where(same, np.log(0.8 * m + 0.2), np.log(0.2))
        p = np.exp(L.sum(axis=2)).sum(axis=1)
        return np.log((p + 1) / (n + 1))


def _golden(d, seed):
    phi = 2.0
    for _ in range(40):
        phi = (1 + phi) ** (1 / (d + 1))
    alpha = [phi ** -(k + 1) % 1 for k in range(d)]
    return alpha, [uniform(seed, 99, k) for k in range(d)]
