"""What is known after an ARIMA model was fitted, under statsmodels' names."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from typing import Any, Sequence

import numpy as np
from numpy.typing import ArrayLike

from . import _core
from .arrays import Floats, regressors_of, series_of
from .prediction import Prediction

_trends = ("n", "c", "t", "ct", "mean")  # in the order of their numbers in files


class ARIMAResults:
    """A fitted ARIMA model. Made by ``ARIMA.fit`` and ``AutoARIMA.fit``; it can be pickled.

    Series of results have the length of the sample; what differencing loses at its beginning is NaN.
    """

    def __init__(
        self, core: _core.ArimaResults, endog: Floats, exog: Floats | None = None, trend: str = "n", first: int = 0
    ) -> None:
        self._core = core
        self._endog = endog
        self._exog = exog
        self._trend = trend
        self._first = first  # results of extend() begin here

    # ---- The model ----

    @property
    def order(self) -> tuple[int, int, int]:
        """(p, d, q)."""
        return self._core.orders[:3]

    @property
    def seasonal_order(self) -> tuple[int, int, int, int]:
        """(P, D, Q, s); s is 1 where the model has no season."""
        return self._core.orders[3:]

    @property
    def trend(self) -> str:
        """"n", "c", "t", "ct" as in statsmodels, or "mean": the mean of the differenced series."""
        return self._trend

    @property
    def status(self) -> str:
        """"converged", "not converged" or "constant"; ``message`` says why."""
        return self._core.status

    @property
    def message(self) -> str:
        """Empty where the search converged."""
        return self._core.message

    @property
    def converged(self) -> bool:
        """Whether the search for the maximum converged."""
        return self._core.converged

    # ---- Parameters ----

    @property
    def param_names(self) -> list[str]:
        """statsmodels' names and order: const, drift, x1, ar.L1, ma.L1, ar.S.L12, ma.S.L12, sigma2."""
        return self._core.param_names

    @property
    def params(self) -> Floats:
        """Estimates, shape (k,), in the order of ``param_names``; sigma2 is the last."""
        return self._core.params

    @property
    def bse(self) -> Floats:
        """Standard errors, shape (k,); NaN where the information matrix has no inverse."""
        return self._core.bse

    @property
    def zvalues(self) -> Floats:
        """params / bse, shape (k,)."""
        return self._core.zvalues

    tvalues = zvalues

    @property
    def pvalues(self) -> Floats:
        """Two-sided, normal, shape (k,)."""
        return self._core.pvalues

    def conf_int(self, alpha: float = 0.05) -> Floats:
        """Intervals of probability 1 - alpha for the parameters, shape (k, 2)."""
        return np.array(self._core.conf_int(alpha))

    def cov_params(self) -> Floats:
        """Covariance matrix of the estimates, shape (k, k)."""
        return self._core.cov_params

    @property
    def sigma2(self) -> float:
        """Variance of the innovations, its maximum-likelihood estimate."""
        return self._core.sigma2

    # ---- The fit ----

    @property
    def llf(self) -> float:
        """Exact Gaussian log-likelihood of the differenced series."""
        return self._core.llf

    @property
    def aic(self) -> float:
        """Akaike's information criterion."""
        return self._core.aic

    @property
    def aicc(self) -> float:
        """aic corrected for short series."""
        return self._core.aicc

    @property
    def bic(self) -> float:
        """Schwarz's information criterion."""
        return self._core.bic

    @property
    def hqic(self) -> float:
        """Hannan and Quinn's information criterion."""
        return self._core.hqic

    @property
    def nobs(self) -> int:
        """Observations after differencing, missing ones not counted."""
        return self._core.nobs

    def _full_length(self, values: Floats) -> Floats:
        lost = np.full(len(self._endog) - len(values), np.nan)
        return np.concatenate([lost, values])[self._first :]

    @property
    def resid(self) -> Floats:
        """One-step prediction errors, shape (n,)."""
        return self._full_length(self._core.resid)

    @property
    def standardized_resid(self) -> Floats:
        """One-step prediction errors over their standard errors, shape (n,)."""
        return self._full_length(self._core.standardized_resid)

    @property
    def fittedvalues(self) -> Floats:
        """One-step predictions of the series, shape (n,)."""
        return self._full_length(self._core.fittedvalues)

    @property
    def smoothed_series(self) -> Floats:
        """The series with its missing values as estimated from all others, shape (n,)."""
        return self._core.smoothed_series[self._first :]

    @property
    def arroots(self) -> Any:
        """Roots of the autoregressive polynomial, complex."""
        return np.array(self._core.arroots, dtype=complex)

    @property
    def maroots(self) -> Any:
        """Roots of the moving-average polynomial, complex."""
        return np.array(self._core.maroots, dtype=complex)

    def summary(self) -> str:
        """Tables of coefficients, fit, roots and tests of the residuals, as text."""
        return self._core.summary()

    def __repr__(self) -> str:
        p, d, q, P, D, Q, s = self._core.orders
        season = f"({P},{D},{Q})[{s}]" if s > 1 else ""
        return f"<ARIMAResults ({p},{d},{q}){season}, {self.status}, llf {self.llf:.3f}>"

    # ---- What comes next ----

    def forecast(self, steps: int = 1, exog: ArrayLike | None = None) -> Floats:
        """Means of the next ``steps`` values, shape (steps,). ``exog``: their regressors, (steps, columns)."""
        return self.get_forecast(steps, exog).predicted_mean

    def get_forecast(self, steps: int = 1, exog: ArrayLike | None = None) -> Prediction:
        """The same with standard errors and ``conf_int``."""
        if steps < 1:
            raise ValueError(f"steps is {steps}, but must be at least 1")
        mean, se, _, _ = self._core.forecast(steps, 0.05, regressors_of(exog, steps, "exog"))
        return Prediction(mean, se)

    def get_prediction(self, start: int = 0, end: int | None = None, exog: ArrayLike | None = None) -> Prediction:
        """One-step predictions from observation ``start`` to ``end`` (from 0, both included), then forecasts where
        ``end`` is beyond the sample; ``exog`` are the regressors of these."""
        n = len(self._endog)
        last = n - 1 if end is None else end
        if not 0 <= start <= last:
            raise ValueError(f"start is {start} and end {last}, but 0 <= start <= end must hold")
        mean, se, _, _ = self._core.predictions(0.05)
        lost = np.full(n - len(mean), np.nan)
        mean, se = np.concatenate([lost, mean]), np.concatenate([lost, se])
        if last >= n:
            ahead = self.get_forecast(last - n + 1, exog)
            mean = np.concatenate([mean, ahead.predicted_mean])
            se = np.concatenate([se, ahead.se_mean])
        return Prediction(mean[start : last + 1], se[start : last + 1])

    def predict(self, start: int = 0, end: int | None = None, exog: ArrayLike | None = None) -> Floats:
        """The means of ``get_prediction``."""
        return self.get_prediction(start, end, exog).predicted_mean

    def simulate(
        self,
        nsimulations: int,
        anchor: str = "start",
        repetitions: int | None = None,
        random_state: int | None = None,
        exog: ArrayLike | None = None,
    ) -> Floats:
        """Draws with normal innovations: a series like the sample ("start"), or what may follow it ("end").

        Shape (nsimulations,), or (nsimulations, repetitions) where repetitions are given. The same
        ``random_state`` gives the same draws.
        """
        if anchor not in ("start", "end"):
            raise ValueError(f"anchor is '{anchor}', but must be 'start' or 'end'")
        future = regressors_of(exog, nsimulations, "exog")
        seeds = np.random.default_rng(random_state).integers(2**63, size=repetitions or 1)
        paths = [self._core.simulate(nsimulations, int(seed), anchor == "end", future) for seed in seeds]
        return paths[0] if repetitions is None else np.column_stack(paths)

    # ---- More observations ----

    def append(self, endog: ArrayLike, exog: ArrayLike | None = None, refit: bool = False) -> ARIMAResults:
        """Results over the sample with more observations: the same parameters, or new ones with ``refit``."""
        more = series_of(endog, "endog")
        more_exog = regressors_of(exog, len(more), "exog")
        core = self._core.append(more, refit, more_exog)
        joined = self._exog if more_exog is None or self._exog is None else np.vstack([self._exog, more_exog])
        return ARIMAResults(core, np.concatenate([self._endog, more]), joined, self._trend)

    def extend(self, endog: ArrayLike, exog: ArrayLike | None = None) -> ARIMAResults:
        """As ``append``, but fitted values and residuals are those of the new observations only."""
        results = self.append(endog, exog)
        results._first = len(self._endog)
        return results

    def apply(self, endog: ArrayLike, exog: ArrayLike | None = None, refit: bool = False) -> ARIMAResults:
        """The same parameters over another series, or with ``refit`` new ones."""
        y = series_of(endog, "endog")
        X = regressors_of(exog, len(y), "exog")
        p, d, q, P, D, Q, s = self._core.orders
        if refit:
            return estimate(y, (p, d, q), (P, D, Q), s, self._trend, X)
        core = _core.smooth_arima(
            y, (p, d, q), (P, D, Q), s, self._trend, list(self.params[:-1]), X, self.sigma2
        )
        return ARIMAResults(core, y, X, self._trend)

    # ---- Files ----

    def save(self, path: str | os.PathLike[str]) -> None:
        """A JSON file, written atomically, that C++ programs read, too."""
        self._core.save(Path(path))

    @staticmethod
    def load(path: str | os.PathLike[str]) -> ARIMAResults:
        """What ``save`` wrote. Raises ValueError for a file that is missing or damaged."""
        core = _core.ArimaResults.load(Path(path))
        saved = json.loads(Path(path).read_text())["results"]
        endog = np.array(saved["y"], dtype=np.float64)
        columns = saved["exog_columns"]
        exog = np.array(saved["exog"], dtype=np.float64).reshape(-1, columns) if columns else None
        return ARIMAResults(core, endog, exog, _trends[saved["trend"]])

    def __getstate__(self) -> dict[str, Any]:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "results.json")
            self._core.save(path)
            text = path.read_bytes()
        return {**self.__dict__, "_core": text}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "results.json")
            path.write_bytes(state["_core"])
            self._core = _core.ArimaResults.load(path)


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
