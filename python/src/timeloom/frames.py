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
    last: Integers  # the last time of each, (series,)
    values: Floats  # (rows,)
    exog: Floats | None  # (rows, columns)
    exog_names: list[str]


class _Source:
    """A frame whose columns can be read; subclasses know how."""

    def __init__(self, frame: Any, id_col: str, time_col: str) -> None:
        self.frame, self.id_col, self.time_col = frame, id_col, time_col

    def names(self) -> list[str]:
        raise NotImplementedError

    def floats(self, column: str) -> Floats:
        raise NotImplementedError

    def times(self) -> Integers:
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
        return Panel(ids, offsets, times[offsets[1:] - 1], np.ascontiguousarray(values), exog, exog_names)

    def result(self, panel: Panel, h: int, freq: int | str, columns: dict[str, Any]) -> Any:
        """A frame of the same kind: id, the next ``h`` times, and these columns."""
        raise NotImplementedError


def _sorted_rows(ids: Any, offsets: Integers, times: Integers) -> tuple[Integers | None, Any, Integers]:
    """The order of rows in which series lie together and rise in time; None where they already do."""
    count = len(offsets) - 1
    labels, numbers = np.unique(np.asarray(ids), return_inverse=True)
    falls = np.diff(times) < 0
    falls[offsets[1:-1] - 1] = False
    if len(labels) == count and not falls.any():
        return None, ids, offsets
    of_row = np.repeat(numbers.reshape(-1), np.diff(offsets))
    rows = np.lexsort((times, of_row))
    ends = np.cumsum(np.bincount(of_row, minlength=len(labels)))
    return rows, labels, np.concatenate([[0], ends]).astype(np.int64)


def _require_rising(ids: Any, offsets: Integers, times: Integers) -> None:
    same = np.diff(times) == 0
    same[offsets[1:-1] - 1] = False
    if same.any():
        row = int(np.argmax(same))
        series = int(np.searchsorted(offsets, row, side="right")) - 1
        raise ValueError(f"series '{ids[series]}' has two rows of one time; keep one of them")


class _Pandas(_Source):
    def names(self) -> list[str]:
        return list(self.frame.columns)

    def floats(self, column: str) -> Floats:
        try:
            return self.frame[column].to_numpy(dtype=np.float64, na_value=np.nan)
        except (TypeError, ValueError) as error:
            raise ValueError(f"column '{column}' does not hold numbers: {error}") from None

    def times(self) -> Integers:
        column = self.frame[self.time_col]
        if column.isna().any():
            raise ValueError(f"column '{self.time_col}' is null in some rows; drop them")
        if column.dtype.kind in "iu":
            return column.to_numpy(dtype=np.int64)
        if not (column.dtype.kind == "M"):
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

    def result(self, panel: Panel, h: int, freq: int | str, columns: dict[str, Any]) -> Any:
        pandas = sys.modules["pandas"]
        dtype = self.frame[self.time_col].dtype
        if dtype.kind in "iu":
            times = following(panel.last, h, freq, "int").reshape(-1).astype(dtype)
        else:
            unit = getattr(dtype, "unit", None) or np.datetime_data(dtype)[0]
            zone = getattr(dtype, "tz", None)
            steps: dict[int, Any] = {}
            for end in np.unique(panel.last).tolist():
                start = pandas.Timestamp(end, unit=unit).tz_localize("UTC" if zone else None)
                start = start.tz_convert(zone) if zone else start
                steps[end] = _pandas_range(pandas, start, h, freq).as_unit(unit)
            parts = [steps[end] for end in panel.last.tolist()]
            times = parts[0].append(parts[1:]) if parts else self.frame[self.time_col].iloc[:0]
        ids = pandas.Series(np.repeat(np.arange(len(panel.ids)), h)).map(dict(enumerate(panel.ids)))
        out = {self.id_col: ids.astype(self.frame[self.id_col].dtype), self.time_col: times, **columns}
        return pandas.DataFrame(out)


def _pandas_range(pandas: Any, last: Any, h: int, freq: int | str) -> Any:
    offset = pandas.tseries.frequencies.to_offset(freq)
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

    def result(self, panel: Panel, h: int, freq: int | str, columns: dict[str, Any]) -> Any:
        format_ = self.table.format(self.time_col)
        unit = {"tdD": "D", "tdm": "ms", "tss": "s", "tsm": "ms", "tsu": "us", "tsn": "ns"}.get(format_[:3], "int")
        if format_[:2] == "ts" and format_[4:] not in ("", "UTC"):
            raise ValueError(
                f"column '{self.time_col}' has the time zone {format_[4:]}, where days differ in length; convert it to "
                "UTC first"
            )
        times = following(panel.last, h, freq, unit).reshape(-1)
        out = [_out_ids(self.id_col, self.table.format(self.id_col), panel.ids, h)]
        out.append((self.time_col, format_, times.astype(_dtypes.get(format_, np.int64))))
        for name, values in columns.items():
            if isinstance(values, list):
                out.append((name, "u" if self.table.format(self.id_col) == "u" else "U", values))
            else:
                out.append((name, "g", np.ascontiguousarray(values)))
        return _like(self.frame, _Stream(out, len(times)))


_dtypes: dict[str, Any] = {
    "c": np.int8, "C": np.uint8, "s": np.int16, "S": np.uint16, "i": np.int32, "I": np.uint32, "L": np.uint64,
    "tdD": np.int32,
}  # fmt: skip


def _out_ids(name: str, format_: str, ids: Any, h: int) -> tuple[str, str, Any]:
    if isinstance(ids, np.ndarray) and ids.dtype.kind in "iu":
        return name, format_, np.repeat(ids.astype(_dtypes.get(format_, np.int64)), h)
    return name, "U", [text for text in map(str, ids) for _ in range(h)]


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
    if type(frame).__module__.split(".")[0] == "pandas":
        return _Pandas(frame, id_col, time_col)
    if hasattr(frame, "collect") and not hasattr(frame, "__arrow_c_stream__"):
        raise ValueError("df is lazy; call its collect() first")
    if hasattr(frame, "__arrow_c_stream__"):
        return _Arrow(frame, id_col, time_col)
    raise ValueError(
        f"df is a {type(frame).__name__}, but must be a data frame of pandas, polars, pyarrow, or another with Arrow's "
        "C stream (__arrow_c_stream__)"
    )
