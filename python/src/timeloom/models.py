"""ARIMA and AutoARIMA with statsforecast's model protocol."""

from __future__ import annotations

from typing import Any

import numpy as np

from . import _core
from .arrays import Floats, whole_number
from .forecast_model import ForecastModel
from .results import ARIMAResults, estimate

_methods = {"ML": "mle", "CSS": "css", "CSS-ML": "css_mle"}


def _refuse(options: dict[str, Any]) -> None:
    """Raises ValueError for options of statsforecast's that would change the result and are not there."""
    for name, (value, default, advice) in options.items():
        if value != default:
            raise ValueError(f"{name} is {value!r}, which timeloom does not have; {advice}")


class ARIMA(ForecastModel):
    """An ARIMA model of given orders, with a season of any length.

    Args:
        order: (p, d, q).
        season_length: observations in a season; 1: none.
        seasonal_order: (P, D, Q).
        include_mean: a mean, where nothing is differenced.
        include_drift: a linear trend; left out where more than one difference is taken.
        include_constant: a mean or, of a series that is differenced once, a drift; instead of the two above.
        method: "ML", exact maximum likelihood; "CSS-ML", the same begun at least squares; "CSS", least squares.
        fixed: coefficients that are not estimated, under the names ar1, ma1, sar1, sma1, intercept, drift, ex_1. All
            of the autoregressive and moving-average ones must be given.
        alias: the name of its columns.
        prediction_intervals: statsforecast's ConformalIntervals, or None for those of the model.
        trend: statsmodels' "n", "c", "t" or "ct" instead of the include_ options.
        cov_type: how standard errors are found: "oim", "opg" or "none".
    """

    def __init__(
        self,
        order: tuple[int, int, int] = (0, 0, 0),
        season_length: int = 1,
        seasonal_order: tuple[int, int, int] = (0, 0, 0),
        include_mean: bool = True,
        include_drift: bool = False,
        include_constant: bool | None = None,
        blambda: float | None = None,
        biasadj: bool = False,
        method: str = "CSS-ML",
        fixed: dict[str, float] | None = None,
        distribution: str = "normal",
        alias: str = "ARIMA",
        prediction_intervals: Any = None,
        trend: str | None = None,
        cov_type: str = "oim",
    ) -> None:
        self.order = order
        self.season_length = season_length
        self.seasonal_order = seasonal_order
        self.include_mean = include_mean
        self.include_drift = include_drift
        self.include_constant = include_constant
        self.blambda = blambda
        self.biasadj = biasadj
        self.method = method
        self.fixed = fixed
        self.distribution = distribution
        self.alias = alias
        self.prediction_intervals = prediction_intervals
        self.trend = trend
        self.cov_type = cov_type

    def _trend(self) -> str:
        if self.trend is not None:
            return self.trend
        differences = self.order[1] + self.seasonal_order[1]
        mean, drift = self.include_mean, self.include_drift
        if self.include_constant is not None:
            mean, drift = self.include_constant, self.include_constant and differences == 1
        mean, drift = mean and differences == 0, drift and differences < 2
        return {(False, False): "n", (True, False): "c", (False, True): "t", (True, True): "ct"}[mean, drift]

    def _estimate(self, y: Floats, X: Floats | None) -> tuple[ARIMAResults, None]:
        _refuse(
            {
                "blambda": (self.blambda, None, "transform the series before"),
                "distribution": (self.distribution, "normal", "innovations are normal"),
            }
        )
        if self.method not in _methods:
            raise ValueError(f"method is '{self.method}', but must be one of {', '.join(_methods)}")
        if self.fixed:
            return self._smooth(y, X), None
        # Maximum likelihood searches from many points, least squares among them.
        method = "css" if self.method == "CSS" else "mle"
        season_length = whole_number("season_length", self.season_length, 1)
        results = estimate(
            y, self.order, self.seasonal_order, season_length, self._trend(), X, method, self.cov_type
        )
        return results, None

    def _smooth(self, y: Floats, X: Floats | None) -> ARIMAResults:
        assert self.fixed is not None
        (p, d, q), (P, D, Q), s = self.order, self.seasonal_order, self.season_length
        names = [f"ar{k + 1}" for k in range(p)] + [f"ma{k + 1}" for k in range(q)]
        names += [f"sar{k + 1}" for k in range(P)] + [f"sma{k + 1}" for k in range(Q)]
        trend = {"n": [], "c": ["intercept"], "t": ["drift"], "ct": ["intercept", "drift"]}[self._trend()]
        names = trend + [f"ex_{k + 1}" for k in range(0 if X is None else X.shape[1])] + names
        missing = [name for name in names if name not in self.fixed]
        unknown = [name for name in self.fixed if name not in names]
        if missing or unknown:
            raise ValueError(
                f"fixed must name all coefficients of the model, {', '.join(names)}, and no others; "
                f"missing: {', '.join(missing) or 'none'}; not of the model: {', '.join(unknown) or 'none'}"
            )
        params = [float(self.fixed[name]) for name in names]
        core = _core.smooth_arima(y, (p, d, q), (P, D, Q), s, self._trend(), params, X, 0.0)
        return ARIMAResults(core, y, X, self._trend())


class AutoARIMA(ForecastModel):
    """An ARIMA model whose orders are chosen for each series, as R's ``auto.arima`` does, by exact likelihood.

    Names and defaults are statsforecast's. ``approximation`` and ``method`` change nothing, because models are always
    compared by their exact likelihood.

    Args:
        d, D: differences; chosen by tests unless given.
        max_p, max_q, max_P, max_Q, max_order, max_d, max_D: limits of the search (p, q up to 5, P, Q up to 2).
        start_p, start_q, start_P, start_Q: where the stepwise search begins.
        stationary: nothing is differenced.
        seasonal: whether a season is looked for.
        ic: "aicc", "aic" or "bic".
        stepwise: or every order within the limits.
        nmodels: most models of the stepwise search.
        truncate: compare orders on this many last observations only.
        seasonal_test: "seas" or "ocsb".
        allowdrift, allowmean: whether models with a drift or a mean are looked at.
        season_length: observations in a season; 1: none.
        alias: the name of its columns.
        prediction_intervals: statsforecast's ConformalIntervals, or None for those of the model.
        cov_type: how the standard errors of ``results_`` are found: "oim", "opg" or "none".
    """

    def __init__(
        self,
        d: int | None = None,
        D: int | None = None,
        max_p: int = 5,
        max_q: int = 5,
        max_P: int = 2,
        max_Q: int = 2,
        max_order: int = 5,
        max_d: int = 2,
        max_D: int = 1,
        start_p: int = 2,
        start_q: int = 2,
        start_P: int = 1,
        start_Q: int = 1,
        stationary: bool = False,
        seasonal: bool = True,
        ic: str = "aicc",
        stepwise: bool = True,
        nmodels: int = 94,
        trace: bool = False,
        approximation: bool | None = False,
        method: str | None = None,
        truncate: int | None = None,
        test: str = "kpss",
        test_kwargs: dict[str, Any] | None = None,
        seasonal_test: str = "seas",
        seasonal_test_kwargs: dict[str, Any] | None = None,
        allowdrift: bool = True,
        allowmean: bool = True,
        blambda: float | None = None,
        biasadj: bool = False,
        season_length: int = 1,
        distribution: str = "normal",
        alias: str = "AutoARIMA",
        prediction_intervals: Any = None,
        cov_type: str = "oim",
    ) -> None:
        self.d = d
        self.D = D
        self.max_p = max_p
        self.max_q = max_q
        self.max_P = max_P
        self.max_Q = max_Q
        self.max_order = max_order
        self.max_d = max_d
        self.max_D = max_D
        self.start_p = start_p
        self.start_q = start_q
        self.start_P = start_P
        self.start_Q = start_Q
        self.stationary = stationary
        self.seasonal = seasonal
        self.ic = ic
        self.stepwise = stepwise
        self.nmodels = nmodels
        self.trace = trace
        self.approximation = approximation
        self.method = method
        self.truncate = truncate
        self.test = test
        self.test_kwargs = test_kwargs
        self.seasonal_test = seasonal_test
        self.seasonal_test_kwargs = seasonal_test_kwargs
        self.allowdrift = allowdrift
        self.allowmean = allowmean
        self.blambda = blambda
        self.biasadj = biasadj
        self.season_length = season_length
        self.distribution = distribution
        self.alias = alias
        self.prediction_intervals = prediction_intervals
        self.cov_type = cov_type

    def search_options(self) -> _core.SearchOptions:
        """The options of the compiled search. Raises ValueError for those that it does not have."""
        _refuse(
            {
                "blambda": (self.blambda, None, "transform the series before"),
                "distribution": (self.distribution, "normal", "innovations are normal"),
                "test": (self.test, "kpss", "give d instead"),
                "test_kwargs": ({**(self.test_kwargs or {}), "alpha": 0}, {"alpha": 0}, "only its alpha can be set"),
                "seasonal_test_kwargs": (self.seasonal_test_kwargs or {}, {}, "give D instead"),
            }
        )
        if self.method == "CSS":
            raise ValueError("method is 'CSS', but orders are compared by their exact likelihood; leave it out")
        options = _core.SearchOptions()
        for name in ("max_p", "max_q", "max_P", "max_Q", "max_order", "max_d", "max_D", "start_p", "start_q"):
            setattr(options, name, getattr(self, name))
        for name in ("start_P", "start_Q", "stepwise", "nmodels", "ic", "seasonal_test"):
            setattr(options, name, getattr(self, name))
        options.d, options.D = (0, 0) if self.stationary else (self.d, self.D)
        options.allow_drift, options.allow_mean = self.allowdrift, self.allowmean
        options.truncate = int(self.truncate or 0)
        options.alpha = (self.test_kwargs or {}).get("alpha", 0.05)
        return options

    @property
    def _period(self) -> int:
        return whole_number("season_length", self.season_length, 1) if self.seasonal else 1

    def _estimate(self, y: Floats, X: Floats | None) -> tuple[ARIMAResults, list[int] | None]:
        core, trend, columns, tried = _core.select_arima(y, self._period, self.search_options(), X, self.cov_type)
        self.tried_ = tried
        if self.trace:
            for order, seasonal, trend, aicc, taken in tried:
                print(f"ARIMA{order}{seasonal} {trend:4} aicc {aicc:.3f}{'' if taken else ' (not taken)'}")
        chosen = None if X is None or not columns else np.ascontiguousarray(X[:, columns])
        return ARIMAResults(core, y, chosen, trend), (None if X is None else list(columns))
