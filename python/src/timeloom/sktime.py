"""sktime's forecasters over ARIMA and AutoARIMA; needs sktime (``pip install timeloom[sktime]``)."""

from __future__ import annotations

from typing import Any

import numpy as np

try:
    import pandas as pd
    from sktime.forecasting.base import BaseForecaster
except ImportError as error:
    raise ImportError(f"timeloom.sktime needs sktime, which is not installed ({error}); pip install timeloom[sktime]") from error

from . import models
from .arrays import quantile_of
from .prediction import Prediction
from .results import ARIMAResults


class _Forecaster(BaseForecaster):
    """Series are pandas.Series, regressors frames with a row for each observation and each step to forecast."""

    _tags = {
        "authors": ["The Timeloom authors"],
        "y_inner_mtype": "pd.Series",
        "X_inner_mtype": "pd.DataFrame",
        "capability:multivariate": False,
        "capability:exogenous": True,
        "capability:missing_values": True,
        "capability:pred_int": True,
        "capability:pred_int:insample": True,
        "capability:update": True,
        "requires-fh-in-fit": False,
        "X-y-must-have-same-index": False,
        "enforce_index_type": None,
    }

    def _model(self) -> Any:
        raise NotImplementedError

    def _fit(self, y: Any, X: Any, fh: Any) -> Any:
        model = self._model()
        model.fit(y.to_numpy(dtype=np.float64), self._rows(X, y.index))
        self._results: ARIMAResults = model.results_
        self._columns: list[int] | None = model._X_columns
        self._end, self._name = y.index[-1], y.name
        return self

    def _update(self, y: Any, X: Any = None, update_params: bool = True) -> Any:
        """More observations: the parameters are estimated anew from where they are, or kept."""
        later = y[y.index > self._end]
        if len(later):
            exog = self._chosen(self._rows(X, later.index))
            refit = update_params or self._results.status == "constant"  # which says nothing of other values
            self._results = self._results.append(later.to_numpy(dtype=np.float64), exog, refit=refit)
            self._end = y.index[-1]
        return self

    def _predict(self, fh: Any, X: Any) -> Any:
        prediction, index = self._prediction(fh, X)
        return pd.Series(prediction.predicted_mean, index=index, name=self._name)

    def _predict_interval(self, fh: Any, X: Any, coverage: list[float]) -> Any:
        prediction, index = self._prediction(fh, X)
        name = self._get_varnames()[0]
        columns = {}
        for each in coverage:
            width = quantile_of(100 * each) * prediction.se_mean if each > 0 else 0 * prediction.se_mean
            columns[name, each, "lower"] = prediction.predicted_mean - width
            columns[name, each, "upper"] = prediction.predicted_mean + width
        return pd.DataFrame(columns, index=index)

    def _predict_var(self, fh: Any, X: Any = None, cov: bool = False) -> Any:
        prediction, index = self._prediction(fh, X)
        return pd.DataFrame(prediction.var_pred_mean, index=index, columns=self._get_varnames())

    def _get_fitted_params(self) -> dict[str, Any]:
        results = self._results
        numbers = {"llf": results.llf, "aic": results.aic, "aicc": results.aicc, "bic": results.bic}
        names = {name.replace(".", "_"): value for name, value in zip(results.param_names, results.params.tolist())}
        return {"order": results.order, "seasonal_order": results.seasonal_order, **names, **numbers}

    # ---- How ----

    def _prediction(self, fh: Any, X: Any) -> tuple[Prediction, Any]:
        """What the model says of the horizon's times, in the sample and after it."""
        n = len(self._results._endog)
        steps = fh.to_relative(self.cutoff).to_pandas().to_numpy().astype(int)
        index = fh.to_absolute_index(self.cutoff)
        places = n - 1 + steps
        exog = None
        if X is not None and places.max() >= n:
            exog = self._future_rows(X, index, steps)
        if places.min() < 0:
            raise ValueError(f"the horizon begins {-places.min()} steps before the first observation")
        whole = self._results.get_prediction(0, max(int(places.max()), n - 1), exog)
        return Prediction(whole.predicted_mean[places], whole.se_mean[places]), index

    def _future_rows(self, X: Any, index: Any, steps: Any) -> Any:
        """Regressors of all steps up to the last one; those of steps that nobody asks for may be anything."""
        rows = np.zeros((steps.max(), X.shape[1]))
        ahead = steps > 0
        rows[steps[ahead] - 1] = self._rows(X, index[ahead])
        return self._chosen(rows)

    def _chosen(self, rows: Any) -> Any:
        if rows is None or self._columns is None:
            return rows
        return np.ascontiguousarray(rows[:, self._columns]) if self._columns else None

    @staticmethod
    def _rows(X: Any, index: Any) -> Any:
        return None if X is None else np.ascontiguousarray(X.loc[index].to_numpy(dtype=np.float64))


class ARIMA(_Forecaster):
    """An ARIMA model of given orders.

    Args:
        order: (p, d, q).
        seasonal_order: (P, D, Q, s) as in statsmodels; s is the number of observations in a season.
        trend: "n", "c", "t" or "ct"; None: a mean, where nothing is differenced.

    Examples:
        >>> from timeloom.sktime import ARIMA
        >>> from sktime.datasets import load_airline
        >>> forecaster = ARIMA(order=(0, 1, 1), seasonal_order=(0, 1, 1, 12)).fit(load_airline())
        >>> y_pred = forecaster.predict(fh=[1, 2, 3])
    """

    def __init__(
        self,
        order: tuple[int, int, int] = (1, 0, 0),
        seasonal_order: tuple[int, int, int, int] = (0, 0, 0, 0),
        trend: str | None = None,
    ) -> None:
        self.order = order
        self.seasonal_order = seasonal_order
        self.trend = trend
        super().__init__()

    def _model(self) -> models.ARIMA:
        P, D, Q, s = self.seasonal_order
        return models.ARIMA(self.order, max(s, 1), (P, D, Q), trend=self.trend)

    @classmethod
    def get_test_params(cls, parameter_set: str = "default") -> list[dict[str, Any]]:
        """Parameters that sktime's tests use."""
        return [{"order": (1, 0, 0)}, {"order": (0, 1, 1), "seasonal_order": (0, 0, 1, 2), "trend": "t"}]


class AutoARIMA(_Forecaster):
    """An ARIMA model whose orders are chosen for the series; see ``timeloom.AutoARIMA`` for the arguments.

    Examples:
        >>> from timeloom.sktime import AutoARIMA
        >>> from sktime.datasets import load_airline
        >>> forecaster = AutoARIMA(sp=12).fit(load_airline())
        >>> y_pred = forecaster.predict(fh=[1, 2, 3])
    """

    def __init__(
        self,
        sp: int = 1,
        d: int | None = None,
        D: int | None = None,
        max_p: int = 5,
        max_q: int = 5,
        max_P: int = 2,
        max_Q: int = 2,
        ic: str = "aicc",
        stepwise: bool = True,
    ) -> None:
        self.sp = sp
        self.d = d
        self.D = D
        self.max_p = max_p
        self.max_q = max_q
        self.max_P = max_P
        self.max_Q = max_Q
        self.ic = ic
        self.stepwise = stepwise
        super().__init__()

    def _model(self) -> models.AutoARIMA:
        options = {name: getattr(self, name) for name in ("d", "D", "max_p", "max_q", "max_P", "max_Q", "ic", "stepwise")}
        return models.AutoARIMA(season_length=self.sp, **options)

    @classmethod
    def get_test_params(cls, parameter_set: str = "default") -> list[dict[str, Any]]:
        """Parameters that sktime's tests use."""
        return [{}, {"sp": 2, "max_p": 2, "max_q": 1}]
