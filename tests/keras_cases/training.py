"""Training: losses, weights and predictions of two tiny models."""

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from keras_cases.arrays import array, random_values


def with_dense_gradients(optimizer_class):
    """The optimizer as its formula defines it.

    On TensorFlow alone among its backends, Keras squares an embedding's gradient for every occurrence of a
    token before it sums over the occurrences: Adam's v then holds sum(g_i^2), not (sum g_i)^2. A dense
    gradient avoids that.
    """

    class Dense(optimizer_class):
        def apply(self, grads, trainable_variables=None):
            super().apply([tf.convert_to_tensor(g) for g in grads], trainable_variables)

    return Dense


def make_optimizer(name, options):
    """`options` are Keras's, but for a decay_rate, which stands for an ExponentialDecay over 4 steps."""
    options = dict(options)
    excluded = options.pop("exclude_from_weight_decay", None)
    if "decay_rate" in options:
        options["learning_rate"] = keras.optimizers.schedules.ExponentialDecay(
            options["learning_rate"], decay_steps=4, decay_rate=options.pop("decay_rate")
        )
    optimizer = with_dense_gradients(getattr(keras.optimizers, name))(**options)
    if excluded:
        optimizer.exclude_from_weight_decay(var_names=excluded)
    return optimizer


def named_weights(model):
    return [
        {"layer": layer.name, "name": weight.name, **array(weight.numpy())}
        for layer in model.layers
        for weight in layer.weights
    ]


def training_case(name, model, loss, x, y, optimizer="Adam", options={}, weights=None, class_weight=None):
    model.set_weights(
        [random_values(f"{name} {i}", *w.shape, scale=0.5) for i, w in enumerate(model.weights)]
    )
    initial = named_weights(model)
    learning_rate = 0.015625  # 1/64: exact in float32 too
    options = {"learning_rate": learning_rate} | options
    model.compile(optimizer=make_optimizer(optimizer, options), loss=loss, run_eagerly=True)
    before = model.predict(x, verbose=0)
    weighting = {"sample_weight": weights, "class_weight": class_weight}
    history = model.fit(x, y, batch_size=4, epochs=3, shuffle=False, verbose=0, **weighting)
    given = {"sample_weight": array(weights)} if weights is not None else {}
    if class_weight is not None:
        given["class_weight"] = [class_weight[label] for label in range(len(class_weight))]
    return given | {
        "name": name,
        "layers": [{"name": layer.name, "class": type(layer).__name__} for layer in model.layers],
        "loss": loss,
        "optimizer": optimizer,
        "options": options,
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


def regression():
    return keras.Sequential(
        [
            layers.Input((6, 2)),
            layers.LSTM(4, return_sequences=True, name="lstm"),
            layers.GRU(3, name="gru"),
            layers.Dense(1, name="dense"),
        ]
    )


def classification():
    return keras.Sequential(
        [
            layers.Input((5,), dtype="int32"),
            layers.Embedding(11, 3, name="embedding"),
            layers.LSTM(4, name="lstm"),
            layers.Dense(1, activation="sigmoid", name="dense"),
        ]
    )


def tagging():
    return keras.Sequential(
        [
            layers.Input((6, 2)),
            layers.GRU(4, return_sequences=True, name="gru"),
            layers.Dense(3, activation="softmax", name="dense"),
        ]
    )


def values():
    """Three epochs of Adam on ten samples in batches of 4, 4 and 2, without shuffling.

    loss_per_epoch is what Keras reports: the mean over samples of the losses seen while training.
    """
    x = random_values("training x", 10, 6, 2)
    y = random_values("training y", 10, 1)
    tokens = np.random.default_rng(7).integers(0, 11, (10, 5)).astype("int32")
    labels = (tokens.sum(axis=1, keepdims=True) % 2).astype("float64")
    classes = np.random.default_rng(8).integers(0, 3, (10, 6)).astype("float64")
    sample_weight = (random_values("sample weight", 10) + 1) / 2
    step_weight = random_values("step weight", 10, 6) + 1
    one_hot = np.eye(3)[classes.astype(int)]
    mse, binary = "mean_squared_error", "binary_crossentropy"
    sparse, categorical = "sparse_categorical_crossentropy", "categorical_crossentropy"
    adamw = {"weight_decay": 0.25, "exclude_from_weight_decay": ["bias"], "decay_rate": 0.5}
    rmsprop = {"momentum": 0.5, "centered": True, "global_clipnorm": 0.0625}
    cases = [
        ("regression", regression, mse, x, y, {}),
        ("classification", classification, binary, tokens, labels, {}),
        (
            "regression_clipnorm",
            regression,
            mse,
            x,
            y,
            {"optimizer": "SGD", "options": {"learning_rate": 0.25, "clipnorm": 0.0625}},
        ),
        (
            "classification_clipnorm",
            classification,
            binary,
            tokens,
            labels,
            {"optimizer": "SGD", "options": {"learning_rate": 1.0, "clipnorm": 0.03125}},
        ),
        (
            "classification_rmsprop",
            classification,
            binary,
            tokens,
            labels,
            {"optimizer": "RMSprop", "options": rmsprop, "class_weight": {0: 0.5, 1: 2.0}},
        ),
        (
            "regression_clipvalue",
            regression,
            mse,
            x,
            y,
            {"optimizer": "SGD", "options": {"learning_rate": 0.5, "momentum": 0.5, "clipvalue": 0.015625}},
        ),
        (
            "regression_adamw",
            regression,
            mse,
            x,
            y,
            {"optimizer": "AdamW", "options": adamw, "weights": sample_weight},
        ),
        ("tagging", tagging, sparse, x, classes, {"weights": step_weight}),
        ("tagging_one_hot", tagging, categorical, x, one_hot, {"weights": sample_weight[:, None]}),
    ]
    return {
        "cases": [
            training_case(name, make_model(), *data, **options) for name, make_model, *data, options in cases
        ]
    }
