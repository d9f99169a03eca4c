"""Data frames in long form (unique_id, ds, y), read into arrays and made from arrays, of pandas or through Arrow's C
stream (polars, pyarrow and others), none of which is imported here."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import Any

import numpy as np

from . import _core
from .arrays import Floats
from .dates import Integers, following


@dataclass
class Panel:
    """Series one behind the other: series i has the rows from offsets[i] to offsets[i + 1], in the order of time."""

    ids: Any  # what the series are called, (series,)
    offsets: Integers  # (series + 1,)
    times: Integers  # (rows,), in units of the source
    values: Floats  # (rows,)
    exog: Floats | None  # (rows, columns)
    exog_names: list[str]

    @property
    def last(self) -> Integers:
        """The last time of each series, (series,)."""
        return self.times[self.offsets[1:] - 1]


class _Source:
    """A frame whose columns can be read; subclasses know how."""

    def __init__(self, frame: Any, id_col: str, time_col: str) -> None:
        self.frame, self.id_col, self.time_col = frame, id_col, time_col

    def names(self) -> list[str]:
        raise NotImplementedError

    def floats(self, column: str) -> Floats:
        raise NotImplementedError

    def times(self) -> Integers:
        """In units of ``unit()``."""
        raise NotImplementedError

    def unit(self) -> str:
        """Numpy's unit of the times, "D", "s", "ms", "us" or "ns", or "int" for whole numbers."""
        raise NotImplementedError

    def runs(self) -> tuple[Integers, Any]:
        """Where runs of equal ids begin, and their ids."""
        raise NotImplementedError

    def panel(self, target_col: str | None) -> Panel:
        """The series, sorted by id (in the order of the rows where they already lie together) and time."""
        for column in (self.id_col, self.time_col, target_col):
            if column is not None and column not in self.names():
                raise ValueError(f"there is no column '{column}', but these: {', '.join(map(str, self.names()))}")
        exog_names = [n for n in self.names() if n not in (self.id_col, self.time_col, target_col)]
        times = self.times()
        starts, ids = self.runs()
        offsets = np.append(starts, len(times)).astype(np.int64)
        rows, ids, offsets = _sorted_rows(ids, offsets, times)
        values = np.empty(len(times)) if target_col is None else self.floats(target_col)
        exog = np.column_stack([self.floats(n) for n in exog_names]) if exog_names else None
        if rows is not None:
            times, values = times[rows], values[rows]
            exog = None if exog is None else exog[rows]
        _require_rising(ids, offsets, times)
        exog = None if exog is None else np.ascontiguousarray(exog)
        return Panel(ids, offsets, times, np.ascontiguousarray(values), exog, exog_names)

    def following(self, last: Integers, h: int, freq: Any) -> Integers:
        """The ``h`` times after each of ``last``, (series, h)."""
        raise NotImplementedError

    def result(self, ids: Any, times: Integers, columns: dict[str, Any]) -> Any:
        """A frame of the same kind: ids with their ``times``, (series, h), and these columns."""
        raise NotImplementedError


def _sorted_rows(ids: Any, offsets: Integers, times: Integers) -> tuple[Integers | None, Any, Integers]:
    """The order of rows in which series lie together and rise in time; None where they already do."""
    count = len(offsets) - 1
    falls = np.diff(times) < 0
    falls[offsets[1:-1] - 1] = False
    labels, numbers = _numbered(ids)
    if len(labels) == count and not falls.any():
        return None, ids, offsets
    labels, numbers = _ascending(labels, numbers)
    of_row = np.repeat(numbers, np.diff(offsets))
    rows = np.lexsort((times, of_row))
    ends = np.cumsum(np.bincount(of_row, minlength=len(labels)))
    return rows, labels, np.concatenate([[0], ends]).astype(np.int64)


def _numbered(ids: Any) -> tuple[list[Any], Integers]:
    """The distinct ids, and which of them each one is."""
    places: dict[Any, int] = {}
    each = ids.tolist() if isinstance(ids, np.ndarray) else ids
    try:
        numbers = np.fromiter((places.setdefault(name, len(places)) for name in each), np.int64, len(each))
    except TypeError:
        raise ValueError("the names of the series must be texts, whole numbers or other values that do not change") from None
    return list(places), numbers


def _ascending(labels: list[Any], numbers: Integers) -> tuple[Any, Integers]:
    try:
        order = np.array(sorted(range(len(labels)), key=labels.__getitem__), dtype=np.int64)
    except TypeError:
        kinds = ", ".join(sorted({type(label).__name__ for label in labels}))
        raise ValueError(f"the names of the series are of several kinds ({kinds}), which cannot be sorted; make them texts") from None
    ascending = [labels[i] for i in order.tolist()]
    whole = all(isinstance(label, int) for label in ascending)
    return np.array(ascending, dtype=np.int64) if whole else ascending, np.argsort(order)[numbers]


def _require_rising(ids: Any, offsets: Integers, times: Integers) -> None:
    same = np.diff(times) == 0
    same[offsets[1:-1] - 1] = False
    if same.any():
        row = int(np.argmax(same))
        series = int(np.searchsorted(offsets, row, side="right")) - 1
        raise ValueError(f"series '{ids[series]}' has two rows of one time; keep one of them")


def _require_fit(times: Integers, dtype: Any) -> None:
    """Raises ValueError for whole numbers that go beyond the type of the column."""
    if dtype.kind in "iu" and times.size and times.max() > np.iinfo(getattr(dtype, "numpy_dtype", dtype)).max:
        raise ValueError(f"the times go on to {times.max()}, which {dtype} does not hold; make them int64")


class _Pandas(_Source):
    def names(self) -> list[str]:
        names = self.frame.columns
        if names.has_duplicates:
            raise ValueError(f"there are several columns '{names[names.duplicated()][0]}'; keep one of them")
        return list(names)

    def floats(self, column: str) -> Floats:
        values = self.frame[column]
        if values.dtype.kind in "cmM":
            raise ValueError(f"column '{column}' does not hold real numbers, but {values.dtype}")
        try:
            return values.to_numpy(dtype=np.float64, na_value=np.nan)
        except (TypeError, ValueError) as error:
            raise ValueError(f"column '{column}' does not hold numbers: {error}") from None

    def times(self) -> Integers:
        column = self.frame[self.time_col]
        if column.isna().any():
            raise ValueError(f"column '{self.time_col}' is null in some rows; drop them")
        if column.dtype.kind in "iu":
            return column.to_numpy(dtype=np.int64)
        if column.dtype.kind != "M" or not self.unit():
            raise ValueError(
                f"column '{self.time_col}' must hold dates, times or whole numbers, but has the dtype {column.dtype}; "
                "convert it with pandas.to_datetime"
            )
        return column.astype("int64").to_numpy()

    def runs(self) -> tuple[Integers, Any]:
        column = self.frame[self.id_col]
        if column.isna().any():
            raise ValueError(f"column '{self.id_col}' is null in some rows; every row must name its series")
        values = column.cat.codes.to_numpy() if column.dtype.name == "category" else column.to_numpy()
        begins = np.flatnonzero(np.concatenate([[True], values[1:] != values[:-1]])) if len(values) else np.zeros(0, int)
        return begins.astype(np.int64), column.to_numpy()[begins]

    def unit(self) -> str:
        dtype = self.frame[self.time_col].dtype
        if dtype.kind in "iu":
            return "int"
        if isinstance(dtype, np.dtype):
            return np.datetime_data(dtype)[0]
        return getattr(getattr(dtype, "pyarrow_dtype", dtype), "unit", "")  # of time zones, of Arrow's types

    def _zone(self) -> Any:
        dtype = self.frame[self.time_col].dtype
        return getattr(getattr(dtype, "pyarrow_dtype", dtype), "tz", None)

    def following(self, last: Integers, h: int, freq: Any) -> Integers:
        unit, zone = self.unit(), self._zone()
        offset = None if unit == "int" or isinstance(freq, int) else _pandas_offset(freq)
        if offset is None:  # polars' names are understood, too
            return following(last, h, freq, unit)
        pandas = sys.modules["pandas"]
        if isinstance(offset, pandas.tseries.offsets.Tick) and (zone is None or not _is_days(offset)):
            width, rest = divmod(offset.nanos, np.timedelta64(1, unit) // np.timedelta64(1, "ns"))
            if rest:
                raise ValueError(f"freq is '{freq}', which is no whole number of the times' unit, '{unit}'")
            return last[:, None] + width * np.arange(1, h + 1)
        ends, which = np.unique(last, return_inverse=True)
        steps = np.empty((len(ends), h), np.int64)
        for row, end in zip(steps, ends.tolist()):
            start = pandas.Timestamp(end, unit=unit).tz_localize("UTC" if zone else None)
            row[:] = _pandas_range(pandas, start.tz_convert(zone) if zone else start, h, offset).as_unit(unit).asi8
        return steps[which.reshape(-1)]

    def result(self, ids: Any, times: Integers, columns: dict[str, Any]) -> Any:
        pandas, unit, zone = sys.modules["pandas"], self.unit(), self._zone()
        _require_fit(times, self.frame[self.time_col].dtype)
        stamps = pandas.Series(times.reshape(-1) if unit == "int" else times.reshape(-1).view(f"M8[{unit}]"))
        stamps = stamps.dt.tz_localize("UTC").dt.tz_convert(zone) if zone else stamps
        names = pandas.Series(np.repeat(np.fromiter(ids, object, len(ids)), times.shape[1]))
        keys = {self.id_col: names, self.time_col: stamps}
        keys = {name: column.astype(self.frame[name].dtype) for name, column in keys.items()}
        return pandas.DataFrame({**keys, **columns})


def _pandas_offset(freq: Any) -> Any:
    """What pandas calls by this name; None for what it does not know."""
    pandas = sys.modules["pandas"]
    try:
        freq = pandas.Timedelta(freq) if isinstance(freq, np.timedelta64) else freq
        offset = pandas.tseries.frequencies.to_offset(freq)
    except (TypeError, ValueError):
        return None
    if offset is None or offset.n <= 0:
        raise ValueError(f"freq is {freq!r}, but must lead forward in time, such as '1h', 'D' or '1mo'")
    return offset


def _is_days(offset: Any) -> bool:
    """Days of a time zone differ in length."""
    return type(offset).__name__ == "Day"


def _pandas_range(pandas: Any, last: Any, h: int, offset: Any) -> Any:
    index = pandas.date_range(last, periods=h + 1, freq=offset)
    return index[index > last][:h]


class _Arrow(_Source):
    def __init__(self, frame: Any, id_col: str, time_col: str) -> None:
        super().__init__(frame, id_col, time_col)
        self.table = _core.Table(frame.__arrow_c_stream__())

    def names(self) -> list[str]:
        return self.table.names

    def floats(self, column: str) -> Floats:
        return self.table.floats(column)

    def times(self) -> Integers:
        return self.table.integers(self.time_col)

    def runs(self) -> tuple[Integers, Any]:
        return self.table.labels(self.id_col)

    def unit(self) -> str:
        format_ = self.table.format(self.time_col)
        return {"tdD": "D", "tdm": "ms", "tss": "s", "tsm": "ms", "tsu": "us", "tsn": "ns"}.get(format_[:3], "int")

    def following(self, last: Integers, h: int, freq: Any) -> Integers:
        format_ = self.table.format(self.time_col)
        if format_[:2] == "ts" and format_[4:] not in ("", "UTC"):
            raise ValueError(
                f"column '{self.time_col}' has the time zone {format_[4:]}, where days differ in length; convert it to "
                "UTC first"
            )
        return following(last, h, freq, self.unit())

    def result(self, ids: Any, times: Integers, columns: dict[str, Any]) -> Any:
        format_ = self.table.format(self.time_col)
        out = [_out_ids(self.id_col, self.table.format(self.id_col), ids, times.shape[1])]
        dtype = np.dtype(_dtypes.get(format_, np.int64))
        _require_fit(times, dtype)
        out.append((self.time_col, format_, times.reshape(-1).astype(dtype)))
        for name, values in columns.items():
            if isinstance(values, list):
                out.append((name, "u" if self.table.format(self.id_col) == "u" else "U", values))
            else:
                out.append((name, "g", np.ascontiguousarray(values)))
        return _like(self.frame, _Stream(out, times.size))


_dtypes: dict[str, Any] = {
    "c": np.int8, "C": np.uint8, "s": np.int16, "S": np.uint16, "i": np.int32, "I": np.uint32, "L": np.uint64,
    "tdD": np.int32,
}  # fmt: skip


def _out_ids(name: str, format_: str, ids: Any, h: int) -> tuple[str, str, Any]:
    if isinstance(ids, np.ndarray) and ids.dtype.kind in "iu":
        return name, format_, np.repeat(ids.astype(_dtypes.get(format_, np.int64)), h)
    return name, "u" if format_ == "u" else "U", [text for text in map(str, ids) for _ in range(h)]


class _Stream:
    """Columns that can be read once and again through Arrow's C stream."""

    def __init__(self, columns: list[tuple[str, str, Any]], rows: int) -> None:
        self.columns, self.rows = columns, rows

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return _core.to_stream(self.columns, self.rows)


def _like(frame: Any, stream: _Stream) -> Any:
    """A frame of the kind of ``frame``; of another library's, the stream itself."""
    module = type(frame).__module__.split(".")[0]
    if module == "polars":
        return sys.modules["polars"].DataFrame(stream)
    if module == "pyarrow":
        return sys.modules["pyarrow"].table(stream)
    return stream


def source_of(frame: Any, id_col: str, time_col: str) -> _Source:
    """How to read this frame. Raises ValueError for what is none."""
    if type(frame).__module__.split(".")[0] == "pandas" and hasattr(frame, "columns"):
        return _Pandas(frame, id_col, time_col)
    if hasattr(frame, "collect") and not hasattr(frame, "__arrow_c_stream__"):
        raise ValueError("df is lazy; call its collect() first")
    if hasattr(frame, "__arrow_c_stream__"):
        return _Arrow(frame, id_col, time_col)
    raise ValueError(
        f"df is a {type(frame).__name__}, but must be a data frame of pandas, polars, pyarrow, or another with Arrow's "
        "C stream (__arrow_c_stream__)"
    )
