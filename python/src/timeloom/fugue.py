"""Forecasts of many series on Ray, Dask or Spark, through Fugue (``pip install timeloom[fugue]``)."""

from __future__ import annotations

from typing import Any, Sequence

from . import fleet
from .arrays import sorted_levels
from .models import AutoARIMA


def forecast(
    df: Any,
    h: int,
    freq: int | str,
    level: Sequence[float] | None = None,
    season_length: int = 1,
    *,
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
        engine: Fugue's name of an engine, "ray", "dask", "spark", or a client or session of it; None: that of ``df``.
        partitions: parts that the series are spread over; None: one for each of the engine's workers, or more where
            these would hold more than 64 MB.
        n_jobs: threads in each worker; 0: one for each of its cores.
    """
    try:
        import fugue.api as fa
    except ImportError as error:
        raise ImportError(f"timeloom.fugue needs Fugue, which is not installed ({error}); pip install timeloom[fugue]") from error
    chosen = AutoARIMA(season_length=season_length) if model is None else model
    alias, levels = chosen.alias, sorted_levels(level)
    lower, upper = [f"{alias}-lo-{each}" for each in reversed(levels)], [f"{alias}-hi-{each}" for each in levels]
    numbers = [alias, *lower, *upper]
    schema = fa.get_schema(df)
    for column in (id_col, time_col, target_col):
        if column not in schema.names:
            raise ValueError(f"there is no column '{column}', but these: {', '.join(schema.names)}")
    types = ",".join([str(schema.extract([id_col, time_col])), *(f"`{name}`:double" for name in numbers), "status:str"])

    def forecast_part(part: Any) -> Any:
        return fleet.forecast(
            part, h, freq, level, model=chosen, id_col=id_col, time_col=time_col, target_col=target_col, n_jobs=n_jobs
        )

    import pandas

    forecast_part.__annotations__ = {"part": pandas.DataFrame, "return": pandas.DataFrame}
    rule = {"by": [id_col], "algo": "coarse", "num": partitions or _partitions(df)}
    return fa.transform(df, forecast_part, schema=types, partition=rule, engine=engine)


def _partitions(df: Any) -> Any:
    """As many as the cluster runs at a time, but at most 64 MB each, as far as the size is known."""
    size = int(df.memory_usage(deep=True).sum()) if hasattr(df, "memory_usage") and hasattr(df, "iloc") else 0
    parts = -(-size // (64 << 20))
    return f"MAX(CONCURRENCY*2,{parts})" if parts > 1 else "CONCURRENCY*2"
