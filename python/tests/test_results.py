"""Results under statsmodels' names."""

import pickle

import numpy as np
import pytest

import timeloom
from timeloom import ARIMAResults


@pytest.fixture(scope="module")
def airline(log_passengers):
    return timeloom.ARIMA((0, 1, 1), 12, (0, 1, 1)).fit(log_passengers).results_


def test_names_and_shapes(airline, log_passengers):
    assert airline.param_names == ["ma.L1", "ma.S.L12", "sigma2"]
    assert airline.order == (0, 1, 1) and airline.seasonal_order == (0, 1, 1, 12)
    for values in (airline.params, airline.bse, airline.zvalues, airline.pvalues):
        assert values.shape == (3,)
    assert airline.cov_params().shape == (3, 3)
    np.testing.assert_allclose(np.sqrt(np.diag(airline.cov_params())), airline.bse)
    np.testing.assert_allclose(airline.params / airline.bse, airline.zvalues)
    low, high = airline.conf_int(0.05).T
    np.testing.assert_allclose((high - low) / 2, 1.959964 * airline.bse, rtol=1e-6)
    for values in (airline.resid, airline.fittedvalues):
        assert values.shape == (144,) and np.isnan(values[:13]).all() and np.isfinite(values[13:]).all()
    np.testing.assert_allclose(airline.fittedvalues[13:] + airline.resid[13:], log_passengers[13:])
    assert airline.nobs == 131 and airline.converged and "ma.S.L12" in airline.summary()
    k, n = 3, 131
    np.testing.assert_allclose(airline.aic, 2 * k - 2 * airline.llf)
    np.testing.assert_allclose(airline.bic, k * np.log(n) - 2 * airline.llf)


def test_predictions_go_on_as_forecasts(airline):
    whole = airline.get_prediction(0, 155)
    np.testing.assert_array_equal(whole.predicted_mean[144:], airline.forecast(12))
    np.testing.assert_allclose(whole.predicted_mean[13:144], airline.fittedvalues[13:], rtol=1e-12)
    ahead = airline.get_forecast(12)
    low, high = ahead.conf_int(alpha=0.2).T
    np.testing.assert_allclose((high - low) / 2, 1.2815516 * ahead.se_mean, rtol=1e-6)
    np.testing.assert_array_equal(ahead.var_pred_mean, ahead.se_mean**2)


def test_more_observations(log_passengers):
    early = timeloom.ARIMA((0, 1, 1), 12, (0, 1, 1)).fit(log_passengers[:120]).results_
    later = early.append(log_passengers[120:])
    np.testing.assert_array_equal(later.params[:-1], early.params[:-1])
    extended = early.extend(log_passengers[120:])
    assert extended.resid.shape == (24,)
    np.testing.assert_array_equal(extended.resid, later.resid[120:])
    refitted = early.append(log_passengers[120:], refit=True)
    whole = timeloom.ARIMA((0, 1, 1), 12, (0, 1, 1)).fit(log_passengers).results_
    np.testing.assert_allclose(refitted.params, whole.params, rtol=1e-3)


def test_missing_values_are_smoothed(log_passengers):
    y = log_passengers.copy()
    y[50] = np.nan
    results = timeloom.ARIMA((0, 1, 1), 12, (0, 1, 1)).fit(y).results_
    assert abs(results.smoothed_series[50] - log_passengers[50]) < 0.1
    np.testing.assert_array_equal(results.smoothed_series[:50], y[:50])


def test_files_and_pickles_hold_everything(airline, tmp_path, log_passengers):
    y = log_passengers.copy()
    y[3] = np.nan
    X = np.arange(144.0).reshape(-1, 1) ** 0.5
    with_exog = timeloom.ARIMA((1, 0, 0)).fit(y, X).results_
    for results, future in ((airline, None), (with_exog, np.ones((5, 1)))):
        results.save(tmp_path / "results.json")
        for again in (ARIMAResults.load(tmp_path / "results.json"), pickle.loads(pickle.dumps(results))):
            np.testing.assert_array_equal(again.params, results.params)
            np.testing.assert_array_equal(again.forecast(5, future), results.forecast(5, future))
            np.testing.assert_array_equal(again._endog, results._endog)
            assert again.trend == results.trend
    with pytest.raises(ValueError, match="no_such_file"):
        ARIMAResults.load(tmp_path / "no_such_file.json")


def test_draws(airline):
    one = airline.simulate(20, random_state=1)
    assert one.shape == (20,)
    many = airline.simulate(20, anchor="end", repetitions=3, random_state=1)
    assert many.shape == (20, 3) and not np.array_equal(many[:, 0], many[:, 1])
    np.testing.assert_array_equal(one, airline.simulate(20, random_state=1))
    with pytest.raises(ValueError, match="anchor is 'middle'"):
        airline.simulate(3, anchor="middle")
