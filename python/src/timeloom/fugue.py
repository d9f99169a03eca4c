"""Forecasts of many series on Ray, Dask or Spark, through Fugue (``pip install timeloom[fugue]``)."""

from __future__ import annotations

import contextlib
import sys
from typing import Any, Callable, Iterator, Sequence

from . import fleet
from .arrays import sorted_levels
from .models import AutoARIMA

_marker = "_timeloom_is_future"  # tells rows of X_df from rows of df where both are in one frame
_bytes_of_a_part = 16 << 20


def forecast(
    df: Any,
    h: int,
    freq: int | str,
    level: Sequence[float] | None = None,
    season_length: int = 1,
    *,
    X_df: Any = None,
    engine: Any = None,
    partitions: int | None = None,
    model: AutoARIMA | None = None,
    id_col: str = "unique_id",
    time_col: str = "ds",
    target_col: str = "y",
    n_jobs: int = 1,
) -> Any:
    """As ``timeloom.forecast``, on a cluster. The bits do not depend on how series are spread over it.

    Args:
        df: a frame that Fugue knows: pandas, Ray's datasets, Dask's or Spark's frames, …
        X_df: the regressors of the forecast, h rows for each series; a frame of any of these kinds.
        engine: Fugue's name of an engine, "ray", "dask", "spark", or a client or session of it; None: that of ``df``.
        partitions: parts that the series are spread over; None: four for each of the cluster's cores, or more where
            these would hold more than 16 MB.
        n_jobs: threads of each part's work; 0 or -1: one for each core of its machine.

    Returns:
        A frame of the engine's kind (of Ray, Dask and Spark, computed when it is asked for), with the columns of
        ``timeloom.forecast``. The order of its rows is not defined.

    Raises:
        ValueError: for columns and options that cannot be worked with, before the work is spread.
    """
    try:
        import fugue.api as fa
    except ImportError as error:
        raise ImportError(f"timeloom.fugue needs Fugue, which is not installed ({error}); pip install timeloom[fugue]") from error
    chosen = AutoARIMA(season_length=season_length) if model is None else model
    names = {"id_col": id_col, "time_col": time_col, "target_col": target_col}

    def forecast_series(part: Any, X_df: Any) -> Any:
        return fleet.forecast(part, h, freq, level, X_df=X_df, model=chosen, n_jobs=n_jobs, **names)

    def forecast_part(part: Any) -> Any:
        if _marker not in part:
            return forecast_series(part, None)
        is_future = part.pop(_marker).astype(bool)
        return forecast_series(part[~is_future], part[is_future].drop(columns=target_col))

    schema = fa.get_schema(df)
    _require_columns(schema, names.values())
    forecast_series(_empty(schema), None if X_df is None else _empty(fa.get_schema(X_df)))
    parts = partitions or _partitions(fa, df, engine)
    rule = {"by": [id_col], "algo": "coarse", "num": parts}
    result = _result_schema(schema.extract([id_col, time_col]), chosen.alias, sorted_levels(level))
    with _ray_shuffles_into(parts, df, X_df):
        together = df if X_df is None else _together(fa, df, X_df, target_col, engine)
        out = fa.transform(together, _on_pandas(forecast_part), schema=result, partition=rule, engine=engine)
    return out if X_df is None else fa.get_native_as_df(out)


def _require_columns(schema: Any, columns: Any) -> None:
    for column in columns:
        if column not in schema.names:
            raise ValueError(f"there is no column '{column}', but these: {', '.join(schema.names)}")


def _empty(schema: Any) -> Any:
    """A frame without rows: what is wrong with columns and options shows on it, too."""
    return schema.create_empty_pandas_df(use_extension_types=False)


def _result_schema(keys: Any, alias: str, levels: list[float]) -> str:
    lower, upper = [f"{alias}-lo-{each}" for each in reversed(levels)], [f"{alias}-hi-{each}" for each in levels]
    return ",".join([str(keys), *(f"`{name}`:double" for name in (alias, *lower, *upper)), "status:str"])


def _together(fa: Any, df: Any, X_df: Any, target_col: str, engine: Any) -> Any:
    """Rows of both frames in one, so that those of a series get to one place."""
    columns = fa.get_schema(df).names
    schema = fa.get_schema(df).exclude([target_col]) + f"`{target_col}`:double,{_marker}:bool"

    def mark(is_future: bool) -> Callable[[Any], Any]:
        def marked(part: Any) -> Any:
            out = part.assign(**{target_col: float("nan")}) if is_future else part.copy()
            out[target_col] = out[target_col].astype("float64")
            return out[columns].assign(**{_marker: is_future})[schema.names]

        return _on_pandas(marked)

    frames = [fa.transform(f, mark(f is X_df), schema=schema, engine=engine, as_fugue=True) for f in (df, X_df)]
    return fa.union(*frames, distinct=False, engine=engine, as_fugue=True)


def _on_pandas(work: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Fugue reads from the annotations which kind of frame a function takes."""
    import pandas

    work.__annotations__ = {"part": pandas.DataFrame, "return": pandas.DataFrame}
    return work


@contextlib.contextmanager
def _ray_shuffles_into(parts: int, *frames: Any) -> Iterator[None]:
    """Ray's shuffle ends in 200 tasks, however few parts there are, unless its settings name another number."""
    data = sys.modules.get("ray.data")
    if data is None:
        yield
        return
    settings = [data.DataContext.get_current(), *(f.context for f in frames if isinstance(f, data.Dataset))]
    before = [each.default_hash_shuffle_parallelism for each in settings]
    try:
        for each in settings:
            each.default_hash_shuffle_parallelism = parts
        yield
    finally:
        for each, number in zip(settings, before):
            each.default_hash_shuffle_parallelism = number


def _partitions(fa: Any, df: Any, engine: Any) -> int:
    """Four for each core of the cluster, so that a slow one or a lost one costs little, and no part of many bytes:
    frames of clusters are already cut by bytes."""
    with fa.engine_context(engine, infer_by=[df]):
        cores = fa.get_current_parallelism()
        is_local = fa.is_local(df)
        parts = -(-_bytes_of(df) // _bytes_of_a_part) if is_local else fa.get_num_partitions(df)
    return max(4 * cores, parts)


def _bytes_of(df: Any) -> int:
    """Of a frame in memory."""
    if hasattr(df, "memory_usage"):  # pandas
        return int(df.memory_usage(deep=True).sum())
    return int(getattr(df, "nbytes", 0) or getattr(df, "estimated_size", int)())  # pyarrow, polars
