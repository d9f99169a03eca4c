"""What statsforecast asks of a model, whichever way its orders are found."""

from __future__ import annotations

from typing import Any, Sequence

import numpy as np
from numpy.typing import ArrayLike

from . import conformal, innovations
from .arrays import Floats, quantile_of, regressors_of, series_of, sorted_levels
from .conformal import Forecast, with_ends
from .results import ARIMAResults


class ForecastModel:
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
            "distribution": "normal",
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
