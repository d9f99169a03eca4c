"""Fleets on local clusters of Ray and Dask with two workers, where they are installed (./dev test --peers)."""

import os
import signal

import numpy as np
import pytest

import timeloom

pandas = pytest.importorskip("pandas")
pytest.importorskip("fugue")
import fugue.api as fa  # noqa: E402

import timeloom.fugue  # noqa: E402


@pytest.fixture(scope="module")
def dask():
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0") as cluster:
        with distributed.Client(cluster) as client:
            yield client


@pytest.fixture(scope="module")
def ray():
    ray = pytest.importorskip("ray")
    ray.init(num_cpus=2, include_dashboard=False, logging_level="ERROR", log_to_driver=False)
    yield "ray"
    ray.shutdown()


@pytest.fixture(params=["dask", "ray"])
def engine(request):
    return request.getfixturevalue(request.param)


def some_series(count, h):
    """Series of several lengths, one of them infinite; the regressors of their forecasts."""
    rng = np.random.default_rng(0)
    lengths = rng.integers(30, 50, count)
    ids = np.repeat([f"s{i:02}" for i in range(count)], lengths)
    days = np.concatenate([pandas.date_range("2024-01-01", periods=n, freq="D") for n in lengths])
    df = pandas.DataFrame({"unique_id": ids, "ds": days, "y": rng.normal(size=len(ids)), "price": rng.normal(size=len(ids))})
    df["y"] += 3 * df["price"]
    df.loc[df["unique_id"] == "s01", "y"] = np.inf
    last = df.groupby("unique_id")["ds"].max()
    following = pandas.DataFrame(
        {
            "unique_id": np.repeat(last.index.to_numpy(), h),
            "ds": np.concatenate([pandas.date_range(day, periods=h + 1, freq="D")[1:] for day in last]),
            "price": rng.normal(size=count * h),
        }
    )
    return df, following


def rows_of(frame):
    """In one order, with pandas' own types, whatever engine they come from."""
    rows = fa.as_pandas(frame).sort_values(["unique_id", "ds"]).reset_index(drop=True)
    numbers = {name: "float64" for name in rows.columns[2:-1]}
    return rows.astype({"unique_id": object, "status": object, "ds": "datetime64[ns]", **numbers})


def assert_same_bits(spread, whole):
    pandas.testing.assert_frame_equal(rows_of(spread), rows_of(whole), check_exact=True)


@pytest.mark.parametrize("partitions", [None, 3])
def test_bits_are_those_of_one_process(engine, partitions):
    df, following = some_series(12, 2)
    for frame, X_df in ((df.drop(columns="price"), None), (df, following)):
        whole = timeloom.forecast(frame, 2, "D", level=[80, 97.5], X_df=X_df)
        assert whole["status"].str.startswith("failed").tolist() == [2 <= i < 4 for i in range(24)]
        spread = timeloom.fugue.forecast(frame, 2, "D", [80, 97.5], X_df=X_df, engine=engine, partitions=partitions)
        assert_same_bits(spread, whole)


def own_frame(engine, frame):
    """The frame as one of the engine's kind, in two parts."""
    if engine == "ray":
        from ray import data

        return data.from_pandas([frame[:200], frame[200:]])
    from dask import dataframe

    return dataframe.from_pandas(frame, npartitions=2)


def test_frames_of_the_engine(engine):
    df, following = some_series(12, 2)
    own = own_frame(engine, df)
    spread = timeloom.fugue.forecast(own, 2, "D", X_df=own_frame(engine, following))
    assert type(spread).__module__.split(".")[0] == type(own).__module__.split(".")[0]
    assert_same_bits(spread, timeloom.forecast(df, 2, "D", X_df=following))


def dies_once(folder, part):
    """A model whose work on the given part ends the worker's process, the first time."""

    class DiesOnce(timeloom.AutoARIMA):
        def search_options(self):
            if os.getpid() != self.starter:
                begun = len(list(folder.iterdir()))
                (folder / f"{begun}-{os.getpid()}-{os.urandom(4).hex()}").touch()
                if begun == part:
                    os.kill(os.getpid(), signal.SIGKILL)
            return super().search_options()

    model = DiesOnce()
    model.starter = os.getpid()
    return model


@pytest.mark.parametrize("part", [0, 2])
def test_a_lost_worker_loses_no_series(engine, part, tmp_path):
    df, _ = some_series(12, 2)
    df = df.drop(columns="price")
    spread = timeloom.fugue.forecast(df, 2, "D", engine=engine, partitions=4, model=dies_once(tmp_path, part))
    assert_same_bits(spread, timeloom.forecast(df, 2, "D"))
    pids = {path.name.split("-")[1] for path in tmp_path.iterdir()}
    assert len(pids) >= 2 and str(os.getpid()) not in pids


@pytest.mark.parametrize(
    "wrong, message",
    [
        ({"h": 0}, "h is 0"),
        ({"freq": 1}, "give a frequency"),
        ({"level": [120]}, "between 0 and 100"),
        ({"target_col": "z"}, "no column 'z'"),
        ({"X_df": None}, "regressors price; give X_df"),
        ({"model": timeloom.AutoARIMA(blambda=0.0)}, "blambda"),
    ],
)
def test_mistakes_are_named_before_the_work_is_spread(wrong, message):
    df, following = some_series(3, 2)
    with pytest.raises(ValueError, match=message):
        timeloom.fugue.forecast(df, **{"h": 2, "freq": "D", "X_df": following, **wrong})


def test_missing_regressors_of_a_series(engine):
    df, following = some_series(3, 2)
    with pytest.raises(Exception, match="X_df must have 2 rows of series 's02', but has 1"):
        rows_of(timeloom.fugue.forecast(df, 2, "D", X_df=following[:-1], engine=engine, partitions=2))
