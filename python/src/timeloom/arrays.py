"""What callers hand in, as the arrays that the compiled core takes."""

from __future__ import annotations

import operator
from numbers import Real
from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


def series_of(y: ArrayLike, name: str = "y") -> Floats:
    """One series as float64, shape (n,). NaN is a missing value."""
    values = np.ascontiguousarray(y, dtype=np.float64)
    if values.ndim == 2 and values.shape[1] == 1:
        values = values[:, 0].copy()
    if values.ndim != 1:
        raise ValueError(f"{name} must have one axis, but its shape is {values.shape}")
    return values


def regressors_of(X: ArrayLike | None, rows: int, name: str = "X") -> Floats | None:
    """Regressors as float64, shape (rows, columns); None where there are none."""
    if X is None:
        return None
    values = np.ascontiguousarray(X, dtype=np.float64)
    if values.ndim == 1:
        values = values.reshape(-1, 1)
    if values.ndim != 2 or values.shape[0] != rows:
        raise ValueError(f"{name} must have the shape ({rows}, columns), but has {values.shape}")
    return values if values.shape[1] > 0 else None


def sorted_levels(level: Any) -> list[float]:
    """Levels of intervals in percent, ascending; a single number counts as a list of one."""
    if level is None:
        return []
    levels = list(level) if np.iterable(level) and not isinstance(level, str) else [level]
    for each in levels:
        if not isinstance(each, Real) or not 0 < each < 100:
            raise ValueError(f"level is {each!r}, but must lie between 0 and 100 percent")
    return sorted(levels)


def whole_number(name: str, value: Any, least: int) -> int:
    """An argument that counts. Raises ValueError where it is no whole number, or less than ``least``."""
    try:
        number = operator.index(value)
    except TypeError:
        raise ValueError(f"{name} is {value!r}, but must be a whole number") from None
    if number < least:
        raise ValueError(f"{name} is {number}, but must be at least {least}")
    return number


def quantile_of(level: float) -> float:
    """How many standard errors an interval of this level in percent reaches to either side."""
    return NormalDist().inv_cdf(0.5 + level / 200)
