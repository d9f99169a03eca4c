"""Initializers: bounds, spreads and defaults."""

import math

import keras
import numpy as np
from keras import layers

from keras_cases.arrays import array


def spread(values):
    return {name: float(getattr(values, name)()) for name in ("min", "max", "mean", "std")}


def glorot_case(*shape):
    limit = math.sqrt(6 / (shape[0] + shape[1]))
    sample = np.asarray(keras.initializers.GlorotUniform(seed=1)(shape))
    assert np.abs(sample).max() <= limit
    return {"shape": list(shape), "limit": limit, "std": limit / math.sqrt(3), "sample": spread(sample)}


def orthogonal_case(*shape):
    sample = np.asarray(keras.initializers.Orthogonal(seed=1)(shape))
    wide = shape[0] <= shape[1]
    gram = sample @ sample.T if wide else sample.T @ sample
    error = float(np.abs(gram - np.eye(len(gram))).max())
    return {
        "shape": list(shape),
        "orthonormal": "rows" if wide else "columns",
        "error_below_1e-12": error < 1e-12,
    }


def layer_defaults(layer, shape):
    layer.build(shape)
    named = {
        key: value["class_name"] for key, value in layer.get_config().items() if key.endswith("_initializer")
    }
    bias = [array(w.numpy()) for w in layer.weights if w.name == "bias"]
    return {"class": type(layer).__name__, "initializers": named, "initial_bias": bias[0] if bias else None}


def values():
    """Bounds and properties of the default initializers; samples are Keras's own and differ by generator."""
    default = keras.initializers.get("uniform").get_config()
    assert (default["minval"], default["maxval"]) == (-0.05, 0.05)
    embedding = np.asarray(keras.initializers.RandomUniform(seed=1)((1000, 100)))
    return {
        "glorot_uniform": [
            glorot_case(*shape) for shape in [(100, 256), (64, 256), (64, 1), (1, 5), (128, 192)]
        ],
        "embedding_uniform": {"limit": 0.05, "std": 0.05 / math.sqrt(3), "sample": spread(embedding)},
        "orthogonal": [orthogonal_case(*shape) for shape in [(64, 256), (3, 12), (12, 3), (5, 5), (64, 64)]],
        "layer_defaults": [
            layer_defaults(layers.SimpleRNN(3), (None, None, 2)),
            layer_defaults(layers.LSTM(3), (None, None, 2)),
            layer_defaults(layers.GRU(3), (None, None, 2)),
            layer_defaults(layers.Dense(3), (None, 2)),
            layer_defaults(layers.Embedding(7, 3), (None, 2)),
        ],
    }
