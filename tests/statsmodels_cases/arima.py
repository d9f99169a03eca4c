"""Exact Gaussian likelihoods, maximum-likelihood fits and forecasts of ARIMA models.

Every model is fitted to its differences w, where the exact likelihood needs no diffuse start: "trend" "c" is
the mean of w (statsmodels' "const" of a regression, not the intercept of the recursion), and regressors are
differenced as the series is. Forecasts are those of the integrated series under statsmodels' exact diffuse
start. Standard errors "bse" and "bse_opg" are exact; "statsmodels_bse" is what statsmodels finds, which has
five digits or so (gaussian.py says why).

Parameters stand in statsmodels' order: const, regressors, ar, ma, seasonal ar, seasonal ma, sigma2.
"in_sample" predicts w one step ahead; "exog" holds a case's columns in y's time.
"""

import warnings

import numpy as np
from scipy.stats import norm
from statsmodels.tsa.statespace.sarimax import SARIMAX

from statsmodels_cases.arima_series import SERIES, STEPS, observations, regressors
from statsmodels_cases.gaussian import Likelihood


# ---- models ----


def difference(x, case):
    d, (_, seasonal_d, _, s) = case["order"][1], case["seasonal_order"]
    for _ in range(seasonal_d):
        x = x[s:] - x[:-s]
    for _ in range(d):
        x = x[1:] - x[:-1]
    return x


class Model:
    """The case's model of w (flat) and of y (integrated)."""

    def __init__(self, case):
        (p, d, q), (sp, sd, sq, s) = case["order"], case["seasonal_order"]
        y = observations(case["series"])
        n = len(y)
        w = difference(y, case)
        columns = [regressors(case["exog"], n)] if "exog" in case else []
        later = [x[n:] for x in columns]
        now = [x[:n] for x in columns]
        flat_columns = [difference(x, case) for x in now]
        if case["trend"] == "c":
            flat_columns.insert(0, np.ones((len(w), 1)))
            t = np.arange(1.0, n + STEPS + 1)[:, None]
            drift = {(0, 0): t**0, (1, 0): t, (0, 1): t / max(s, 1), (2, 0): t * t / 2}[d, sd]
            now.insert(0, drift[:n])
            later.insert(0, drift[n:])
        self.diffuse = d + s * sd
        self.later = np.hstack(later) if later else None
        flat_exog = np.hstack(flat_columns) if flat_columns else None
        self.flat = SARIMAX(w, exog=flat_exog, order=(p, 0, q), seasonal_order=(sp, 0, sq, s))
        self.gaussian = Likelihood(w, flat_exog, (p, q, sp, sq, s))
        exog = np.hstack(now) if now else None
        self.integrated = SARIMAX(
            y,
            exog=exog,
            order=(p, d, q),
            seasonal_order=(sp, sd, sq, s),
            use_exact_diffuse=self.diffuse > 0,
        )
        self.flat.ssm.tolerance = self.integrated.ssm.tolerance = 0  # no shortcut to the steady state

    def loglike(self, params):
        value = float(self.flat.loglike(params))
        if abs(self.gaussian.loglike(params) / value - 1) > 1e-9:
            raise RuntimeError(
                f"statsmodels says {value}, the covariances {self.gaussian.loglike(params)}"
            )
        return value

    def integrated_loglike(self, params):
        """Agrees with loglike() where nothing is missing: a diffuse start takes the first values as given."""
        return float(self.integrated.loglike(params)) + self.diffuse / 2 * np.log(2 * np.pi)

    def maximise(self):
        """The best of several starts by L-BFGS, then Newton's method to the last digits."""
        generator = np.random.default_rng(1)
        flat = self.flat
        start = flat.untransform_params(flat.start_params)
        best = None
        for trial in range(12):
            fit = flat.fit(
                flat.transform_params(start + (trial > 0) * 0.5 * generator.standard_normal(len(start))),
                method="lbfgs",
                maxiter=500,
                pgtol=1e-9,
                factr=10,
                disp=False,
                cov_type="none",
            )
            if best is None or fit.llf > best.llf:
                best = fit
        params = best.params
        for _ in range(5):
            step = np.linalg.solve(self.gaussian.hessian(params), self.gaussian.score(params))
            params = params - step
        if np.max(np.abs(step / params)) > 1e-10:
            raise RuntimeError("Newton's method did not converge")
        if self.loglike(params) < best.llf - 1e-9:
            raise RuntimeError("Newton's method left the maximum that L-BFGS found")
        return params


# ---- values ----


def rounded(values, digits=14):
    """Nested lists of floats, None for NaN, with so many significant digits."""
    values = np.asarray(values, dtype=float)
    if values.ndim:
        return [rounded(value, digits) for value in values]
    return None if np.isnan(values) else float(f"{float(values) + 0.0:.{digits}g}")


def forecast(model, params, digits, interval=False):
    ahead = model.integrated.smooth(params).get_forecast(STEPS, exog=model.later)
    values = {"mean": rounded(ahead.predicted_mean, digits), "se": rounded(ahead.se_mean, digits)}
    if interval:
        lower, upper = np.asarray(ahead.conf_int(alpha=0.05)).T
        values |= {"lower": rounded(lower, digits), "upper": rounded(upper, digits)}
    return values


def at_fixed(model, case):
    params = np.array(case["fixed"], dtype=float)
    values = {
        "params": rounded(params),
        "llf": model.loglike(params),
        "score": rounded(model.gaussian.score(params)),
    }
    if np.isnan(model.integrated.endog).any() and model.diffuse:
        values["llf_integrated"] = model.integrated_loglike(params)
    elif abs(model.integrated_loglike(params) - values["llf"]) > 1e-8 * abs(values["llf"]):
        raise RuntimeError(f"{case['name']}: the integrated model has another likelihood")
    if case.get("in_sample"):
        one_step = model.flat.filter(params).get_prediction()
        values["in_sample"] = {
            "mean": rounded(one_step.predicted_mean, 11),
            "se": rounded(one_step.se_mean, 11),
        }
    return values | {"forecast": forecast(model, params, 12)}


def diagnostics(results):
    """The numbers at the foot of statsmodels' summary."""
    jarque_bera = results.test_normality("jarquebera")[0]
    heteroskedasticity = results.test_heteroskedasticity("breakvar")[0]
    ljung_box = results.test_serial_correlation("ljungbox", lags=10)[0]
    names = ("statistic", "pvalue", "skew", "kurtosis")
    return {
        "ljung_box": {"statistic": rounded(ljung_box[0], 9), "pvalue": rounded(ljung_box[1], 9)},
        "jarque_bera": {name: rounded(value, 9) for name, value in zip(names, jarque_bera)},
        "heteroskedasticity": {
            name: rounded(value, 9) for name, value in zip(names, heteroskedasticity)
        },
    }


def roots(values):
    values = sorted(
        np.asarray(values, dtype=complex), key=lambda z: (round(abs(z), 9), round(z.imag, 9))
    )
    return [[rounded(z.real, 10), rounded(z.imag, 10)] for z in values]


def at_optimum(model, case):
    params = model.maximise()
    opg = model.flat.smooth(params, cov_type="opg")
    approx = model.flat.smooth(params, cov_type="approx")
    bse, bse_opg = model.gaussian.bse(params)
    values = {
        "params": rounded(params, 11),
        "llf": model.loglike(params),
        "bse": rounded(bse, 9),
        "bse_opg": rounded(bse_opg, 9),
        "pvalues": rounded(2 * norm.sf(np.abs(params / bse)), 8),
        "statsmodels_bse": {"approx": rounded(approx.bse, 6), "opg": rounded(opg.bse, 6)},
    }
    values |= {name: float(getattr(opg, name)) for name in ("aic", "aicc", "bic", "hqic")}
    values |= {"ar_roots": roots(opg.arroots), "ma_roots": roots(opg.maroots)}
    return (
        values | diagnostics(opg) | {"forecast": forecast(model, params, 9, case.get("interval", False))}
    )


NONE = (0, 0, 0, 0)


def case(name, series, order, seasonal_order=NONE, trend="n", fixed=(), **more):
    return {
        "name": name,
        "series": series,
        "order": order,
        "seasonal_order": seasonal_order,
        "trend": trend,
        "fixed": fixed,
    } | more


CASES = [
    case(
        "airline", "AirPassengers", (0, 1, 1), (0, 1, 1, 12), fixed=(-0.4, -0.55, 0.0013), interval=True
    ),
    case("lake", "LakeHuron", (1, 0, 1), trend="c", fixed=(579, 0.7, 0.3, 0.48)),
    case(
        "lake_trend", "LakeHuron", (2, 0, 0), trend="c", exog="time", fixed=(580, -0.02, 1, -0.3, 0.46)
    ),
    case("nile_missing", "Nile_missing", (0, 1, 1), fixed=(-0.7, 20000)),
    case("www", "WWWusage", (3, 1, 0), fixed=(1.1, -0.6, 0.3, 9.5)),
    case("lynx", "lynx", (2, 0, 2), trend="c", fixed=(2.9, 1.3, -0.7, -0.1, -0.2, 0.05)),
    case("presidents", "presidents", (1, 0, 0), (1, 0, 0, 4), trend="c", fixed=(56, 0.8, 0.2, 80)),
    case(
        "sales_like",
        "sales_like",
        (5, 1, 0),
        trend="c",
        in_sample=True,
        fixed=(12, -1.0, -0.65, -0.45, -0.05, 0.15, 4000),
    ),
    case("mixed", "mixed", (2, 1, 2), trend="c", in_sample=True, fixed=(0.5, 0.5, 0.3, -0.3, 0.2, 1.1)),
    case(
        "mixed_missing",
        "mixed_missing",
        (1, 1, 1),
        trend="c",
        in_sample=True,
        fixed=(0.5, 0.6, 0.3, 1.1),
    ),
    case("mixed_exog", "mixed", (1, 1, 1), exog="step", fixed=(1.5, -0.5, 0.6, 0.2, 1.2)),
    case(
        "quarters",
        "quarters",
        (1, 0, 1),
        (1, 0, 1, 4),
        trend="c",
        in_sample=True,
        fixed=(20, 0.4, 0.2, 0.5, -0.2, 1.1),
    ),
    case(
        "quarters_exog",
        "quarters",
        (1, 0, 0),
        (0, 0, 1, 4),
        trend="c",
        exog="step",
        interval=True,
        fixed=(20, 0.5, -0.3, 0.4, 0.3, 1.1),
    ),
    case("quarters_airline", "quarters_integrated", (0, 1, 1), (0, 1, 1, 4), fixed=(-0.5, -0.3, 1.0)),
    case("smooth", "smooth", (0, 2, 2), in_sample=True, fixed=(-0.5, 0.25, 1.0)),
]

# Only the likelihood: series as short as the order or shorter, roots near the unit circle or each other.
LIKELIHOODS = [
    case(
        "shorter_than_order", "tiny", (5, 0, 3), fixed=(0.3, -0.2, 0.1, 0.2, -0.1, 0.5, 0.2, -0.3, 1.5)
    ),
    case("shorter_than_season", "tiny", (1, 0, 1), (1, 0, 1, 12), fixed=(0.5, 0.4, 0.3, -0.6, 0.9)),
    case("single_value", "one", (2, 0, 1), fixed=(0.5, 0.3, 0.4, 2.0)),
    case("near_unit_ar", "mixed", (1, 1, 0), fixed=(0.9999, 1.2)),
    case("near_unit_ma", "mixed", (0, 1, 1), trend="c", fixed=(1.1, -0.9999, 3.0)),
    case("unit_ma", "mixed", (0, 1, 1), trend="c", fixed=(1.1, -1.0, 3.0)),
    case("near_cancelling", "mixed", (2, 1, 2), trend="c", fixed=(1.1, 1.2, -0.35, -1.199, 0.349, 2.0)),
    case(
        "high_order",
        "lynx",
        (4, 0, 4),
        trend="c",
        fixed=(2.9, 1.2, -0.9, 0.3, -0.2, -0.2, 0.1, -0.1, 0.15, 0.06),
    ),
    case(
        "monthly", "AirPassengers", (2, 1, 1), (1, 1, 1, 12), fixed=(0.2, -0.1, -0.5, -0.1, -0.5, 0.0014)
    ),
    case(
        "monthly_two_seasonal",
        "AirPassengers",
        (1, 0, 1),
        (2, 1, 2, 12),
        fixed=(0.8, -0.3, 0.3, -0.2, -0.6, 0.1, 0.0014),
    ),
]


def described(case):
    return {
        key: value
        for key, value in case.items()
        if key not in ("exog", "fixed", "in_sample", "interval")
    }


def likelihood(case):
    model = Model(case)
    params = np.array(case["fixed"], dtype=float)
    return described(case) | {"params": rounded(params), "llf": model.loglike(params)}


def full(case):
    print(" ", case["name"], flush=True)
    model = Model(case)
    return described(case) | {"fixed": at_fixed(model, case), "optimum": at_optimum(model, case)}


def values():
    warnings.simplefilter("ignore")
    used = {
        case["name"]: regressors(case["exog"], len(observations(case["series"])))
        for case in CASES
        if "exog" in case
    }
    return {
        "series": {
            name: series | {"values": rounded(series["values"])} for name, series in SERIES.items()
        },
        "exog": {
            name: rounded(x.T) for name, x in used.items()
        },  # a case's columns; STEPS values more than y
        "cases": [full(case) for case in CASES],
        "likelihoods": [likelihood(case) for case in LIKELIHOODS],
    }
