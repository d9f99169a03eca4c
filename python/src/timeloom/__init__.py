"""Timeloom: ARIMA models and recurrent networks for time series, compiled.

The names below are imported when they are first used, so that ``import timeloom`` takes a few milliseconds.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ._core import Error as Error
    from .fleet import forecast as forecast
    from .models import ARIMA as ARIMA
    from .models import AutoARIMA as AutoARIMA
    from .networks import Model as Model
    from .networks import Stream as Stream
    from .networks import load as load
    from .prediction import Prediction as Prediction
    from .results import ARIMAResults as ARIMAResults

__version__ = "0.1.0"

_homes = {
    "ARIMA": "models",
    "ARIMAResults": "results",
    "AutoARIMA": "models",
    "Error": "_core",
    "Model": "networks",
    "Prediction": "prediction",
    "Stream": "networks",
    "forecast": "fleet",
    "load": "networks",
}
__all__ = ["__version__", *_homes]


def __getattr__(name: str) -> object:
    if name not in _homes:
        raise AttributeError(f"module 'timeloom' has no attribute '{name}'")
    value = getattr(importlib.import_module(f".{_homes[name]}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *_homes])
