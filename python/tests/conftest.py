"""What the tests share: the project's golden files, which scripts in tests/ made with R and statsmodels."""

import json
from pathlib import Path

import numpy as np
import pytest

golden_folder = Path(__file__).parents[2] / "tests" / "golden"


def golden(name):
    return json.loads((golden_folder / name).read_text())


def values_of(series):
    """A series of a golden file: NaN where it is missing, transformed as the file says."""
    y = np.array(series["values"], dtype=float)
    return {"log": np.log, "log10": np.log10}.get(series.get("transform"), np.asarray)(y)


@pytest.fixture(scope="session")
def statsmodels_values():
    return golden("statsmodels_arima.json")


@pytest.fixture(scope="session")
def r_values():
    return golden("r_arima.json")


@pytest.fixture(scope="session")
def log_passengers(r_values):
    return values_of(r_values["series"]["AirPassengers"])
