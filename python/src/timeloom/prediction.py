"""Point predictions with their standard errors."""

from __future__ import annotations

from typing import Any

import numpy as np

from .arrays import Floats, quantile_of


class Prediction:
    """Point predictions with their standard errors, as statsmodels' ``get_forecast()`` returns them.

    Attributes:
        predicted_mean: shape (steps,), in the units of the series.
        se_mean: standard errors, shape (steps,).
    """

    def __init__(self, predicted_mean: Floats, se_mean: Floats) -> None:
        self.predicted_mean = predicted_mean
        self.se_mean = se_mean

    @property
    def var_pred_mean(self) -> Floats:
        """Variances of the predictions, shape (steps,)."""
        return self.se_mean**2

    def conf_int(self, alpha: float = 0.05) -> Floats:
        """Lower and upper ends of intervals of probability 1 - alpha, shape (steps, 2)."""
        if not 0 < alpha < 1:
            raise ValueError(f"alpha is {alpha}, but must lie between 0 and 1")
        width = quantile_of(100 * (1 - alpha)) * self.se_mean
        return np.column_stack([self.predicted_mean - width, self.predicted_mean + width])

    def summary_frame(self, alpha: float = 0.05) -> Any:
        """A pandas frame with mean, mean_se, mean_ci_lower and mean_ci_upper; a dict where pandas is not installed."""
        interval = self.conf_int(alpha)
        columns = {
            "mean": self.predicted_mean,
            "mean_se": self.se_mean,
            "mean_ci_lower": interval[:, 0],
            "mean_ci_upper": interval[:, 1],
        }
        try:
            import pandas
        except ImportError:
            return columns
        return pandas.DataFrame(columns)
