"""RTNeural's JSON of models of one sample a step, as its script writes it of Keras's, and what Keras's equations give.

RTNeural is a C++ library; its JSON is made of a Keras model's get_weights(), so that Keras (in float64) computes the outputs.
"""

import json
import os

os.environ.setdefault("KERAS_BACKEND", "torch")

import keras

from import_cases.numbers import FOLDER, Numbers, array, write_cases


def models():
    L = keras.layers
    yield "lstm", [L.LSTM(3, return_sequences=True), L.Dense(1)]
    yield "gru", [L.GRU(3, return_sequences=True), L.Dense(2, activation="tanh"), L.Dense(1, activation="sigmoid")]
    yield "deep", [L.Dense(2, activation="relu"), L.LSTM(3, return_sequences=True), L.GRU(2, return_sequences=True), L.Dense(1)]


def as_json(layer):
    name = type(layer).__name__.lower()
    return {"type": name, "activation": layer.activation.__name__.replace("linear", ""), "shape": [None, None, layer.units],
            "weights": [w.tolist() for w in layer.get_weights()]}


def write():
    keras.config.set_floatx("float64")
    keras.config.set_dtype_policy("float64")
    cases = []
    for seed, (name, layers) in enumerate(models()):
        numbers = Numbers(300 + seed)
        model = keras.Sequential([keras.layers.Input((6, 1)), *layers])
        model.set_weights([numbers.values(w.shape) for w in model.get_weights()])
        document = {"in_shape": [None, None, 1], "layers": [as_json(layer) for layer in model.layers]}
        (FOLDER / f"rtneural_{name}.json").write_text(json.dumps(document))
        x = numbers.values((2, 6, 1))
        output = keras.ops.convert_to_numpy(model(x, training=False))
        cases.append({"name": name, "file": f"rtneural_{name}.json", "timesteps": 6, "inputs": [array(x)], "output": array(output)})
    write_cases("rtneural", cases)
