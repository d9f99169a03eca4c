"""sktime's and statsforecast's own demands, where they are installed."""

import numpy as np
import pytest

import timeloom


@pytest.mark.parametrize("name", ["ARIMA", "AutoARIMA"])
def test_sktimes_check_estimator(name):
    checks = pytest.importorskip("sktime.utils.estimator_checks")
    import timeloom.sktime

    outcome = checks.check_estimator(getattr(timeloom.sktime, name), raise_exceptions=False, verbose=False)
    assert {check: result for check, result in outcome.items() if result != "PASSED"} == {}


def test_the_one_line_that_changes(log_passengers):
    statsforecast = pytest.importorskip("statsforecast")
    import pandas
    from statsforecast.models import AutoARIMA

    times = pandas.date_range("1949-01-01", periods=144, freq="MS")
    df = pandas.DataFrame({"unique_id": "passengers", "ds": times, "y": log_passengers})
    theirs, ours = (
        statsforecast.StatsForecast(models=[model(season_length=12)], freq="MS").forecast(df=df, h=12, level=[95])
        for model in (AutoARIMA, timeloom.AutoARIMA)
    )
    assert list(ours.columns) == list(theirs.columns) and (ours["ds"] == theirs["ds"]).all()
    np.testing.assert_allclose(ours["AutoARIMA"], theirs["AutoARIMA"], rtol=1e-3)
    width = [f["AutoARIMA-hi-95"] - f["AutoARIMA-lo-95"] for f in (ours, theirs)]
    np.testing.assert_allclose(width[0], width[1], rtol=0.02)
    fitted = statsforecast.StatsForecast(models=[timeloom.ARIMA((0, 1, 1), 12, (0, 1, 1))], freq="MS", n_jobs=2).fit(df)
    assert fitted.predict(12)["ARIMA"].notna().all()
