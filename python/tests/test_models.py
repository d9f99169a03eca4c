"""ARIMA and AutoARIMA under statsforecast's protocol, against values of R and statsmodels."""

import numpy as np
import pytest

import timeloom
from conftest import golden, values_of
from timeloom import _core


# With missing values, statsmodels differences inside of the model; the C++ tests say what that changes.
statsmodels_cases = [
    case
    for case in golden("statsmodels_arima.json")["cases"]
    if case["series"] not in ("Nile_missing", "mixed_missing", "presidents")
]


def told_of(case, values):
    """Series, seasonal order, period, trend and regressors of a case; its constant is that of the differenced series."""
    P, D, Q, s = case["seasonal_order"]
    trend = "mean" if case["trend"] == "c" and case["order"][1] + D else case["trend"]
    y = values_of(values["series"][case["series"]])
    columns = values["exog"].get(case["name"])
    X = None if columns is None else np.array(columns, dtype=float).T[: len(y)]
    return y, (P, D, Q), max(s, 1), trend, X


@pytest.mark.parametrize("case", statsmodels_cases, ids=lambda c: c["name"])
def test_estimates_are_statsmodels(case, statsmodels_values):
    y, seasonal, s, trend, X = told_of(case, statsmodels_values)
    model = timeloom.ARIMA(case["order"], s, seasonal, trend=trend).fit(y, X)
    theirs = case["optimum"]
    ours = model.results_
    assert ours.llf >= theirs["llf"] - 1e-6 * abs(theirs["llf"])
    if ours.llf < theirs["llf"] + 1e-4:  # else ours found a higher maximum
        np.testing.assert_allclose(ours.params, theirs["params"], rtol=2e-3, atol=2e-4)
        np.testing.assert_allclose(ours.aicc, theirs["aicc"], rtol=1e-5)
        np.testing.assert_allclose(ours.bic, theirs["bic"], rtol=1e-5)


@pytest.mark.parametrize("case", [c for c in statsmodels_cases if not c["name"].endswith(("trend", "exog"))], ids=lambda c: c["name"])
def test_forecasts_are_statsmodels(case, statsmodels_values):
    """At given parameters, with standard errors of the given variance."""
    y, seasonal, s, trend, X = told_of(case, statsmodels_values)
    *params, sigma2 = case["fixed"]["params"]
    core = _core.smooth_arima(y, tuple(case["order"]), seasonal, s, trend, params, X, sigma2)
    mean, se, _, _ = core.forecast(len(case["fixed"]["forecast"]["mean"]), 0.05, None)
    np.testing.assert_allclose(core.llf, case["fixed"]["llf"], rtol=1e-8)
    np.testing.assert_allclose(mean, case["fixed"]["forecast"]["mean"], rtol=1e-5)
    np.testing.assert_allclose(se, case["fixed"]["forecast"]["se"], rtol=1e-4)


def test_orders_are_r_s(r_values):
    chosen = {c["series"]: c for c in r_values["auto_arima_exact"]}
    for name in ("AirPassengers", "USAccDeaths", "WWWusage", "lynx"):
        series = r_values["series"][name]
        model = timeloom.AutoARIMA(season_length=series["frequency"]).fit(values_of(series))
        p, q, P, Q, s, d, D = model.model_["arma"]
        assert [p, d, q] == chosen[name]["order"], name
        assert [P, D, Q] == chosen[name]["seasonal_order"][:3], name


def test_columns_are_statsforecasts(log_passengers):
    model = timeloom.AutoARIMA(season_length=12)
    forecast = model.forecast(log_passengers, 3, level=[95, 80], fitted=True)
    assert list(forecast) == [
        "mean", "fitted", "lo-95", "lo-80", "hi-80", "hi-95",
        "fitted-lo-95", "fitted-lo-80", "fitted-hi-80", "fitted-hi-95",
    ]  # fmt: skip
    assert all(len(v) == (len(log_passengers) if "fitted" in k else 3) for k, v in forecast.items())
    assert np.all(forecast["lo-95"] < forecast["lo-80"]) and np.all(forecast["hi-80"] < forecast["hi-95"])
    assert repr(model) == "AutoARIMA" and repr(timeloom.ARIMA(alias="mine")) == "mine"
    assert not hasattr(model, "results_")


def test_all_ways_to_forecast_agree(log_passengers):
    model = timeloom.AutoARIMA(season_length=12)
    forecast = model.new().forecast(log_passengers, 12, level=[90], fitted=True)
    fitted = model.fit(log_passengers)
    predicted = fitted.predict(12, level=[90])
    for key, values in predicted.items():
        np.testing.assert_array_equal(values, forecast[key])
    np.testing.assert_array_equal(fitted.predict_in_sample()["fitted"], forecast["fitted"])
    forward = fitted.forward(log_passengers, 12, level=[90], fitted=True)
    for key, values in forecast.items():
        np.testing.assert_array_equal(values, forward[key])


def test_forward_uses_the_parameters_on_another_series(log_passengers):
    model = timeloom.ARIMA((0, 1, 1), 12, (0, 1, 1)).fit(log_passengers[:120])
    forward = model.forward(log_passengers, 12)["mean"]
    appended = model.results_.append(log_passengers[120:]).forecast(12)
    np.testing.assert_allclose(forward, appended, rtol=1e-10)


def test_regressors_shift_the_forecast():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(200, 2))
    y = 5 + X @ [2.0, -1.0] + 0.1 * rng.normal(size=200)
    future = np.array([[1.0, 0.0], [0.0, 1.0]])
    for model in (timeloom.ARIMA((1, 0, 0)), timeloom.AutoARIMA()):
        forecast = model.forecast(y, 2, X=X, X_future=future)["mean"]
        np.testing.assert_allclose(forecast, [7.0, 4.0], atol=0.2)
    # A constant regressor is left out of the search, in the forecast, too.
    widened = np.column_stack([np.ones(200), X])
    model = timeloom.AutoARIMA().fit(y, widened)
    forecast = model.predict(2, np.column_stack([np.ones(2), future]))["mean"]
    np.testing.assert_allclose(forecast, [7.0, 4.0], atol=0.2)


def test_fixed_coefficients_are_used(log_passengers):
    model = timeloom.ARIMA((1, 0, 0), include_mean=False, fixed={"ar1": 0.5}).fit(log_passengers)
    np.testing.assert_allclose(model.predict(2)["mean"], log_passengers[-1] * np.array([0.5, 0.25]))
    with pytest.raises(ValueError, match="missing: intercept; not of the model: ar2"):
        timeloom.ARIMA((1, 0, 0), fixed={"ar1": 0.5, "ar2": 0.1}).fit(log_passengers)


@pytest.mark.parametrize("distribution", ["normal", "t", "laplace", "skew-normal", "ged", "bootstrap"])
def test_simulated_paths_have_the_forecasts_mean_and_error(distribution, log_passengers):
    model = timeloom.ARIMA((0, 1, 1), 12, (0, 1, 1)).fit(log_passengers)
    params = {"skew-normal": {"skewness": 3}, "ged": {"shape": 1.5}, "t": {"df": 8}}.get(distribution)
    paths = model.simulate(24, 4000, seed=3, error_distribution=distribution, error_params=params)
    assert paths.shape == (4000, 24)
    ahead = model.results_.get_forecast(24)
    assert np.all(np.abs(paths.mean(axis=0) - ahead.predicted_mean) < 5 * ahead.se_mean / np.sqrt(4000))
    np.testing.assert_allclose(paths.std(axis=0), ahead.se_mean, rtol=0.08)
    again = model.simulate(24, 4000, seed=3, error_distribution=distribution, error_params=params)
    np.testing.assert_array_equal(paths, again)


class Intervals:
    """As statsforecast's ConformalIntervals."""

    def __init__(self, n_windows, h, method):
        self.n_windows, self.h, self.method = n_windows, h, method


@pytest.mark.parametrize("method", ["conformal_distribution", "conformal_error"])
def test_conformal_intervals(method, log_passengers):
    plain = timeloom.ARIMA((0, 1, 1), 12, (0, 1, 1))
    model = timeloom.ARIMA((0, 1, 1), 12, (0, 1, 1), prediction_intervals=Intervals(3, 6, method))
    forecast = model.forecast(log_passengers, 6, level=[80])
    errors = []
    for end in (126, 132, 138):
        errors.append(np.abs(plain.forecast(log_passengers[:end], 6)["mean"] - log_passengers[end : end + 6]))
    mean = forecast["mean"]
    if method == "conformal_error":
        upper = mean + np.quantile(errors, 0.8, axis=0)
    else:
        upper = np.quantile(np.vstack([mean - errors, mean + errors]), 0.9, axis=0)
    np.testing.assert_allclose(forecast["hi-80"], upper, rtol=1e-12)
    np.testing.assert_array_equal(model.fit(log_passengers).predict(6, level=[80])["hi-80"], forecast["hi-80"])


@pytest.mark.parametrize(
    "call, message",
    [
        (lambda y: timeloom.AutoARIMA(blambda=0.5).fit(y), "blambda is 0.5"),
        (lambda y: timeloom.AutoARIMA(ic="hqic").fit(y), "ic is 'hqic'"),
        (lambda y: timeloom.ARIMA((30, 0, 0)).fit(y), "larger than the package is compiled for"),
        (lambda y: timeloom.ARIMA((1, 0, 0), 1, (0, 1, 1)).fit(y), "season_length is 1"),
        (lambda y: timeloom.ARIMA((1, 0, 0)).fit([y, y]), "one axis"),
        (lambda y: timeloom.ARIMA((1, 0, 0)).fit(y, np.ones((3, 1))), r"shape \(144, columns\)"),
        (lambda y: timeloom.ARIMA((1, 0, 0)).fit(np.where(y > 6, np.inf, y)), "infinite"),
        (lambda y: timeloom.ARIMA().predict(3), "not fitted"),
        (lambda y: timeloom.AutoARIMA().forecast(y, 3, level=[0.95, 100]), "between 0 and 100"),
    ],
)
def test_mistakes_are_value_errors(call, message, log_passengers):
    with pytest.raises(ValueError, match=message):
        call(log_passengers)


def test_large_orders_are_served(log_passengers):
    results = timeloom.ARIMA((13, 1, 0), trend="n").fit(np.diff(log_passengers)).results_
    assert len(results.params) == 14 and results.status != "failed"
