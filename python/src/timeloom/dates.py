"""The time stamps that follow a series: whole numbers in a unit of time, stepped by a frequency.

A frequency is a whole number (of the unit of whole numbers), polars' "1h", "2d", "1mo", or pandas' "h", "D", "MS",
"W-MON". Those of pandas that name a day go on to the next such day.
"""

from __future__ import annotations

import operator
import re
from typing import Any

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]

_seconds = {"s": 1, "m": 60, "min": 60, "T": 60, "h": 3600, "H": 3600, "d": 86400, "D": 86400, "w": 604800}
_fractions = {"ms": 1000, "us": 1_000_000, "ns": 1_000_000_000}
_months = {"mo": 1, "q": 3, "y": 12}
_starts = {"MS": 1, "QS": 3, "YS": 12, "AS": 12}
_ends = {"ME": 1, "M": 1, "QE": 3, "Q": 3, "YE": 12, "Y": 12, "A": 12}
_month_names = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]
_day_names = ["MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN"]


def following(last: Integers, h: int, freq: Any, unit: str) -> Integers:
    """The ``h`` time stamps after each of ``last``, shape (series, h).

    unit: "int" for whole numbers, else numpy's unit of the time stamps: "D", "s", "ms", "us" or "ns".
    """
    if unit == "int":
        return last[:, None] + _whole_step(freq) * _counts(h)
    if not isinstance(freq, str):
        raise ValueError(f"freq is {freq}, but the times are dates; give a frequency, such as '1h', 'D' or '1mo'")
    match = re.fullmatch(r"(\d*)([A-Za-z]+)(?:-([A-Z]{3}))?", freq)
    count, name, anchor = (int(match[1] or 1), match[2], match[3]) if match else (0, "", None)
    per_day = 1 if unit == "D" else np.timedelta64(1, "D") // np.timedelta64(1, unit)
    if count and name == "W" and (anchor is None or anchor in _day_names):
        weekday = _day_names.index(anchor or "SUN")
        return _by_weekday(last, h, count, weekday, per_day)
    if count and name in (*_starts, *_ends) and (anchor is None or anchor in _month_names):
        at_end = name in _ends
        period = _ends[name] if at_end else _starts[name]
        month = _month_names.index(anchor or ("DEC" if at_end else "JAN"))
        return _by_anchor(last, h, count * period, period, month, at_end, per_day)
    if anchor is not None or count < 1:
        raise _unknown(freq, unit)
    if name in _months:
        return _by_months(last, _counts(h) * (_months[name] * count), per_day)
    return last[:, None] + _counts(h) * (count * _width(name, unit, freq))


def _counts(h: int) -> Integers:
    return np.arange(1, h + 1, dtype=np.int64)


def _whole_step(freq: Any) -> int:
    try:
        step = operator.index(freq)
    except TypeError:
        raise ValueError(f"freq is {freq!r}, but the times are whole numbers; give a whole number, such as 1") from None
    if step < 1:
        raise ValueError(f"freq is {step}, but must be at least 1")
    return step


def _unknown(freq: str, unit: str) -> ValueError:
    return ValueError(
        f"freq is '{freq}', which the times, in units of '{unit}', cannot be stepped by; give a number with s, m, h, d, "
        "w, mo, q or y, such as '1h', or pandas' s, min, h, D, W, MS, ME, QS, QE, YS, YE"
    )


def _width(name: str, unit: str, freq: str) -> int:
    """How many units of the time stamps a step is long."""
    per_second = {"s": 1, "ms": 1000, "us": 1_000_000, "ns": 1_000_000_000}
    if unit == "D" and name in ("d", "D", "w"):
        return _seconds[name] // 86400
    if name in _seconds and unit in per_second:
        return _seconds[name] * per_second[unit]
    if name in _fractions and unit in per_second and per_second[unit] >= _fractions[name]:
        return per_second[unit] // _fractions[name]
    raise _unknown(freq, unit)


def _by_weekday(last: Integers, h: int, weeks: int, weekday: int, per_day: int) -> Integers:
    """Each ``weeks``-th of these weekdays (Monday is 0), the first of them after ``last``; the time of day is kept."""
    days, time = np.divmod(last, per_day)
    ahead = (weekday - (days + 3)) % 7  # day 0 was a Thursday
    k = np.arange(h) + (ahead == 0)[:, None]
    return ((days + ahead)[:, None] + 7 * weeks * k) * per_day + time[:, None]


def _by_anchor(
    last: Integers, h: int, step: int, period: int, anchor: int, at_end: bool, per_day: int
) -> Integers:
    """First or last days of months ``step`` apart, of which ``anchor`` is one of a ``period``; the first of them after
    ``last``. The time of day is kept."""
    days, time = np.divmod(last, per_day)
    month = days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    behind = (month - anchor) % period
    is_there = (behind == 0) & (days == _day_of(month, at_end))
    start = month + (-behind) % period if at_end else np.where(is_there, month, month - behind + period)
    k = np.arange(h) + is_there[:, None]
    return _day_of(start[:, None] + step * k, at_end) * per_day + time[:, None]


def _day_of(month: Integers, at_end: bool) -> Integers:
    """The first or the last day of a month."""
    if at_end:
        return _day_of(month + 1, False) - 1
    return month.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)


def _by_months(last: Integers, months: Integers, per_day: int) -> Integers:
    """The same day of later months, at most their last; the time of day is kept."""
    days, time = np.divmod(last, per_day)
    month = days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    later = month[:, None] + months
    day = (days - _day_of(month, False))[:, None]
    return np.minimum(_day_of(later, False) + day, _day_of(later, True)) * per_day + time[:, None]
