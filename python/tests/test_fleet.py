"""timeloom.forecast(): many series of one frame."""

import datetime
import threading
import time

import numpy as np
import pytest

import timeloom
from timeloom import dates
from timeloom.frames import _Stream
from timeloom import _core


class Frame:
    """An Arrow frame of columns: numbers, or lists of texts."""

    def __init__(self, **columns):
        formats = {"f": "g", "i": "l", "M": "tsu:"}
        self.columns = []
        for name, values in columns.items():
            if isinstance(values, list):
                self.columns.append((name, "u" if name == "unique_id" else "U", values))
            else:
                self.columns.append((name, formats[values.dtype.kind], values.view(np.int64) if values.dtype.kind == "M" else values))
        self.rows = len(self.columns[0][2])

    def __arrow_c_stream__(self, requested_schema=None):
        return _Stream(self.columns, self.rows).__arrow_c_stream__()


def columns_of(stream):
    table = _core.Table(stream.__arrow_c_stream__())
    read = {}
    for name in table.names:
        kind = table.format(name)
        if kind == "U" or kind == "u":
            starts, texts = table.labels(name)
            read[name] = list(np.repeat(texts, np.diff(np.append(starts, table.rows))))
        else:
            read[name] = table.floats(name) if kind == "g" else table.integers(name)
    return read


def some_series(count, n=60, seed=0):
    rng = np.random.default_rng(seed)
    ids = [f"s{i:02}" for i in range(count) for _ in range(n)]
    times = np.tile(np.datetime64("2024-01-31T00", "us") + np.arange(n) * np.timedelta64(3_600_000_000, "us"), count)
    values = np.concatenate([10 + np.cumsum(rng.normal(size=n)) for _ in range(count)])
    return ids, times, values


@pytest.fixture(scope="module")
def three():
    ids, times, values = some_series(3)
    return Frame(unique_id=ids, ds=times, y=values), values.reshape(3, -1)


def test_forecasts_are_those_of_the_model(three):
    frame, series = three
    out = columns_of(timeloom.forecast(frame, 4, "1h", level=[80, 95], n_jobs=2))
    assert list(out) == [
        "unique_id", "ds", "AutoARIMA", "AutoARIMA-lo-95", "AutoARIMA-lo-80", "AutoARIMA-hi-80", "AutoARIMA-hi-95", "status",
    ]  # fmt: skip
    assert out["unique_id"] == ["s00"] * 4 + ["s01"] * 4 + ["s02"] * 4
    first = np.datetime64("2024-02-02T12", "us").astype(np.int64)
    np.testing.assert_array_equal(out["ds"][:4], first + 3_600_000_000 * np.arange(4))
    for i, y in enumerate(series):
        alone = timeloom.AutoARIMA().forecast(y, 4, level=[80, 95])
        rows = slice(4 * i, 4 * i + 4)
        for column, key in (("AutoARIMA", "mean"), ("AutoARIMA-lo-95", "lo-95"), ("AutoARIMA-hi-80", "hi-80")):
            np.testing.assert_allclose(out[column][rows], alone[key], rtol=1e-9)


def test_bits_depend_neither_on_threads_nor_on_the_other_series(three):
    frame, series = three
    one, two = (columns_of(timeloom.forecast(frame, 4, "1h", n_jobs=n))["AutoARIMA"] for n in (1, 2))
    np.testing.assert_array_equal(one, two)
    ids, times, _ = some_series(1)
    alone = columns_of(timeloom.forecast(Frame(unique_id=ids, ds=times, y=series[2].copy()), 4, "1h"))
    np.testing.assert_array_equal(alone["AutoARIMA"], one[8:])


def test_rows_in_any_order(three):
    frame, _ = three
    expected = columns_of(timeloom.forecast(frame, 2, "1h"))
    ids, times, values = some_series(3)
    order = np.random.default_rng(1).permutation(len(ids))
    shuffled = Frame(unique_id=[ids[i] for i in order], ds=times[order], y=values[order])
    out = columns_of(timeloom.forecast(shuffled, 2, "1h"))
    for name, values in expected.items():
        np.testing.assert_array_equal(out[name], values)


def test_a_bad_series_is_a_status_and_no_more(three):
    frame, series = three
    expected = columns_of(timeloom.forecast(frame, 2, "1h"))["AutoARIMA"]
    ids, times, values = some_series(4)
    values = np.concatenate([series[:2].reshape(-1), np.full(60, np.inf), series[2]])
    out = columns_of(timeloom.forecast(Frame(unique_id=ids, ds=times, y=values), 2, "1h", level=[90]))
    assert np.isnan(out["AutoARIMA"][4:6]).all() and np.isnan(out["AutoARIMA-lo-90"][4:6]).all()
    assert out["status"][4].startswith("failed: ") and "infinite" in out["status"][4]
    np.testing.assert_array_equal(np.delete(out["AutoARIMA"], [4, 5]), expected)


def test_regressors():
    rng = np.random.default_rng(5)
    n, ids, times = 80, [], []
    x = rng.normal(size=2 * n)
    y = 3 * x + 0.1 * rng.normal(size=2 * n)
    frame = Frame(unique_id=np.repeat([7, 9], n), ds=np.tile(np.arange(n), 2), price=x, y=y)
    future = Frame(unique_id=np.repeat([9, 7], 2), ds=np.tile([n, n + 1], 2), price=np.array([1.0, 2.0, 3.0, 4.0]))
    out = columns_of(timeloom.forecast(frame, 2, 1, X_df=future))
    np.testing.assert_array_equal(out["unique_id"], [7, 7, 9, 9])
    np.testing.assert_allclose(out["AutoARIMA"], [9, 12, 3, 6], atol=0.3)
    with pytest.raises(ValueError, match="regressors price; give X_df"):
        timeloom.forecast(frame, 2, 1)
    with pytest.raises(ValueError, match="must have 3 rows of series '7', but has 2"):
        timeloom.forecast(frame, 3, 1, X_df=future)
    late = Frame(unique_id=np.repeat([9, 7], 2), ds=np.tile([n, n + 2], 2), price=np.zeros(4))
    with pytest.raises(ValueError, match=f"the time {n + 2} of series '7' where {n + 1} is forecast"):
        timeloom.forecast(frame, 2, 1, X_df=late)


def test_a_frame_without_rows():
    empty = Frame(unique_id=np.arange(0), ds=np.arange(0), y=np.arange(0.0))
    out = columns_of(timeloom.forecast(empty, 2, 1, level=[90]))
    assert {name: len(values) for name, values in out.items()} == dict.fromkeys(out, 0) and "AutoARIMA-hi-90" in out
    with pytest.raises(ValueError, match="give a whole number"):
        timeloom.forecast(empty, 2, "1h")


def test_the_lock_is_released_and_progress_told():
    ids, times, values = some_series(60, n=300)
    frame = Frame(unique_id=ids, ds=times, y=values)
    ticks, told, stop = [], [], threading.Event()

    def tick():
        while not stop.is_set():
            ticks.append(time.perf_counter())
            time.sleep(0.001)

    thread = threading.Thread(target=tick)
    thread.start()
    begin = time.perf_counter()
    timeloom.forecast(frame, 5, "1h", n_jobs=1, progress=lambda done, total: told.append((done, total)))
    end = time.perf_counter()
    stop.set()
    thread.join()
    assert sum(begin < t < end for t in ticks) >= 3
    assert told[-1] == (60, 60)


def test_what_progress_raises_ends_the_work(three):
    def complain(done, total):
        raise KeyError("enough")

    with pytest.raises(KeyError, match="enough"):
        timeloom.forecast(three[0], 2, "1h", progress=complain)


@pytest.mark.parametrize(
    "make, message",
    [
        (lambda ids, t, y: ({"id": 1}, {}), "must be a data frame"),
        (lambda ids, t, y: (Frame(unique_id=ids, ds=t, z=y), {}), "no column 'y'"),
        (lambda ids, t, y: (Frame(unique_id=ids, ds=t, y=ids), {}), "does not hold numbers"),
        (lambda ids, t, y: (Frame(unique_id=ids, ds=y, y=y), {}), "must hold dates"),
        (lambda ids, t, y: (Frame(unique_id=y, ds=t, y=y), {}), "must name series"),
        (lambda ids, t, y: (Frame(unique_id=ids, ds=np.repeat(t[:1], len(t)), y=y), {}), "two rows of one time"),
        (lambda ids, t, y: (Frame(unique_id=ids, ds=t, y=y), {"freq": 1}), "give a frequency"),
        (lambda ids, t, y: (Frame(unique_id=ids, ds=t, y=y), {"freq": "1 fortnight"}), "cannot be stepped"),
        (lambda ids, t, y: (Frame(unique_id=ids, ds=t, y=y), {"freq": "0h"}), "cannot be stepped"),
        (lambda ids, t, y: (Frame(unique_id=ids, ds=t, y=y), {"freq": "h-MON"}), "cannot be stepped"),
        (lambda ids, t, y: (Frame(unique_id=ids, ds=np.tile(np.arange(10), 2), y=y), {"freq": 0}), "freq is 0"),
        (lambda ids, t, y: (Frame(unique_id=ids, ds=np.tile(np.arange(10), 2), y=y), {"freq": 1.5}), "a whole number"),
        (lambda ids, t, y: (Frame(unique_id=ids, ds=t, y=t), {}), "does not hold numbers"),
        (lambda ids, t, y: (Frame(unique_id=ids, ds=t, y=y), {"h": 0}), "h is 0"),
        (lambda ids, t, y: (Frame(unique_id=ids, ds=t, y=y), {"h": 2.5}), "h is 2.5, but must be a whole number"),
        (lambda ids, t, y: (Frame(unique_id=ids, ds=t, y=y), {"n_jobs": "2"}), "n_jobs is '2'"),
        (lambda ids, t, y: (Frame(unique_id=ids, ds=t, y=y), {"season_length": 0}), "season_length is 0"),
        (lambda ids, t, y: (Frame(unique_id=ids, ds=t, y=y), {"model": timeloom.ARIMA()}), "must be an AutoARIMA"),
        (lambda ids, t, y: (Frame(unique_id=ids, ds=t, y=y), {"level": ["95"]}), "level is '95'"),
        (lambda ids, t, y: (Frame(unique_id=ids, ds=t, y=y), {"level": [120]}), "between 0 and 100"),
    ],
)
def test_mistakes_are_value_errors(make, message):
    frame, options = make(*some_series(2, n=10))
    with pytest.raises(ValueError, match=message):
        timeloom.forecast(frame, **{"h": 2, "freq": "1h", **options})


@pytest.mark.parametrize(
    "last, freq, unit, expected",
    [
        ("2024-01-31", "1mo", "D", ["2024-02-29", "2024-03-31"]),
        ("2024-01-31", "ME", "D", ["2024-02-29", "2024-03-31"]),
        ("2024-12-01", "MS", "D", ["2025-01-01", "2025-02-01"]),
        ("2024-01-01", "QS", "D", ["2024-04-01", "2024-07-01"]),
        ("2024-12-30", "2d", "D", ["2025-01-01", "2025-01-03"]),
        ("2024-01-31T06:30", "1y", "ns", ["2025-01-31T06:30", "2026-01-31T06:30"]),
        ("2024-01-01T23:45", "15min", "s", ["2024-01-02T00:00", "2024-01-02T00:15"]),
        ("2024-01-01T00", "500ms", "ms", ["2024-01-01T00:00:00.5", "2024-01-01T00:00:01"]),
        ("1969-12-31T23", "h", "us", ["1970-01-01T00", "1970-01-01T01"]),
        ("2024-02-15", "ME", "D", ["2024-02-29", "2024-03-31"]),
        ("2024-02-15", "QS", "D", ["2024-04-01", "2024-07-01"]),
        ("2024-02-15T06", "QS-FEB", "s", ["2024-05-01T06", "2024-08-01T06"]),
        ("2024-02-15", "YE-JUN", "D", ["2024-06-30", "2025-06-30"]),
        ("2024-02-15", "W", "D", ["2024-02-18", "2024-02-25"]),
        ("2024-02-15", "1w", "D", ["2024-02-22", "2024-02-29"]),
        ("2024-02-15", "2W-THU", "D", ["2024-02-29", "2024-03-14"]),
    ],
)
def test_dates_go_on(last, freq, unit, expected):
    end = np.array([np.datetime64(last, unit).astype(np.int64)])
    following = dates.following(end, 2, freq, unit).reshape(-1).astype(f"datetime64[{unit}]")
    assert list(following) == [np.datetime64(e, unit) for e in expected]


@pytest.mark.parametrize("freq", ["W-MON", "2W-SUN", "MS", "3ME", "QS-FEB", "2QS-MAR", "QE-JAN", "YS-APR", "2YE", "3D", "7h"])
def test_dates_go_on_as_pandas_do(freq):
    pandas = pytest.importorskip("pandas")
    ends = pandas.date_range("2023-11-27T06:30", periods=50, freq="9D").append(
        pandas.DatetimeIndex(["2024-02-29", "2024-03-31", "2023-12-31", "1969-12-31", "1960-02-29T23:59:59"])
    )
    for end in ends:
        theirs = pandas.date_range(end, periods=6, freq=freq)
        ours = dates.following(np.array([end.as_unit("s").value // 10**9]), 5, freq, "s")
        assert list(ours.reshape(-1).astype("datetime64[s]")) == list(theirs[theirs > end][:5].to_numpy("datetime64[s]"))


def test_frames_without_nulls_are_not_copied():
    values = np.arange(5.0)
    table = _core.Table(Frame(unique_id=["a"] * 5, ds=np.arange(5), y=values).__arrow_c_stream__())
    read = table.floats("y")
    assert np.shares_memory(read, values)
    del table
    np.testing.assert_array_equal(read, np.arange(5.0))


# ---- The frames of others, where they are installed ----


def frame_of(library, ids, times, values):
    if library == "pandas":
        return pytest.importorskip("pandas").DataFrame({"unique_id": ids, "ds": times, "y": values})
    if library == "polars":
        return pytest.importorskip("polars").DataFrame({"unique_id": ids, "ds": times, "y": values})
    return pytest.importorskip("pyarrow").table({"unique_id": ids, "ds": times, "y": values})


@pytest.mark.parametrize("library", ["pandas", "polars", "pyarrow"])
def test_the_same_kind_comes_back(library, three):
    expected = columns_of(timeloom.forecast(three[0], 3, "1h", level=[90]))
    frame = frame_of(library, *some_series(3))
    out = timeloom.forecast(frame, 3, "h" if library == "pandas" else "1h", level=[90])
    assert type(out) is type(frame)
    for name, values in expected.items():
        column = np.array(out[name]) if library == "pyarrow" else out[name].to_numpy()
        np.testing.assert_array_equal(column.astype(np.int64) if name == "ds" else column, values)
    last = out["ds"].to_pylist()[2] if library == "pyarrow" else out["ds"][2]
    assert last == datetime.datetime(2024, 2, 2, 14)


def test_pandas_time_zones_and_categories():
    pandas = pytest.importorskip("pandas")
    times = pandas.date_range("2024-03-20", periods=30, freq="D", tz="Europe/Berlin")
    frame = pandas.DataFrame({"unique_id": pandas.Categorical(["x"] * 30), "ds": times, "y": np.arange(30.0)})
    out = timeloom.forecast(frame, 2, "D")
    assert list(out["ds"]) == list(pandas.date_range("2024-04-19", periods=2, freq="D", tz="Europe/Berlin"))
    assert out["unique_id"].dtype == frame["unique_id"].dtype and out["status"][0] == "constant"


@pytest.mark.parametrize(
    "change, message",
    [
        (lambda df: df.assign(y=df["ds"]), "does not hold real numbers, but datetime64"),
        (lambda df: df.assign(y=df["y"] + 1j), "does not hold real numbers, but complex"),
        (lambda df: df.assign(ds=df["ds"].astype(str)), "convert it with pandas.to_datetime"),
        (lambda df: df.assign(unique_id=[[1]] * len(df)), "other values that do not change"),
        (lambda df: df.assign(unique_id=[1, "x"] * (len(df) // 2)), r"of several kinds \(int, str\)"),
        (lambda df: df.assign(unique_id=df["unique_id"].where(df.index != 3)), "is null in some rows"),
        (lambda df: df.join(df["y"], rsuffix="2").set_axis(["unique_id", "ds", "y", "y"], axis=1), "several columns 'y'"),
        (lambda df: df["y"], "df is a Series"),
    ],
)
def test_pandas_mistakes_are_value_errors(change, message):
    pandas = pytest.importorskip("pandas")
    ids, times, values = some_series(2, n=10)
    df = pandas.DataFrame({"unique_id": ids, "ds": times, "y": values})
    with pytest.raises(ValueError, match=message):
        timeloom.forecast(change(df), 2, "h")


def test_pandas_types_of_times():
    pandas = pytest.importorskip("pandas")
    df = pandas.DataFrame({"unique_id": "a", "ds": np.arange(215, 245, dtype=np.uint8), "y": np.arange(30.0) % 7})
    assert timeloom.forecast(df, 2, 1)["ds"].tolist() == [245, 246]
    with pytest.raises(ValueError, match="go on to 256, which uint8 does not hold"):
        timeloom.forecast(df, 12, 1)
    ends = pandas.date_range("2024-03-30", periods=30, freq="h", tz="Europe/Berlin")  # a day of 23 hours
    out = timeloom.forecast(df.assign(ds=ends.as_unit("s")), 2, "h")
    assert list(out["ds"]) == list(ends[-1:].shift(1)) + list(ends[-1:].shift(2)) and out["ds"].dtype == "datetime64[s, Europe/Berlin]"
    seconds = df.assign(ds=pandas.date_range("2024-03-30", periods=30, freq="s", unit="s"))
    with pytest.raises(ValueError, match="no whole number of the times' unit, 's'"):
        timeloom.forecast(seconds, 2, "500ms")


def test_polars_nulls_dates_and_categories():
    polars = pytest.importorskip("polars")
    ids, _, values = some_series(2, n=30)
    days = [datetime.date(2024, 1, 1) + datetime.timedelta(days=i) for i in range(30)] * 2
    frame = polars.DataFrame({"unique_id": ids, "ds": days, "y": [None, *values[1:]]}).with_columns(
        polars.col("unique_id").cast(polars.Categorical)
    )
    out = timeloom.forecast(frame, 2, "1d")
    assert out["ds"].to_list()[:2] == [datetime.date(2024, 1, 31), datetime.date(2024, 2, 1)]
    assert out["AutoARIMA"].is_finite().all()
    with pytest.raises(ValueError, match="collect"):
        timeloom.forecast(frame.lazy(), 2, "1d")
