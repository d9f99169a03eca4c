"""The hourly series of the M4 competition through StatsForecast, with our AutoARIMA in the one line that changes.

Prints seconds and errors beside those of statsforecast's own AutoARIMA, which gets a few of the series, and of
timeloom.forecast(), which gets all of them in one call.
"""

import argparse
import csv
import os
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
from statsforecast import StatsForecast
from statsforecast.models import AutoARIMA

import timeloom

h, season = 48, 24


def main():
    arguments = argparse.ArgumentParser(prog="./dev bench m4", description=__doc__)
    arguments.add_argument("--data", type=Path, default=Path("../shared/data"), help="folder with m4/Hourly-train.csv")
    arguments.add_argument("--series", type=int, default=414, help="the first of them (414)")
    arguments.add_argument("--peer", type=int, default=3, help="of these, for statsforecast's own AutoARIMA (3); 25 s each")
    options = arguments.parse_args()
    train, test = (read(options.data, f"Hourly-{name}.csv", options.series) for name in ("train", "test"))
    peer_train = dict(list(train.items())[: options.peer])

    print(f"{len(train)} series, {sum(map(len, train.values()))} values, {h} steps ahead, {os.cpu_count()} cores")
    print(f"{'':44}{'series':>7}{'seconds':>9}{'CPU s':>8}{'CPU s a series':>16}{'MASE':>7}")
    frame = frame_of(train)
    ours = timed("StatsForecast, timeloom.AutoARIMA", frame, by_statsforecast(timeloom.AutoARIMA), train, test)
    timed("timeloom.forecast, all cores", frame, by_timeloom, train, test)
    if peer_train:
        print("the first of them:")
        theirs = timed("StatsForecast, its own AutoARIMA", frame_of(peer_train), by_statsforecast(AutoARIMA), peer_train, test)
        few = ours["unique_id"].isin(peer_train)
        print(f"{'StatsForecast, timeloom.AutoARIMA':44}{len(peer_train):7}{'':33}{mase(ours[few], peer_train, test):7.3f}")
        assert list(ours.columns) == list(theirs.columns)


def read(folder, name, count):
    """Series of a file of the competition: an id and values in each row after the first."""
    path = folder / "m4" / name
    if not path.is_file():
        sys.exit(f"there is no {path.resolve()}; put the competition's {name} there (Mcompetitions/M4-methods has it), or name its folder with --data")
    with path.open(newline="") as file:
        rows = list(csv.reader(file))[1 : count + 1]
    return {row[0]: np.array([float(value) for value in row[1:] if value]) for row in rows}


def frame_of(series):
    lengths = [len(y) for y in series.values()]
    times = np.concatenate([np.arange(n) for n in lengths])
    return pd.DataFrame({"unique_id": np.repeat(list(series), lengths), "ds": times, "y": np.concatenate(list(series.values()))})


def by_statsforecast(model):
    def forecast(frame):
        return StatsForecast(models=[model(season_length=season)], freq=1).forecast(df=frame, h=h)

    return forecast


def by_timeloom(frame):
    return timeloom.forecast(frame, h, 1, season_length=season)


def timed(name, frame, forecast, train, test):
    wall, processor = time.perf_counter(), time.process_time()
    out = forecast(frame)
    wall, processor = time.perf_counter() - wall, time.process_time() - processor
    count = frame["unique_id"].nunique()
    print(f"{name:44}{count:7}{wall:9.1f}{processor:8.1f}{processor / count:16.3f}{mase(out, train, test):7.3f}", flush=True)
    return out


def mase(forecast, train, test):
    """The mean over series of their mean absolute error, in units of the seasonal differences' mean size."""
    errors = []
    for name, rows in forecast.groupby("unique_id"):
        scale = np.mean(np.abs(train[name][season:] - train[name][:-season]))
        errors.append(np.mean(np.abs(rows["AutoARIMA"].to_numpy() - test[name])) / scale)
    return np.mean(errors)


if __name__ == "__main__":
    main()
