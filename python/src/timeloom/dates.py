"""The time stamps that follow a series: whole numbers in a unit of time, stepped by a frequency.

A frequency is a whole number (of the unit of whole numbers), polars' "1h", "2d", "1mo", or pandas' "h", "D", "MS".
"""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]

_seconds = {"s": 1, "m": 60, "min": 60, "T": 60, "h": 3600, "H": 3600, "d": 86400, "D": 86400, "w": 604800, "W": 604800}
_fractions = {"ms": 1000, "us": 1_000_000, "ns": 1_000_000_000}
_months = {
    "mo": (1, ""), "q": (3, ""), "y": (12, ""),
    "MS": (1, "start"), "QS": (3, "start"), "YS": (12, "start"), "AS": (12, "start"),
    "ME": (1, "end"), "M": (1, "end"), "QE": (3, "end"), "Q": (3, "end"), "YE": (12, "end"), "Y": (12, "end"), "A": (12, "end"),
}  # fmt: skip


def following(last: Integers, h: int, freq: int | str, unit: str) -> Integers:
    """The ``h`` time stamps after each of ``last``, shape (series, h).

    unit: "int" for whole numbers, else numpy's unit of the time stamps: "D", "s", "ms", "us" or "ns".
    """
    steps = np.arange(1, h + 1, dtype=np.int64)
    if unit == "int":
        if isinstance(freq, str):
            raise ValueError(f"freq is '{freq}', but the times are whole numbers; give a whole number, such as 1")
        return last[:, None] + freq * steps
    if not isinstance(freq, str):
        raise ValueError(f"freq is {freq}, but the times are dates; give a frequency, such as '1h', 'D' or '1mo'")
    match = re.fullmatch(r"(\d*)([A-Za-z]+)(?:-[A-Z]{3})?", freq)
    count, name = (int(match[1] or 1), match[2]) if match else (0, "")
    if name in _months:
        months, anchor = _months[name]
        return _by_months(last, steps * (months * count), anchor, unit)
    return last[:, None] + steps * (count * _width(name, unit, freq))


def _width(name: str, unit: str, freq: str) -> int:
    """How many units of the time stamps a step is long."""
    per_second = {"s": 1, "ms": 1000, "us": 1_000_000, "ns": 1_000_000_000}
    if unit == "D" and name in ("d", "D", "w", "W"):
        return _seconds[name] // 86400
    if name in _seconds and unit in per_second:
        return _seconds[name] * per_second[unit]
    if name in _fractions and unit in per_second and per_second[unit] >= _fractions[name]:
        return per_second[unit] // _fractions[name]
    raise ValueError(
        f"freq is '{freq}', which the times, in units of '{unit}', cannot be stepped by; give a number with s, m, h, d, "
        "w, mo, q or y, such as '1h', or pandas' s, min, h, D, W, MS, ME, QS, QE, YS, YE"
    )


def _by_months(last: Integers, months: Integers, anchor: str, unit: str) -> Integers:
    """The same day of later months, at most their last, or their first or last day; the time of day is kept."""
    per_day = 1 if unit == "D" else np.timedelta64(1, "D") // np.timedelta64(1, unit)
    days, time = np.divmod(last, per_day)
    month = days.astype("datetime64[D]").astype("datetime64[M]")
    later = month[:, None] + months.astype("timedelta64[M]")
    first = later.astype("datetime64[D]")
    length = ((later + 1).astype("datetime64[D]") - first).astype(np.int64)
    day = (days.astype("datetime64[D]") - month.astype("datetime64[D]")).astype(np.int64)[:, None]
    day = {"start": np.zeros_like(length), "end": length - 1, "": np.minimum(day, length - 1)}[anchor]
    return (first.astype(np.int64) + day) * per_day + time[:, None]
