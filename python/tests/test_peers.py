"""sktime's and statsforecast's own demands, where they are installed."""

import os
import subprocess
import sys
from pathlib import Path

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
    from statsforecast.models import ARIMA

    times = pandas.date_range("1949-01-01", periods=144, freq="MS")
    df = pandas.DataFrame({"unique_id": "passengers", "ds": times, "y": log_passengers})
    orders = ((0, 1, 1), 12, (0, 1, 1))
    their_model = ARIMA(*orders).fit(log_passengers).model_
    at_their_maximum = timeloom.ARIMA(*orders, fixed=their_model["coef"])
    theirs, ours = (
        statsforecast.StatsForecast(models=[model], freq="MS").forecast(df=df, h=12, level=[95])
        for model in (ARIMA(*orders), at_their_maximum)
    )
    assert list(ours.columns) == list(theirs.columns) and (ours["ds"] == theirs["ds"]).all()
    np.testing.assert_allclose(ours["ARIMA"], theirs["ARIMA"], rtol=1e-5)
    # Theirs divides the sum of squares of 131 residuals by 131 less the number of coefficients.
    width = [f["ARIMA-hi-95"] - f["ARIMA-lo-95"] for f in (ours, theirs)]
    np.testing.assert_allclose(width[0] / width[1], np.sqrt(129 / 131), rtol=2e-3)
    assert timeloom.ARIMA(*orders).fit(log_passengers).results_.llf > at_their_maximum.fit(log_passengers).results_.llf
    fitted = statsforecast.StatsForecast(models=[timeloom.ARIMA((0, 1, 1), 12, (0, 1, 1))], freq="MS", n_jobs=2).fit(df)
    assert fitted.predict(12)["ARIMA"].notna().all()


def test_statsforecasts_own_tests():
    pytest.importorskip("statsforecast")
    checkout = Path(os.environ.get("TIMELOOM_STATSFORECAST", ".statsforecast"))
    if not (checkout / "tests").is_dir():
        pytest.skip(f"there is no checkout of statsforecast in {checkout}, which TIMELOOM_STATSFORECAST names")
    command = [sys.executable, "-B", str(Path(__file__).with_name("statsforecast_tests.py")), str(checkout)]
    outcome = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "MPLBACKEND": "agg"})
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr
    print(outcome.stdout)


def test_fugue_gives_the_same_bits_for_any_partitions():
    pytest.importorskip("fugue")
    import pandas

    import timeloom.fugue

    rng = np.random.default_rng(0)
    df = pandas.DataFrame(
        {
            "unique_id": np.repeat(["a", "b", "c"], 40),
            "ds": np.tile(pandas.date_range("2024-01-01", periods=40, freq="D"), 3),
            "y": rng.normal(size=120).cumsum(),
        }
    )
    df.loc[df["unique_id"] == "b", "y"] = np.inf
    whole = timeloom.forecast(df, 2, "D", level=[80, 95])
    for partitions in (1, 2, 3):
        spread = timeloom.fugue.forecast(df, 2, "D", level=[80, 95], partitions=partitions)
        spread = spread.sort_values(["unique_id", "ds"]).reset_index(drop=True)
        pandas.testing.assert_frame_equal(spread, whole, check_exact=True, check_dtype=False)
