"""Simulated series in one process, and through Fugue on local clusters of Ray and Dask with two workers.

Prints seconds, and whether every forecast has the bits of the one process. With --kill, a worker process is killed (as
by kill -9) while it works.
"""

import argparse
import contextlib
import os
import signal
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

import timeloom

h, workers = 7, 2


def main():
    arguments = argparse.ArgumentParser(prog="./dev bench fleets", description=__doc__)
    arguments.add_argument("--series", type=int, default=50_000, help="of 60 to 100 values each (50000)")
    arguments.add_argument("--engines", default="ray,dask", help="of ray, dask, spark")
    arguments.add_argument("--kill", action="store_true", help="kill a worker in the middle of the work")
    options = arguments.parse_args()

    df = simulated(options.series)
    print(f"{options.series} series, {len(df)} values, {h} steps ahead, {os.cpu_count()} cores")
    alone = timed("one process, 1 thread", lambda: timeloom.forecast(df, h, "D", level=[95], n_jobs=1))
    timed(f"one process, {workers} threads", lambda: timeloom.forecast(df, h, "D", level=[95], n_jobs=workers), alone)
    for name in options.engines.split(","):
        try:
            with clusters[name]() as engine, tempfile.TemporaryDirectory() as folder:
                model = DiesOnce(Path(folder)) if options.kill else None
                timed(f"{name}, {workers} workers", lambda: on_cluster(df, engine, model), alone)
        except ImportError as error:
            print(f"{name}: left out, {error}")


def simulated(count):
    """Autoregressions of first order with parameters of their own."""
    rng = np.random.default_rng(0)
    lengths = rng.integers(60, 101, count)
    ends = np.cumsum(lengths)
    noise, phi = rng.normal(size=ends[-1]), rng.uniform(0.2, 0.95, count)
    y = np.empty(ends[-1])
    for begin, end, each in zip(ends - lengths, ends, phi.tolist()):
        level = 0.0
        for t in range(begin, end):
            y[t] = level = noise[t] + each * level
    days = np.arange(ends[-1]) - np.repeat(ends - lengths, lengths)
    return pd.DataFrame(
        {
            "unique_id": np.repeat([f"series-{i:05}" for i in range(count)], lengths),
            "ds": np.datetime64("2024-01-01", "ns") + days.astype("timedelta64[D]"),
            "y": 100 + y,
        }
    )


def timed(name, forecast, expected=None):
    begin = time.perf_counter()
    out = forecast()
    seconds = time.perf_counter() - begin
    out = out.sort_values(["unique_id", "ds"]).reset_index(drop=True)
    same = "" if expected is None else f"  same bits: {same_bits(out, expected)}"
    print(f"{name:24}{seconds:8.1f} s{len(out) / h / seconds:9.0f} series/s{same}", flush=True)
    return out


def same_bits(out, expected):
    if len(out) != len(expected) or list(out["unique_id"]) != list(expected["unique_id"]):
        return False
    numbers = [name for name in expected.columns if expected[name].dtype == np.float64]
    return all(np.array_equal(out[n].to_numpy(np.float64, na_value=np.nan), expected[n], equal_nan=True) for n in numbers)


def on_cluster(df, engine, model):
    import fugue.api as fa

    import timeloom.fugue

    return fa.as_pandas(timeloom.fugue.forecast(df, h, "D", level=[95], engine=engine, model=model))


class DiesOnce(timeloom.AutoARIMA):
    """Ends the process of the worker that begins the fourth part, the first time."""

    def __init__(self, folder):
        super().__init__()
        self.folder, self.starter = folder, os.getpid()

    def search_options(self):
        if os.getpid() != self.starter:
            begun = len(list(self.folder.iterdir()))
            (self.folder / os.urandom(8).hex()).touch()
            if begun == 3:
                print(f"the worker with the process {os.getpid()} is killed", flush=True)
                os.kill(os.getpid(), signal.SIGKILL)
        return super().search_options()


@contextlib.contextmanager
def ray_cluster():
    import ray

    ray.init(num_cpus=workers, include_dashboard=False, logging_level="ERROR")
    ray.data.DataContext.get_current().enable_progress_bars = False
    yield "ray"
    ray.shutdown()


@contextlib.contextmanager
def dask_cluster():
    from distributed import Client, LocalCluster

    with LocalCluster(n_workers=workers, threads_per_worker=1, dashboard_address=":0") as cluster, Client(cluster) as client:
        yield client


@contextlib.contextmanager
def spark_cluster():
    from pyspark.sql import SparkSession

    spark = SparkSession.builder.master(f"local[{workers}]").getOrCreate()
    yield spark
    spark.stop()


clusters = {"ray": ray_cluster, "dask": dask_cluster, "spark": spark_cluster}

if __name__ == "__main__":
    main()
