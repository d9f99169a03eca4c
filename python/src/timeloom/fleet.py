"""Forecasts of many series of one data frame."""

from __future__ import annotations

from typing import Any, Callable, Sequence

import numpy as np

from . import _core
from .arrays import Floats, sorted_levels, whole_number
from .dates import Integers
from .frames import Panel, source_of
from .models import AutoARIMA


def forecast(
    df: Any,
    h: int,
    freq: int | str,
    level: Sequence[float] | None = None,
    season_length: int = 1,
    *,
    X_df: Any = None,
    model: AutoARIMA | None = None,
    id_col: str = "unique_id",
    time_col: str = "ds",
    target_col: str = "y",
    n_jobs: int = 0,
    progress: Callable[[int, int], None] | None = None,
) -> Any:
    """Forecasts every series of a data frame by an ARIMA model whose order is chosen for it, on all cores.

    A series that no model fits gets NaN, and a status that says why; the others are not affected. Each series is
    worked on by itself: its forecast has the same bits whatever else the frame holds and however many threads there
    are.

    Args:
        df: a frame of pandas, polars, pyarrow or another library with Arrow's C stream, one row an observation, with
            the columns unique_id, ds (dates, times or whole numbers) and y. Rows may stand in any order, and those
            of a series count as consecutive. All other columns are regressors.
        h: steps to forecast.
        freq: how time goes on: a whole number where ds are, else pandas' or polars' name, such as "h" or "1mo".
        level: probabilities of intervals in percent, such as [80, 95].
        season_length: observations in a season; 1: none.
        X_df: the regressors of the forecast, h rows for each series, with the columns unique_id, ds and theirs.
        model: options of the search; its season_length counts instead of the one above.
        n_jobs: threads; 0 or -1: one for each core.
        progress: called now and then with the numbers of series begun and in all.

    Returns:
        A frame of the same kind with h rows for each series: unique_id, ds, AutoARIMA (or the model's alias),
        AutoARIMA-lo-95, AutoARIMA-hi-95, … and status: "converged", "not converged", "constant" or "failed: …".
    """
    h, n_jobs = whole_number("h", h, 1), whole_number("n_jobs", n_jobs, -1)
    chosen = AutoARIMA(season_length=season_length) if model is None else model
    if not isinstance(chosen, AutoARIMA):
        raise ValueError(f"model is {chosen!r}, but must be an AutoARIMA, whose options hold for every series")
    if chosen.prediction_intervals is not None:
        raise ValueError("forecast() makes the model's own intervals; leave out prediction_intervals")
    source = source_of(df, id_col, time_col)
    panel = source.panel(target_col)
    times = source.following(panel.last, h, freq)
    levels = sorted_levels(level)
    mean, lower, upper, status, _ = _core.forecast_fleet(
        panel.values,
        panel.offsets,
        h,
        chosen._period,
        [each / 100 for each in levels],
        chosen.search_options(),
        panel.exog,
        _future_of(panel, source.unit(), times, X_df, id_col, time_col),
        max(n_jobs, 0),
        progress,
    )
    columns: dict[str, Any] = {chosen.alias: mean}
    lower, upper = lower.reshape(len(levels), len(mean)), upper.reshape(len(levels), len(mean))
    for i in reversed(range(len(levels))):
        columns[f"{chosen.alias}-lo-{levels[i]}"] = lower[i]
    for i, each in enumerate(levels):
        columns[f"{chosen.alias}-hi-{each}"] = upper[i]
    columns["status"] = [text for text in status for _ in range(h)]
    return source.result(panel.ids, times, columns)


def _future_of(
    panel: Panel, unit: str, times: Integers, X_df: Any, id_col: str, time_col: str
) -> Floats | None:
    """Regressors of the steps to forecast, (series · h, columns), in the order of the panel."""
    if panel.exog is None:
        if X_df is not None:
            raise ValueError("X_df has regressors, but df has none; give them for the observations, too")
        return None
    names = ", ".join(panel.exog_names)
    if X_df is None:
        raise ValueError(f"df has the regressors {names}; give X_df with their values of the steps to forecast")
    source = source_of(X_df, id_col, time_col)
    future = source.panel(None)
    if sorted(future.exog_names) != sorted(panel.exog_names) or future.exog is None:
        raise ValueError(f"X_df must have the regressors {names}, but has {', '.join(future.exog_names) or 'none'}")
    rows = _rows_of_series(panel, future, times.shape[1])
    _require_times(panel, times, unit, future.times[rows], source.unit())
    columns = [future.exog_names.index(name) for name in panel.exog_names]
    return np.ascontiguousarray(future.exog[rows.reshape(-1)][:, columns])


def _rows_of_series(panel: Panel, future: Panel, h: int) -> Integers:
    """The rows of each series of the panel, (series, h), in ``future``."""
    places = {name: i for i, name in enumerate(future.ids)}
    counts = np.append(np.diff(future.offsets), 0)  # the last: of a series that is not there
    at = np.fromiter((places.get(name, -1) for name in panel.ids), np.int64, len(panel.ids))
    wrong = np.flatnonzero(counts[at] != h)
    if wrong.size:
        raise ValueError(f"X_df must have {h} rows of series '{panel.ids[wrong[0]]}', but has {counts[at[wrong[0]]]}")
    return future.offsets[at][:, None] + np.arange(h)


def _require_times(panel: Panel, due: Integers, unit: str, given: Integers, given_unit: str) -> None:
    """Raises ValueError where X_df is of other times than those that are forecast."""
    if (unit == "int") != (given_unit == "int"):
        raise ValueError("the times of df and X_df must be of one kind, dates or whole numbers")
    due, given = (t if u == "int" else t.view(f"M8[{u}]") for t, u in ((due, unit), (given, given_unit)))
    wrong = np.argwhere(due != given)
    if wrong.size:
        series, step = wrong[0]
        raise ValueError(
            f"X_df has the time {given[series, step]} of series '{panel.ids[series]}' where {due[series, step]} is forecast; "
            "it must have the times that follow df's by freq"
        )
