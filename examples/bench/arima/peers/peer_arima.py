"""Fits bench_arima's series with statsforecast or statsmodels; arima_peers.cpp describes the conversation.

python peer_arima.py WORKLOADS statsforecast|statsmodels ML|CSS-ML

The differenced series are fitted, so that the likelihood is exact: both give integrated models a diffuse
start.
"""

import argparse
import json
import math
import sys
import time
import warnings

import numpy as np


class Case:
    def __init__(self, fields, lines):
        p, d, q, seasonal_p, seasonal_d, seasonal_q, season, mean, _ = map(int, fields[2:])
        self.order, self.seasonal_order, self.season = (p, d, q), (seasonal_p, seasonal_d, seasonal_q), season
        self.mean = bool(mean)
        self.series = [np.array(line.split()[1:], dtype=float) for line in lines]

    def differences(self, x):
        for _ in range(self.seasonal_order[1]):
            x = x[self.season :] - x[: -self.season]
        return np.diff(x, self.order[1])

    def flat_orders(self):
        return (self.order[0], 0, self.order[2]), (self.seasonal_order[0], 0, self.seasonal_order[2])


def read_cases(path):
    with open(path, encoding="utf-8") as file:
        lines = file.read().splitlines()
    cases = {}
    while lines:
        fields = lines[0].split()
        count = int(fields[-1])
        cases[fields[1]] = Case(fields, lines[1 : count + 1])
        lines = lines[count + 1 :]
    return cases


class Statsmodels:
    can = ("fit", "likelihood", "update")

    def __init__(self, method):
        import statsmodels
        from statsmodels.tsa.arima.model import ARIMA

        self.version, self.settings, self.model_class = (
            statsmodels.__version__,
            "defaults, differenced first",
            ARIMA,
        )

    def model(self, case, w):
        order, seasonal = case.flat_orders()
        return self.model_class(
            w,
            order=order,
            seasonal_order=(*seasonal, case.season if any(seasonal) else 0),
            trend="c" if case.mean else "n",
        )

    def fit(self, case, w):
        fit = self.model(case, w).fit()
        params = [float(value) for value in fit.params[:-1]]  # without sigma2
        coefficients = params[1:] + params[:1] if case.mean else params
        converged = fit.mle_retvals is None or fit.mle_retvals.get("converged", True)
        return coefficients, float(fit.llf), "" if converged else "not converged"

    def params(self, case, w, coefficients):
        mean = coefficients[-1:] if case.mean else []
        arma = coefficients[: len(coefficients) - len(mean)]
        return np.array([*mean, *arma, np.var(w)])

    def update(self, case, w, coefficients):
        """Microseconds of taking one more observation, with the interval of the next."""
        results = self.model(case, w[:-1]).smooth(self.params(case, w, coefficients))
        start = time.perf_counter()
        results.append(w[-1:], refit=False).get_forecast(1).conf_int()
        return 1e6 * (time.perf_counter() - start)

    def likelihood(self, case, w, coefficients):
        """Microseconds of one likelihood."""
        model = self.model(case, w)
        params = self.params(case, w, coefficients)
        start = time.perf_counter()
        for _ in range(20):
            model.loglike(params)
        return 1e6 * (time.perf_counter() - start) / 20


class Statsforecast:
    def __init__(self, method):
        import statsforecast
        from statsforecast.arima import arima, auto_arima_f

        self.version, self.settings = statsforecast.__version__, f'method="{method}", differenced first'
        self.method, self.arima, self.auto_arima = method, arima, auto_arima_f
        self.can = ["fit", "select"] if method == "ML" else ["fit"]
        if method == "ML":
            self.settings += "; its auto_arima_f"

    def fit(self, case, w):
        order, seasonal = case.flat_orders()
        fit = self.arima(
            w,
            order=order,
            seasonal={"order": seasonal, "period": max(case.season, 1)},
            include_mean=case.mean,
            method=self.method,
        )
        failure = "" if fit["code"] in (0, 2) else f"code {fit['code']}"  # 2: precision loss, at an optimum
        return [float(value) for value in fit["coef"].values()], float(fit["loglik"]), failure

    def select(self, case, x):
        p, q, seasonal_p, seasonal_q, season, d, seasonal_d = self.auto_arima(x, period=max(case.season, 1))[
            "arma"
        ]
        order = f"({p},{d},{q})"
        return order + (f"({seasonal_p},{seasonal_d},{seasonal_q}){season}" if case.season > 1 else "")


def finite(value):
    return value if math.isfinite(value) else None


def fit(library, case, x):
    w = case.differences(x)
    start = time.perf_counter()
    try:
        coefficients, llf, failure = library.fit(case, w)
    except Exception as error:  # a library's failure is a result here
        coefficients, llf, failure = [], math.nan, f"{type(error).__name__}: {error}"
    ms = 1e3 * (time.perf_counter() - start)
    coefficients = [finite(value) for value in coefficients]
    return {"ms": ms, "coefficients": coefficients, "llf": finite(llf), "failure": failure}


def select(library, case, x):
    start = time.perf_counter()
    try:
        order = library.select(case, x)
    except Exception as error:
        order = f"failed: {error}"
    return {"ms": 1e3 * (time.perf_counter() - start), "order": order}


def mean_time(of_one_series, case, numbers):
    coefficients = np.reshape([float(number) for number in numbers], (len(case.series), -1)).tolist()
    times = [
        of_one_series(case, case.differences(x), of_one) for x, of_one in zip(case.series, coefficients)
    ]
    return sum(times) / len(times)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("workloads")
    parser.add_argument("library", choices=("statsforecast", "statsmodels"))
    parser.add_argument("method", choices=("ML", "CSS-ML"))
    arguments = parser.parse_args()

    cases = read_cases(arguments.workloads)
    library = {"statsforecast": Statsforecast, "statsmodels": Statsmodels}[arguments.library](
        arguments.method
    )
    warnings.simplefilter("ignore")  # only now: statsmodels switches them on
    greeting = {"version": library.version, "settings": library.settings, "can": library.can}
    print(json.dumps(greeting), flush=True)
    for line in sys.stdin:
        command, name, *numbers = line.split()
        case = cases[name]
        if command in ("likelihood", "update"):
            answer = {"us": mean_time(getattr(library, command), case, numbers)}
        else:
            one = {"fit": fit, "select": select}[command]
            answer = {"fits": [one(library, case, x) for x in case.series]}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
