"""The tools for any series: correlations, unit roots, decompositions, tests of residuals, densities.

Long results are thinned to every STRIDE-th value; null is NaN. "series" holds the observations by name.
"""

import itertools
import warnings

import mpmath
import numpy as np
import pandas as pd
from scipy import stats
from statsmodels.stats.diagnostic import acorr_ljungbox
from statsmodels.stats.stattools import jarque_bera
from statsmodels.tsa.filters.hp_filter import hpfilter
from statsmodels.tsa.seasonal import STL, _seasonal, seasonal_decompose
from statsmodels.tsa.stattools import acf, adfuller, breakvar_heteroskedasticity_test, kpss, pacf

from statsmodels_cases.arima_series import published, simulated

STRIDE = 5

SERIES = {
    name: published(name)["values"] for name in ("AirPassengers", "LakeHuron", "USAccDeaths", "WWWusage")
}
SERIES["weekly"] = simulated("weekly", 45, ar=(0.3,), season=7, mean=40.0, scale=9.0)["values"]
SERIES["noise"] = simulated("noise", 50, scale=2.0)["values"]


def plain(values):
    return [None if np.isnan(value) else float(value) for value in np.ravel(values)]


def thin(values):
    return plain(np.asarray(values)[::STRIDE])


def correlations():
    for name, nlags in (("LakeHuron", 20), ("AirPassengers", None), ("noise", None)):
        y = SERIES[name]
        for adjusted in (False, True):
            values, limits = acf(
                y, nlags=nlags, adjusted=adjusted, alpha=0.05, fft=False, result_object=False
            )
            yield {
                "series": name,
                "function": "acf",
                "nlags": nlags,
                "adjusted": adjusted,
                "values": plain(values),
                "lower": plain(limits[:, 0]),
                "upper": plain(limits[:, 1]),
            }
        for method in ("ywadjusted", "ywm", "ols", "burg", "ld"):
            values, limits = pacf(y, nlags=nlags, method=method, alpha=0.1, result_object=False)
            yield {
                "series": name,
                "function": "pacf",
                "nlags": nlags,
                "method": method,
                "values": plain(values),
                "lower": plain(limits[:, 0]),
                "upper": plain(limits[:, 1]),
            }


def ljung_box():
    for name, lags, model_df in (("LakeHuron", 10, 0), ("noise", 12, 2)):
        table = acorr_ljungbox(SERIES[name], lags=lags, model_df=model_df, boxpierce=True)
        yield {
            "series": name,
            "lags": lags,
            "model_df": model_df,
            "statistic": plain(table["lb_stat"]),
            "p_value": plain(table["lb_pvalue"]),
            "box_pierce": plain(table["bp_stat"]),
            "box_pierce_p_value": plain(table["bp_pvalue"]),
        }


def unit_roots():
    for name, regression, (autolag, maxlag) in itertools.product(
        ("AirPassengers", "LakeHuron", "WWWusage", "noise"),
        ("n", "c", "ct", "ctt"),
        (("AIC", None), ("BIC", 6), (None, 3)),
    ):
        statistic, p, lag, nobs, critical, *rest = adfuller(
            SERIES[name], maxlag=maxlag, regression=regression, autolag=autolag, result_object=False
        )
        yield {
            "series": name,
            "regression": regression,
            "autolag": autolag,
            "maxlag": maxlag,
            "statistic": statistic,
            "p_value": float(p),
            "used_lag": int(lag),
            "nobs": int(nobs),
            "critical": [critical[level] for level in ("1%", "5%", "10%")],
            "criterion": float(rest[0]) if autolag else None,
        }


def stationarity():
    for name, regression, nlags in itertools.product(
        ("AirPassengers", "LakeHuron", "WWWusage", "noise"), ("c", "ct"), ("auto", "legacy", 4)
    ):
        statistic, p, lags, _ = kpss(SERIES[name], regression=regression, nlags=nlags, result_object=False)
        yield {
            "series": name,
            "regression": regression,
            "nlags": nlags,
            "statistic": float(statistic),
            "p_value": float(p),
            "lags": int(lags),
        }


def short_unit_roots():
    """The default lag without constant, on series whose lag statsmodels would leave no residual."""
    for size in (8, 10, 15, 18, 20):
        most = (size - 3) // 2
        for autolag, maxlag in (("AIC", most), (None, most)):
            statistic, p, lag, nobs, *_ = adfuller(
                SERIES["noise"][:size], maxlag=maxlag, regression="n", autolag=autolag, result_object=False
            )
            yield {
                "size": size,
                "autolag": autolag,
                "statistic": float(statistic),
                "p_value": float(p),
                "used_lag": int(lag),
                "nobs": int(nobs),
            }


def extrapolated(trend, points):
    """Lines through the first and the last `points` values that are no NaN; statsmodels' own function leaves
    the last value out of the line at the back."""
    trend = trend.copy()
    known = np.flatnonzero(~np.isnan(trend))
    for ends, missing in (
        (known[:points], np.arange(known[0])),
        (known[-points:], np.arange(known[-1] + 1, len(trend))),
    ):
        line = np.polynomial.Polynomial.fit(ends, trend[ends], 1)
        trend[missing] = line(missing)
    return trend


def decompositions():
    _seasonal._extrapolate_trend = extrapolated
    for (name, period), model, two_sided, extrapolate in itertools.product(
        (("USAccDeaths", 12), ("weekly", 7)), ("additive", "multiplicative"), (True, False), (0, 4, "freq")
    ):
        parts = seasonal_decompose(
            SERIES[name], model, period=period, two_sided=two_sided, extrapolate_trend=extrapolate
        )
        yield {
            "series": name,
            "period": period,
            "model": model,
            "two_sided": two_sided,
            "extrapolate_trend": -1 if extrapolate == "freq" else extrapolate,
            "trend": thin(parts.trend),
            "seasonal": plain(parts.seasonal[:period]),
            "resid": thin(parts.resid),
        }


def stl():
    for (name, period), options in itertools.product(
        (("USAccDeaths", 12), ("weekly", 7)),
        (
            {},
            {"robust": True},
            {"seasonal": 13, "trend": 25, "low_pass": 15, "seasonal_deg": 0, "low_pass_deg": 0},
            {"seasonal": 35, "trend_deg": 0, "seasonal_jump": 3, "trend_jump": 3, "low_pass_jump": 2},
            {"trend": 101, "low_pass": 87, "robust": True, "trend_jump": 4},
        ),
    ):
        parts = STL(SERIES[name], period, **options).fit()
        yield {
            "series": name,
            "period": period,
            "options": options,
            "trend": thin(parts.trend),
            "seasonal": thin(parts.seasonal),
            "weights": thin(parts.weights),
        }


def hodrick_prescott():
    for name, lamb in (("LakeHuron", 6.25), ("USAccDeaths", 1600), ("AirPassengers", 129600)):
        cycle, trend = hpfilter(SERIES[name], lamb)
        yield {"series": name, "lambda": lamb, "cycle": thin(cycle), "trend": thin(trend)}


def residual_tests():
    for name in ("noise", "LakeHuron"):
        resid = SERIES[name] - SERIES[name].mean()
        yield {
            "series": name,
            "jarque_bera": plain(jarque_bera(resid)),
            "heteroskedasticity": [
                {
                    "alternative": alternative,
                    "use_f": use_f,
                    "subset_length": part,
                    "values": plain(breakvar_heteroskedasticity_test(resid, part, alternative, use_f)),
                }
                for alternative in ("two-sided", "increasing", "decreasing")
                for use_f in (True, False)
                for part in (1 / 3, 0.4)
            ],
            "describe": plain(pd.Series(resid).describe()),
            "density": thin(stats.gaussian_kde(resid)(np.linspace(-5, 5, 21))),
        }


def distributions():
    arguments = {
        "normal": (stats.norm, ()),
        "student": (stats.t, (3.5,)),
        "chi2": (stats.chi2, (7.0,)),
        "f": (stats.f, (4.0, 11.0)),
    }
    points, probabilities = [-8.0, -1.5, 0.0, 0.3, 2.0, 30.0], [1e-12, 0.025, 0.5, 0.9, 0.999999]
    for name, (distribution, df) in arguments.items():
        yield {
            "name": name,
            "df": list(df),
            "x": points,
            "cdf": plain(distribution.cdf(points, *df)),
            "sf": plain(distribution.sf(points, *df)),
            "probability": probabilities,
            "quantile": plain(distribution.ppf(probabilities, *df)),
        }


def tails():
    """P(X > x) to 50 digits, with x or the probability at the ends of double."""
    half = mpmath.mpf(1) / 2

    def student(x, df):
        return mpmath.betainc(df / 2, half, 0, df / (df + x * x), regularized=True) / 2

    def chi2(x, df):
        return mpmath.gammainc(df / 2, x / 2, regularized=True)

    def f(x, numerator, denominator):
        z = denominator / (denominator + numerator * x)
        return mpmath.betainc(denominator / 2, numerator / 2, 0, z, regularized=True)

    with mpmath.workdps(50):
        for name, function, df, points in (
            ("student", student, (0.5,), (1e3, 1e200, 1e300)),
            ("student", student, (3.0,), (1e-300, 1e66, 1e99)),
            ("student", student, (5.0,), (1e20, 1e60)),
            ("student", student, (30.0,), (1e2, 1e10)),
            ("chi2", chi2, (0.5,), (1e-5, 1e2, 1e3)),
            ("chi2", chi2, (10.0,), (1e-10, 1.0, 1.2e3)),
            ("f", f, (2.0, 3.0), (1e-20, 1e3, 1e190)),
            ("f", f, (30.0, 0.5), (1e5, 1e300)),
        ):
            for x in points:
                tail = function(mpmath.mpf(x), *(mpmath.mpf(d) for d in df))
                yield {"name": name, "df": list(df), "x": x, "tail": float(tail)}


def values():
    warnings.simplefilter("ignore")
    makers = (
        correlations,
        ljung_box,
        unit_roots,
        short_unit_roots,
        stationarity,
        decompositions,
        stl,
        hodrick_prescott,
        residual_tests,
        distributions,
        tails,
    )
    document = {"stride": STRIDE, "series": {name: plain(y) for name, y in SERIES.items()}}
    return document | {make.__name__: list(make()) for make in makers}
