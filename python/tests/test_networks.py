"""Networks loaded from a header of the project's own tests, against trainings of Keras."""

import subprocess
import sys
import threading
import time

import numpy as np
import pytest

import timeloom
from conftest import golden, golden_folder
from timeloom import building, networks

header = golden_folder.parent / "keras" / "keras_training_models.hpp"


@pytest.fixture(scope="module")
def regression_library():
    return building.library_of(header, "keras_regression", "timeloom::tests")


@pytest.fixture
def regression(regression_library):
    return timeloom.Model(regression_library, seed=1, threads=1)


def array_of(json, dtype=np.float32):
    return np.array(json["values"], dtype=dtype).reshape(json["shape"])


def weights_of(list_of_weights):
    """Keras keeps the two biases of a GRU as rows of one matrix."""
    weights = {}
    for weight in list_of_weights:
        values, name = array_of(weight), f"{weight['layer']}/{weight['name']}"
        if weight["name"] == "bias" and values.ndim == 2:
            weights[name], weights[f"{weight['layer']}/recurrent_bias"] = values
        else:
            weights[name] = values
    return weights


def case_of(name):
    return next(c for c in golden("keras_training.json")["cases"] if c["name"] == name)


def train_as_keras(model, x, case):
    model.set_weights(weights_of(case["initial_weights"]))
    np.testing.assert_allclose(model.predict(x), array_of(case["initial_predictions"]), atol=1e-6)
    options = {k: v for k, v in case["options"].items() if k != "exclude_from_weight_decay"}
    model.compile(case["optimizer"], case["loss"], **options)
    history = model.fit(x, array_of(case["y"]), epochs=case["epochs"], batch_size=case["batch_size"], shuffle=False)
    np.testing.assert_allclose(history.history["loss"], case["loss_per_epoch"], rtol=2e-5)
    np.testing.assert_allclose(model.predict(x), array_of(case["final_predictions"]), atol=2e-5)
    weights = model.get_weights()
    for name, values in weights_of(case["final_weights"]).items():
        np.testing.assert_allclose(weights[name], values, atol=2e-5)


@pytest.mark.parametrize("name", ["regression", "regression_clipnorm"])
def test_trainings_are_kerases(name, regression):
    case = case_of(name)
    train_as_keras(regression, array_of(case["x"]), case)


def test_token_ids_are_read():
    case = case_of("classification")
    model = timeloom.load(header, "keras_classification", namespace="timeloom::tests", threads=1)
    train_as_keras(model, array_of(case["x"], np.int64), case)
    with pytest.raises(ValueError, match="token ids"):
        model.predict(np.zeros((2, 5)))


def some_data(rows=64):
    rng = np.random.default_rng(0)
    x = rng.normal(size=(rows, 6, 2))
    return x, x.sum(axis=(1, 2))[:, None] / 6


def test_a_second_load_builds_nothing(regression_library, monkeypatch):
    monkeypatch.setattr(building._Kit, "build", lambda *_: pytest.fail("built again"))
    assert building.library_of(header, "keras_regression", "timeloom::tests") == regression_library


def test_training_evaluation_and_callbacks(regression, tmp_path):
    x, y = some_data()
    seen = []

    class Watch(networks.Callback):
        def on_train_begin(self, logs=None):
            seen.append("begin")

        def on_epoch_end(self, epoch, logs=None):
            seen.append((epoch, sorted(logs)))
            if epoch == 3:
                self.model.stop_training()

        def on_train_end(self, logs=None):
            seen.append("end")

    regression.compile("adam", "mse", ["mae"], learning_rate=0.01)
    logger = networks.CSVLogger(tmp_path / "log.csv")
    history = regression.fit(x, y, epochs=20, validation_data=(x, y), callbacks=[Watch(), logger])
    names = ["learning_rate", "loss", "mae", "seconds", "val_loss", "val_mae"]
    assert seen == ["begin", *[(e, names) for e in range(4)], "end"]
    assert len(history.epochs) == 4 and history.history["loss"][-1] < history.history["loss"][0]
    assert len((tmp_path / "log.csv").read_text().splitlines()) == 5
    evaluation = regression.evaluate(x, y)
    np.testing.assert_allclose(evaluation["mae"], np.abs(regression.predict(x) - y).mean(), rtol=1e-5)
    early = networks.EarlyStopping("loss", min_delta=1e9, patience=1)
    assert len(regression.fit(x, y, epochs=20, callbacks=[early]).epochs) <= 3


def test_gradients_are_slopes(regression):
    x, y = some_data(8)
    regression.compile("sgd", "mse")
    slope = regression.gradients(x, y)["dense/kernel"][0, 0]
    losses = []
    for step in (1e-2, -1e-2):
        kernel = regression.get_weights()["dense/kernel"].copy()
        kernel[0, 0] += step
        regression.set_weights({"dense/kernel": kernel})
        losses.append(regression.evaluate(x, y)["loss"])
        kernel[0, 0] -= step
        regression.set_weights({"dense/kernel": kernel})
    np.testing.assert_allclose(slope, (losses[0] - losses[1]) / 2e-2, rtol=1e-3)


def test_weights_travel_through_files(regression, regression_library, tmp_path):
    x, _ = some_data()
    regression.save_weights(tmp_path / "weights.safetensors")
    other = timeloom.Model(regression_library, seed=2)
    assert not np.array_equal(other.predict(x), regression.predict(x))
    other.load_weights(tmp_path / "weights.safetensors")
    np.testing.assert_array_equal(other.predict(x), regression.predict(x))
    with pytest.raises(ValueError, match="no_such"):
        other.load_weights(tmp_path / "no_such")


def test_streams_refuse_and_step(regression, regression_library):
    x, _ = some_data(1)
    stream = timeloom.Stream(regression)
    steps = np.array([stream.step(features) for features in x[0]])
    np.testing.assert_allclose(steps[-1], regression.predict(x)[0], atol=1e-6)
    stream.reset_states()
    np.testing.assert_array_equal(stream.steps(x[0]), steps)
    with pytest.raises(ValueError, match="features"):
        stream.step(np.zeros(3))


def test_what_a_callback_raises_comes_out(regression):
    x, y = some_data()

    class Broken(networks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            raise LookupError("broken on purpose")

    regression.compile("adam", "mse")
    with pytest.raises(LookupError, match="broken on purpose"):
        regression.fit(x, y, epochs=3, callbacks=[Broken()])
    assert np.isfinite(regression.predict(x)).all()


def test_the_lock_is_released(regression):
    x, y = some_data(20000)
    regression.compile("adam", "mse")
    ticks, stop = [], threading.Event()

    def tick():
        while not stop.is_set():
            ticks.append(time.perf_counter())
            time.sleep(0.001)

    thread = threading.Thread(target=tick)
    thread.start()
    begin = time.perf_counter()
    regression.fit(x, y, epochs=2)
    end = time.perf_counter()
    stop.set()
    thread.join()
    assert sum(begin < t < end for t in ticks) >= 3


interrupted = """
import os, signal, sys, threading
import numpy as np
import timeloom
model = timeloom.Model(sys.argv[1], threads=1)
model.compile("adam", "mse")
x = np.random.default_rng(0).normal(size=(4000, 6, 2))
sent = []
def report(r):
    if r[1] == 2 and not sent:
        sent.append(os.kill(os.getpid(), signal.SIGINT))
try:
    model.fit(x, x.sum(axis=(1, 2))[:, None], epochs=1000, verbose=report)
except KeyboardInterrupt:
    print(len(model.history.epochs), bool(np.isfinite(model.predict(x)).all()))
"""


def test_ctrl_c_ends_an_epoch(regression_library):
    done = subprocess.run([sys.executable, "-c", interrupted, regression_library], capture_output=True, text=True)
    assert done.stderr == "" and done.stdout.split()[1] == "True"
    assert 2 <= int(done.stdout.split()[0]) <= 4


def test_progress_is_shown_where_asked(regression, capfd):
    x, y = some_data()
    regression.compile("adam", "mse")
    regression.fit(x, y, epochs=2, verbose=True)
    shown = capfd.readouterr().err
    assert "epoch 1/2" in shown and "epoch 2/2  loss" in shown
    regression.fit(x, y, epochs=3, initial_epoch=2)  # not a terminal
    assert capfd.readouterr().err == ""


def test_mistakes_are_told(regression, tmp_path, monkeypatch):
    x, y = some_data()
    regression.compile("adam", "mse")
    with pytest.raises(ValueError, match="shape"):
        regression.fit(x[:, :5, :1], y)
    with pytest.raises(ValueError, match="no option 'momentun'"):
        regression.compile("sgd", "mse", momentun=0.9)
    with pytest.raises(ValueError, match="optimizer is 'adadelta'"):
        regression.compile("adadelta", "mse")
    with pytest.raises(ValueError, match="not finite|NaN|nan"):
        regression.predict(np.full((2, 6, 2), np.nan))
    with pytest.raises(ValueError, match="there is no file"):
        timeloom.load(tmp_path / "models.hpp", "network")
    (tmp_path / "models.hpp").write_text(
        "#include <timeloom/dsl/dsl.hpp>\nusing namespace timeloom::dsl;\n"
        "inline constexpr auto network = sequential(input<6, 2>(), dense<0>());\n"
    )
    with pytest.raises(ValueError, match="the declaration of 'network' could not be built"):
        timeloom.load(tmp_path / "models.hpp", "network")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("CXX", raising=False)
    with pytest.raises(RuntimeError, match="needs a C.*compiler"):
        timeloom.load(header, "keras_regression", namespace="timeloom::tests")
