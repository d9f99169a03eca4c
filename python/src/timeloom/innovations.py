"""Innovations that are not normal, and what a model makes of them."""

from __future__ import annotations

from typing import Any

import numpy as np

from .arrays import Floats

_distributions = ("bootstrap", "ged", "laplace", "normal", "skew-normal", "t")


def draw(
    rng: np.random.Generator, shape: tuple[int, int], distribution: str, params: dict[str, Any], resid: Floats
) -> Floats:
    """Innovations of mean 0 and variance 1."""
    if distribution == "normal":
        return rng.standard_normal(shape)
    if distribution == "bootstrap":
        known = resid[np.isfinite(resid)]
        if len(known) < 2 or known.std() == 0:
            raise ValueError("error_distribution 'bootstrap' draws from residuals, but the model has none that vary")
        return rng.choice((known - known.mean()) / known.std(), shape)
    if distribution == "laplace":
        return rng.laplace(scale=np.sqrt(0.5), size=shape)
    if distribution == "t":
        df = float(params.get("df", 5))
        if df <= 2:
            raise ValueError(f"df is {df}, but must be above 2, where the variance is finite")
        return rng.standard_t(df, shape) * np.sqrt((df - 2) / df)
    if distribution == "skew-normal":
        delta = float(params.get("skewness", 0))
        delta /= np.sqrt(1 + delta**2)
        half, other = np.abs(rng.standard_normal(shape)), rng.standard_normal(shape)
        mean = delta * np.sqrt(2 / np.pi)
        return (delta * half + np.sqrt(1 - delta**2) * other - mean) / np.sqrt(1 - mean**2)
    if distribution == "ged":
        return _generalized_error(rng, shape, float(params.get("shape", 2)))
    raise ValueError(f"error_distribution is '{distribution}', but must be one of {', '.join(_distributions)}")


def _generalized_error(rng: np.random.Generator, shape: tuple[int, int], beta: float) -> Floats:
    """Density proportional to exp(-|x|^beta), scaled to variance 1."""
    from math import exp, lgamma

    if beta <= 0:
        raise ValueError(f"shape is {beta}, but must be positive")
    size = rng.gamma(1 / beta, size=shape) ** (1 / beta)
    deviation = exp((lgamma(3 / beta) - lgamma(1 / beta)) / 2)
    return rng.choice((-1.0, 1.0), shape) * size / deviation


def impulse_response(orders: tuple[int, ...], params: dict[str, float], steps: int) -> Floats:
    """ψ of (1 - φ B - …)(1 - Φ B^s - …)(1 - B)^d (1 - B^s)^D y = (1 + θ B + …)(1 + Θ B^s + …) e, shape (steps,)."""
    p, d, q, P, D, Q, s = orders

    def factor(name: str, order: int, season: int, sign: float) -> Floats:
        polynomial = np.zeros(order * season + 1)
        polynomial[0] = 1
        for k in range(1, order + 1):
            polynomial[k * season] = sign * params[name.format(k * season)]
        return polynomial

    left = np.convolve(factor("ar.L{}", p, 1, -1), factor("ar.S.L{}", P, s, -1))
    right = np.convolve(factor("ma.L{}", q, 1, 1), factor("ma.S.L{}", Q, s, 1))
    season = np.zeros(s + 1)
    season[0], season[-1] = 1, -1
    for difference, times in ((np.array([1.0, -1.0]), d), (season, D)):
        for _ in range(times):
            left = np.convolve(left, difference)
    psi = np.zeros(steps)
    for k in range(steps):
        psi[k] = right[k] if k < len(right) else 0
        lags = min(k, len(left) - 1)
        psi[k] -= left[1 : lags + 1] @ psi[k - lags : k][::-1] if lags else 0
    return psi
