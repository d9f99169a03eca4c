"""Intervals from the errors of forecasts of the last part of a series, as statsforecast's ConformalIntervals ask for."""

from __future__ import annotations

from typing import Any, Callable

import numpy as np

from .arrays import Floats

Forecast = dict[str, Floats]


def conformity_scores(
    forecast: Callable[..., Forecast], y: Floats, X: Floats | None, n_windows: int, h: int
) -> Floats:
    """Absolute errors of forecasts of ``h`` steps, one row for each of the last windows: (windows, h)."""
    windows = min(n_windows, (len(y) - 1) // h)
    if windows < 2:
        raise ValueError(f"prediction intervals of {h} steps need at least {2 * h + 1} values, but y has {len(y)}")
    scores = np.empty((windows, h))
    for row in range(windows):
        end = len(y) - (windows - row) * h
        known, future = (None, None) if X is None else (X[:end], X[end : end + h])
        scores[row] = np.abs(forecast(y=y[:end], h=h, X=known, X_future=future)["mean"] - y[end : end + h])
    return scores


def add_intervals(forecast: Forecast, scores: Floats, levels: list[float], method: str) -> Forecast:
    """The forecast with intervals: quantiles of mean ± scores ("conformal_distribution"), or mean ± a quantile of the
    scores ("conformal_error")."""
    mean = forecast["mean"]
    ends: dict[float, tuple[Floats, Floats]] = {}
    for level in levels:
        if method == "conformal_distribution":
            paths = np.vstack([mean - scores, mean + scores])
            tail = (100 - level) / 200
            ends[level] = (np.quantile(paths, tail, axis=0), np.quantile(paths, 1 - tail, axis=0))
        elif method == "conformal_error":
            width = np.quantile(scores, level / 100, axis=0)
            ends[level] = (mean - width, mean + width)
        else:
            raise ValueError(
                f"the method of the prediction intervals is '{method}', but must be 'conformal_distribution' or "
                "'conformal_error'"
            )
    return with_ends(forecast, ends)


def with_ends(forecast: Forecast, ends: dict[float, tuple[Any, Any]], prefix: str = "") -> Forecast:
    """The forecast with columns lo-95, lo-80, hi-80, hi-95, in statsforecast's order."""
    levels = sorted(ends)
    lower = {f"{prefix}lo-{level}": ends[level][0] for level in reversed(levels)}
    upper = {f"{prefix}hi-{level}": ends[level][1] for level in levels}
    return {**forecast, **lower, **upper}
