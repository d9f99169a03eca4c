"""ARIMA and AutoARIMA with statsforecast's model protocol."""

from __future__ import annotations

from typing import Any, Sequence

import numpy as np
from numpy.typing import ArrayLike

from . import _core, conformal, innovations
from .arrays import Floats, quantile_of, regressors_of, series_of, sorted_levels
from .conformal import Forecast, with_ends
from .results import ARIMAResults

_methods = {"ML": "mle", "CSS": "css", "CSS-ML": "css_mle"}


def estimate(
    y: Floats,
    order: Sequence[int],
    seasonal_order: Sequence[int],
    season_length: int,
    trend: str,
    X: Floats | None,
    method: str = "mle",
    cov_type: str = "oim",
    starts: int = 0,
) -> ARIMAResults:
    """Fits one model. The search goes on until no other maximum is to be expected, or for ``starts`` starts."""
    core = _core.fit_arima(
        y, tuple(order), tuple(seasonal_order), season_length, trend, X, method, cov_type, starts, 200, []
    )
    return ARIMAResults(core, y, X, trend)


class _Model:
    """What statsforecast asks of a model. Series are float64 of shape (n,), regressors (n, columns)."""

    uses_exog = True
    alias: str
    prediction_intervals: Any
    results_: ARIMAResults
    _scores: Floats
    _X_columns: list[int] | None = None  # regressors that the fitted model has; None: all

    def _estimate(self, y: Floats, X: Floats | None) -> tuple[ARIMAResults, list[int] | None]:
        raise NotImplementedError

    def new(self) -> Any:
        """A copy with the same options, not fitted anew."""
        copy = type(self).__new__(type(self))
        copy.__dict__.update(self.__dict__)
        return copy

    def __repr__(self) -> str:
        return self.alias

    # ---- Estimation ----

    def fit(self, y: ArrayLike, X: ArrayLike | None = None) -> Any:
        """Estimates the model, whose results are then ``results_``; returns the model.

        Args:
            y: the series, shape (n,); NaN is a missing value.
            X: regressors, shape (n, columns).
        """
        values = series_of(y)
        exog = regressors_of(X, len(values))
        self.results_, self._X_columns = self._estimate(values, exog)
        self._store_cs(values, exog)
        return self

    def _fitted(self) -> ARIMAResults:
        if not hasattr(self, "results_"):
            raise ValueError(f"{self.alias} is not fitted; call fit(y) first")
        return self.results_

    @property
    def model_(self) -> dict[str, Any]:
        """The fitted model as a dict under statsforecast's names."""
        r = self._fitted()
        p, d, q, P, D, Q, s = r._core.orders
        coefficients = dict(zip(r.param_names[:-1], r.params[:-1].tolist()))
        return {
            "coef": {_r_name(name, d + D > 0): value for name, value in coefficients.items()},
            "sigma2": r.sigma2,
            "var_coef": r.cov_params()[:-1, :-1],
            "loglik": r.llf,
            "aic": r.aic,
            "aicc": r.aicc,
            "bic": r.bic,
            "arma": (p, q, P, Q, s, d, D),
            "residuals": r.resid,
            "fitted": r.fittedvalues,
            "x": r._endog,
            "xreg": r._exog,
            "nobs": r.nobs,
            "lambda": None,
        }

    # ---- Forecasts ----

    def predict(self, h: int, X: ArrayLike | None = None, level: Sequence[float] | None = None) -> Forecast:
        """Forecasts of the fitted model.

        Args:
            h: steps to forecast.
            X: their regressors, shape (h, columns).
            level: probabilities of intervals in percent, such as [80, 95].

        Returns:
            ``mean``, shape (h,), and for each level ``lo-95`` and ``hi-95``.
        """
        results = self._fitted()
        scores = getattr(self, "_scores", None)
        return self._forecast(results, self._X_columns, h, X, level, scores)

    def predict_in_sample(self, level: Sequence[float] | None = None) -> Forecast:
        """One-step predictions of the sample: ``fitted``, shape (n,), and for each level ``fitted-lo-95``, …"""
        return _fitted_values(self._fitted(), level)

    def forecast(
        self,
        y: ArrayLike,
        h: int,
        X: ArrayLike | None = None,
        X_future: ArrayLike | None = None,
        level: Sequence[float] | None = None,
        fitted: bool = False,
    ) -> Forecast:
        """Estimates the model on ``y`` and forecasts ``h`` steps; keeps nothing.

        ``X`` are the regressors of the series, (n, columns), ``X_future`` those of the steps, (h, columns). With
        ``fitted`` the result also has ``predict_in_sample``'s columns.
        """
        values = series_of(y)
        exog = regressors_of(X, len(values))
        results, columns = self._estimate(values, exog)
        return self._forecast_of(results, columns, values, exog, h, X_future, level, fitted)

    def forward(
        self,
        y: ArrayLike,
        h: int,
        X: ArrayLike | None = None,
        X_future: ArrayLike | None = None,
        level: Sequence[float] | None = None,
        fitted: bool = False,
    ) -> Forecast:
        """The fitted model's parameters over another series ``y``, and its forecasts."""
        own = self._fitted()
        values = series_of(y)
        exog = regressors_of(X, len(values))
        used = exog if exog is None or self._X_columns is None else exog[:, self._X_columns]
        results = own.apply(values, used)
        return self._forecast_of(results, self._X_columns, values, exog, h, X_future, level, fitted)

    def simulate(
        self,
        h: int,
        n_paths: int,
        y: ArrayLike | None = None,
        X: ArrayLike | None = None,
        X_future: ArrayLike | None = None,
        seed: int | None = None,
        error_distribution: str = "normal",
        error_params: dict[str, Any] | None = None,
    ) -> Floats:
        """What may follow the series: shape (n_paths, h). The model is fitted to ``y`` where one is given.

        error_distribution: of the innovations: "normal", "t" (``df``), "laplace", "skew-normal" (``skewness``), "ged"
            (``shape``) with ``error_params``, all of the model's variance, or "bootstrap", the residuals.
        """
        if y is None:
            results, columns = self._fitted(), self._X_columns
        else:
            values = series_of(y)
            results, columns = self._estimate(values, regressors_of(X, len(values)))
        future = _chosen(X_future, columns, h)
        rng = np.random.default_rng(seed)
        if error_distribution == "normal":
            seeds = rng.integers(2**63, size=n_paths).astype(np.uint64)
            return results._core.simulate_paths(h, seeds, future)
        errors = innovations.draw(rng, (n_paths, h), error_distribution, error_params or {}, results.resid)
        psi = innovations.impulse_response(
            results._core.orders, dict(zip(results.param_names, results.params.tolist())), h
        )
        mean = results.forecast(h, future)
        response = np.array([[psi[t - k] if k <= t else 0.0 for k in range(h)] for t in range(h)])
        return mean + np.sqrt(results.sigma2) * errors @ response.T

    # ---- How ----

    def _forecast_of(
        self,
        results: ARIMAResults,
        columns: list[int] | None,
        y: Floats,
        X: Floats | None,
        h: int,
        X_future: ArrayLike | None,
        level: Sequence[float] | None,
        fitted: bool,
    ) -> Forecast:
        needs_scores = self.prediction_intervals is not None and level is not None
        scores = self._conformity_scores(y, X) if needs_scores else None
        forecast = self._forecast(results, columns, h, X_future, level, scores)
        if not fitted:
            return forecast
        in_sample = _fitted_values(results, level)
        mean = {"mean": forecast.pop("mean"), "fitted": in_sample.pop("fitted")}
        return {**mean, **forecast, **in_sample}

    def _forecast(
        self,
        results: ARIMAResults,
        columns: list[int] | None,
        h: int,
        X: ArrayLike | None,
        level: Sequence[float] | None,
        scores: Floats | None,
    ) -> Forecast:
        prediction = results.get_forecast(h, _chosen(X, columns, h))
        forecast = {"mean": prediction.predicted_mean}
        levels = sorted_levels(level)
        if scores is not None and levels:
            return conformal.add_intervals(forecast, scores, levels, self.prediction_intervals.method)
        return with_ends(forecast, {each: _ends(prediction.predicted_mean, prediction.se_mean, each) for each in levels})

    # ---- What statsforecast's MSTL asks of the model of its trend ----

    def _conformity_scores(self, y: Floats, X: Floats | None = None) -> Floats:
        asked = self.prediction_intervals
        return conformal.conformity_scores(self.forecast, y, X, asked.n_windows, asked.h)

    def _store_cs(self, y: Floats, X: Floats | None) -> None:
        if self.prediction_intervals is not None:
            self._scores = self._conformity_scores(y, X)

    def _add_conformal_intervals(
        self, fcst: Forecast, y: Floats | None, X: Floats | None, level: Sequence[float] | None
    ) -> Forecast:
        if self.prediction_intervals is None or level is None:
            return fcst
        scores = self._scores if y is None else self._conformity_scores(y, X)
        return conformal.add_intervals(fcst, scores, sorted_levels(level), self.prediction_intervals.method)

    def _add_predict_conformal_intervals(self, fcst: Forecast, level: Sequence[float] | None) -> Forecast:
        return self._add_conformal_intervals(fcst, None, None, level)


def _chosen(X: ArrayLike | None, columns: list[int] | None, h: int) -> Floats | None:
    """The model's regressors of the steps to forecast."""
    future = regressors_of(X, h, "the regressors of the forecast")
    if columns is None or future is None:
        return future
    return np.ascontiguousarray(future[:, columns]) if columns else None


def _ends(mean: Floats, se: Any, level: float) -> tuple[Floats, Floats]:
    width = quantile_of(level) * se
    return mean - width, mean + width


def _fitted_values(results: ARIMAResults, level: Sequence[float] | None) -> Forecast:
    fitted = results.fittedvalues
    se = np.sqrt(results.sigma2)
    ends = {each: _ends(fitted, se, each) for each in sorted_levels(level)}
    return with_ends({"fitted": fitted}, ends, prefix="fitted-")


def _r_name(name: str, is_differenced: bool) -> str:
    """statsforecast's and R's name of a coefficient: ar1, sma1, intercept, drift, ex_1."""
    if name.startswith(("ar.S.L", "ma.S.L")):
        return "s" + name[:2] + name[6:]
    if name.startswith(("ar.L", "ma.L")):
        return name[:2] + name[4:]
    if name == "const":
        return "drift" if is_differenced else "intercept"
    return "ex_" + name[1:] if name[0] == "x" else name


def _refuse(options: dict[str, Any]) -> None:
    """Options of statsforecast's that would change the result and are not there."""
    for name, (value, default, advice) in options.items():
        if value != default:
            raise ValueError(f"{name} is {value!r}, which timeloom does not have; {advice}")


class ARIMA(_Model):
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
        results = estimate(
            y, self.order, self.seasonal_order, self.season_length, self._trend(), X, method, self.cov_type
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


class AutoARIMA(_Model):
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
        return self.season_length if self.seasonal else 1

    def _estimate(self, y: Floats, X: Floats | None) -> tuple[ARIMAResults, list[int] | None]:
        core, trend, columns, tried = _core.select_arima(y, self._period, self.search_options(), X, self.cov_type)
        self.tried_ = tried
        if self.trace:
            for order, seasonal, trend, aicc, taken in tried:
                print(f"ARIMA{order}{seasonal} {trend:4} aicc {aicc:.3f}{'' if taken else ' (not taken)'}")
        chosen = None if X is None or not columns else np.ascontiguousarray(X[:, columns])
        return ARIMAResults(core, y, chosen, trend), (None if X is None else list(columns))
