"""Metrics: values over predictions, and in models whose outputs are masked at some steps."""

import keras
import numpy as np
from keras import layers

from keras_cases.arrays import array, random_values
from keras_cases.graph_models import TOKENS

DENSE = [
    "mse",
    "mae",
    "mape",
    "msle",
    "root_mean_squared_error",
    "precision",
    "recall",
    "auc",
    "binary_accuracy",
    "categorical_accuracy",
]


def metric_case(name, metric, target, prediction, sample_weight=None):
    found = keras.metrics.get(metric)
    if not isinstance(found, keras.Metric):
        found = keras.metrics.MeanMetricWrapper(found)
    found.update_state(target, prediction, sample_weight=sample_weight)
    case = {"name": name, "metric": metric, "target": array(target), "prediction": array(prediction)}
    if sample_weight is not None:
        case["sample_weight"] = array(sample_weight)
    return case | {"value": float(found.result())}


def over_predictions():
    shares = (random_values("shares", 40, 3) + 1) / 2
    labels = (random_values("labels", 40, 3) > 0.25).astype("float64")
    weights = random_values("metric weights", 40) + 1
    weights[3] = weights[17] = 0
    # On thresholds, at both ends, all of one kind, none right.
    at_ends = np.array([[0.0], [1.0], [0.5], [1.0], [0.0], [1 / 199], [3 / 199]])
    of_ends = np.array([[0.0], [1.0], [1.0], [0.0], [1.0], [1.0], [0.0]])
    for metric in DENSE:
        yield metric_case(metric, metric, labels, shares)
        yield metric_case(metric + "_weighted", metric, labels, shares, weights)
    for metric in ("auc", "precision", "recall"):
        yield metric_case(metric + "_at_the_ends", metric, of_ends, at_ends)
        yield metric_case(metric + "_of_one_kind", metric, 0 * of_ends, at_ends)
        yield metric_case(metric + "_of_the_other", metric, 1 + 0 * of_ends, 0 * at_ends)
    series = random_values("series", 12, 2, scale=3.0), random_values("forecast", 12, 2, scale=3.0)
    for metric in ("mse", "mae", "mape", "msle", "root_mean_squared_error"):
        yield metric_case(metric + "_of_series", metric, *series)


def masked_case(name, units, activation, loss, targets, metrics=(), weighted_metrics=(), sample_weight=None):
    """Targets at masked steps are as given to Keras, which multiplies what they cost by zero."""
    keras.backend.clear_session()
    tokens = keras.Input((6,), dtype="int32")
    x = layers.Embedding(9, 3, mask_zero=True, name="embedding")(tokens)
    x = layers.SimpleRNN(4, return_sequences=True, name="simple_rnn")(x)
    model = keras.Model(tokens, layers.Dense(units, activation=activation, name="dense")(x))
    for i, weight in enumerate(model.weights):
        weight.assign(random_values(f"masked targets {i} of {units}", *weight.shape))
    model.compile(loss=loss, metrics=list(metrics), weighted_metrics=list(weighted_metrics))
    logs = model.test_on_batch(TOKENS, targets, sample_weight, return_dict=True)
    # Keras heeds the mask in means, but not in these: here over the steps that count alone.
    counts = TOKENS != 0
    predictions = model.predict(TOKENS, verbose=0)
    for key in logs:
        metric = key.removeprefix("weighted_")
        if metric in ("auc", "precision", "recall"):
            found = keras.metrics.get(metric)
            weight = sample_weight[counts] if key.startswith("weighted") else None
            found.update_state(targets[counts], predictions[counts], sample_weight=weight)
            logs[key] = found.result()
    case = {
        "name": name,
        "loss_name": loss,
        "targets": array(targets),
        "metrics": list(metrics),
        "weighted_metrics": list(weighted_metrics),
        "weights": {f"{w.path}": array(w.numpy()) for w in model.weights},
        "logs": {key: float(value) for key, value in logs.items()},
    }
    return case | ({} if sample_weight is None else {"sample_weight": array(sample_weight)})


def with_padding(values, padding):
    return np.where((TOKENS == 0)[..., None], padding, values)


def masked():
    labels = (random_values("masked labels", *TOKENS.shape, 1) > 0).astype("float64")
    series = random_values("masked series", *TOKENS.shape, 1)
    classes = np.random.default_rng(3).integers(0, 3, (*TOKENS.shape, 1)).astype("float64")
    weights = random_values("weights of masked steps", *TOKENS.shape) + 1
    names = ["acc", "mse", "auc", "precision", "recall"]
    yield masked_case("squared", 1, "sigmoid", "mean_squared_error", with_padding(series, -1), ["mae"])
    yield masked_case("absolute", 1, "sigmoid", "mean_absolute_error", with_padding(series, -1), ["mse"])
    yield masked_case("huber", 1, "sigmoid", "huber", with_padding(series, -1))
    yield masked_case("binary", 1, "sigmoid", "binary_crossentropy", with_padding(labels, -1), ["acc"])
    yield masked_case(
        "binary_weighted",
        1,
        "sigmoid",
        "binary_crossentropy",
        with_padding(labels, 0),
        names,
        ["acc", "mse", "auc", "mae"],
        weights,
    )
    yield masked_case(
        "classes", 3, "softmax", "sparse_categorical_crossentropy", with_padding(classes, 0), ["acc"]
    )
    yield masked_case(
        "classes_weighted",
        3,
        "softmax",
        "sparse_categorical_crossentropy",
        with_padding(classes, 0),
        ["acc"],
        ["acc"],
        weights,
    )
    one_hot = np.eye(3)[classes[..., 0].astype(int)]
    yield masked_case(
        "one_hot", 3, "softmax", "categorical_crossentropy", with_padding(one_hot, 0), ["acc", "auc"]
    )


def values():
    return {"tokens": array(TOKENS), "metrics": list(over_predictions()), "masked": list(masked())}
