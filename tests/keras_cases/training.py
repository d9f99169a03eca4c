"""Training: losses, weights and predictions of two tiny models."""

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from keras_cases.arrays import array, random_values


class Adam(keras.optimizers.Adam):
    """Adam as its formula defines it.

    On TensorFlow alone among its backends, Keras squares an embedding's gradient for every occurrence of a token before it
    sums over the occurrences: v then holds sum(g_i^2), not (sum g_i)^2. A dense gradient avoids that.
    """

    def apply(self, grads, trainable_variables=None):
        super().apply([tf.convert_to_tensor(g) for g in grads], trainable_variables)


def named_weights(model):
    return [
        {"layer": layer.name, "name": weight.name, **array(weight.numpy())}
        for layer in model.layers
        for weight in layer.weights
    ]


def training_case(name, model, loss, x, y):
    model.set_weights(
        [random_values(f"{name} {i}", *w.shape, scale=0.5) for i, w in enumerate(model.weights)]
    )
    initial = named_weights(model)
    learning_rate = 0.015625  # 1/64: exact in float32 too
    model.compile(optimizer=Adam(learning_rate), loss=loss, run_eagerly=True)
    before = model.predict(x, verbose=0)
    history = model.fit(x, y, batch_size=4, epochs=3, shuffle=False, verbose=0)
    return {
        "name": name,
        "layers": [{"name": layer.name, "class": type(layer).__name__} for layer in model.layers],
        "loss": loss,
        "optimizer": "Adam",
        "learning_rate": learning_rate,
        "batch_size": 4,
        "epochs": 3,
        "x": array(x),
        "y": array(y),
        "initial_weights": initial,
        "initial_predictions": array(before),
        "loss_per_epoch": history.history["loss"],
        "final_weights": named_weights(model),
        "final_predictions": array(model.predict(x, verbose=0)),
    }


def values():
    """Three epochs of Adam on ten samples in batches of 4, 4 and 2, without shuffling.

    loss_per_epoch is what Keras reports: the mean over samples of the losses seen while training.
    """
    regression = keras.Sequential(
        [
            layers.Input((6, 2)),
            layers.LSTM(4, return_sequences=True, name="lstm"),
            layers.GRU(3, name="gru"),
            layers.Dense(1, name="dense"),
        ]
    )
    classification = keras.Sequential(
        [
            layers.Input((5,), dtype="int32"),
            layers.Embedding(11, 3, name="embedding"),
            layers.LSTM(4, name="lstm"),
            layers.Dense(1, activation="sigmoid", name="dense"),
        ]
    )
    x = random_values("training x", 10, 6, 2)
    y = random_values("training y", 10, 1)
    tokens = np.random.default_rng(7).integers(0, 11, (10, 5)).astype("int32")
    labels = (tokens.sum(axis=1, keepdims=True) % 2).astype("float64")
    return {
        "cases": [
            training_case("regression", regression, "mean_squared_error", x, y),
            training_case("classification", classification, "binary_crossentropy", tokens, labels),
        ]
    }
