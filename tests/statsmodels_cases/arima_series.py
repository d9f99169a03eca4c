"""The series of the topic "arima", the published ones from R's datasets."""

import json
import pathlib
import zlib

import numpy as np

STEPS = 12  # that are forecast
GOLDEN = pathlib.Path(__file__).resolve().parents[1] / "golden"
SIMULATED = "simulated: numpy's default_rng(crc32 of the name), three decimals"


def published(name):
    record = json.loads((GOLDEN / "r_arima.json").read_text(encoding="utf-8"))["series"][name]
    values = np.array(record["values"], dtype=float)
    return {"source": record["source"], "transform": record["transform"], "values": values}


def simulated(name, n, ar=(), ma=(), mean=0.0, integrate=0, season=0, scale=1.0):
    """An ARIMA series: coefficients on lags 1, 2, ... of a difference that varies around its mean."""
    generator = np.random.default_rng(zlib.crc32(name.encode()))
    noise = scale * generator.standard_normal(n + 100)
    w = np.zeros_like(noise)
    for t in range(len(w)):
        w[t] = noise[t] + sum(c * w[t - i] for i, c in enumerate(ar, 1) if t >= i)
        w[t] += sum(c * noise[t - i] for i, c in enumerate(ma, 1) if t >= i)
    y = mean + w[100:]
    for _ in range(integrate):
        y = np.cumsum(y)
    if season:
        for t in range(season, n):
            y[t] += y[t - season]
    return {"source": SIMULATED, "transform": "none", "values": np.round(y, 3)}


def with_missing(series, *indices):
    values = series["values"].copy()
    values[list(indices)] = np.nan
    return series | {"source": series["source"] + ", with values left out", "values": values}


SERIES = {
    "AirPassengers": published("AirPassengers"),
    "LakeHuron": published("LakeHuron"),
    "Nile_missing": with_missing(published("Nile"), 20, 21, 22, 23, 24, 60, 61, 99),
    "WWWusage": published("WWWusage"),
    "lynx": published("lynx"),
    "presidents": published("presidents"),
    "sales_like": simulated("sales_like", 36, ar=(-1.0, -0.6, -0.4), mean=12.0, integrate=1, scale=60.0),
    "mixed": simulated("mixed", 60, ar=(0.6, 0.2), ma=(-0.4, 0.3), mean=0.5, integrate=1),
    "mixed_missing": with_missing(
        simulated("mixed_missing", 60, ar=(0.6, 0.2), ma=(0.4,), mean=0.5, integrate=1), 1, 9, 10, 30, 58
    ),
    "quarters": simulated("quarters", 48, ar=(0.5,), ma=(0.2, 0.1, 0.1, 0.4), mean=20.0),
    "quarters_integrated": simulated("quarters_integrated", 64, ma=(-0.5,), integrate=1, season=4),
    "smooth": simulated("smooth", 50, ma=(-0.6, 0.3), integrate=2),
    "tiny": simulated("tiny", 6, ar=(0.5,)),
    "one": simulated("one", 1),
}


def observations(name):
    series = SERIES[name]
    return {"none": np.asarray, "log": np.log, "log10": np.log10}[series["transform"]](series["values"])


def regressors(name, n):
    """A step, a slow wave and a trend, known for n + STEPS times."""
    t = np.arange(n + STEPS)
    return {
        "step": np.column_stack([(t >= n // 2).astype(float), np.round(np.cos(0.7 * t), 6)]),
        "time": (t + 1.0)[:, None],
    }[name]
