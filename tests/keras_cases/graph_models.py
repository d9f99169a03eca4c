"""Small models, their inputs and weights, and what is written down of them."""

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from keras_cases.arrays import array, random_values

# Padded before, after, in between; masked entirely; whole; one step; scattered.
TOKENS = np.array(
    [
        [0, 0, 3, 1, 5, 2],
        [4, 2, 7, 0, 0, 0],
        [6, 0, 1, 0, 3, 8],
        [0, 0, 0, 0, 0, 0],
        [1, 5, 4, 2, 8, 7],
        [0, 0, 0, 0, 0, 6],
        [0, 0, 7, 0, 5, 0],
    ]
)


def own_name(weight):
    """Keras's path without the cell's part: bidirectional/forward_lstm/kernel."""
    return "/".join(
        part for part in weight.path.split("/") if not part.endswith(("_cell", "_cells_inner"))
    )


def given(values):
    """An input as it is written: token ids, or an array."""
    if np.issubdtype(values.dtype, np.integer):
        return {"shape": list(values.shape), "tokens": values.ravel().tolist()}
    return array(values)


def set_random_weights(name, variables):
    for key, variable in variables.items():
        variable.assign(random_values(f"{name} {key}", *variable.shape))
    return {key: array(variable) for key, variable in variables.items()}


def document(name, inputs, variables, forward, loss_of, earlier=(), **more):
    """`forward(inputs)` gives the output, `loss_of(output, targets)` what is trained."""
    result = {"name": name, "inputs": [given(x) for x in inputs]}
    result["weights"] = set_random_weights(name, variables)
    result["earlier"] = [
        {"inputs": [given(x) for x in before], "output": array(forward(before))} for before in earlier
    ]
    with tf.GradientTape() as tape:
        output = forward(inputs)
        targets = more.pop("targets", None)
        if targets is None:
            targets = random_values(f"{name} targets", *output.shape)
        loss = loss_of(output, targets)
    values = [getattr(v, "value", v) for v in variables.values()]
    gradients = [tf.convert_to_tensor(g) for g in tape.gradient(loss, values)]
    result |= {
        "targets": array(targets),
        "output": array(output),
        "loss": float(loss),
        "gradients": {key: array(g) for key, g in zip(variables, gradients)},
    }
    return result | more


def model_case(name, model, inputs, loss="mean_squared_error", metrics=(), sample_weight=None, **more):
    """A keras.Model with the loss and the metrics that its own compile() makes."""
    model.compile(loss=loss, weighted_metrics=[], metrics=list(metrics))
    variables = {own_name(w): w for w in model.trainable_weights}
    assert len(variables) == len(model.trainable_weights), [w.path for w in model.trainable_weights]

    def one_or_all(x):
        return x[0] if len(x) == 1 else list(x)

    def forward(x):
        return model(one_or_all(x))

    def loss_of(output, targets):
        return model.compute_loss(one_or_all(inputs), targets, output, sample_weight)

    result = document(name, inputs, variables, forward, loss_of, **more)
    if "earlier" not in more:
        y = np.reshape(result["targets"]["values"], result["targets"]["shape"])
        logs = model.test_on_batch(one_or_all(inputs), y, sample_weight, return_dict=True)
        assert abs(logs.pop("loss") - result["loss"]) < 1e-12
        result["metrics"] = {key: float(value) for key, value in logs.items()}
    if sample_weight is not None:
        result["sample_weight"] = array(sample_weight)
    return result | {"loss_name": loss}


def stack_of(x, *stack):
    for layer in stack:
        x = layer(x)
    return x


def embedded(timesteps=6, units=3, name="embedding"):
    tokens = keras.Input((timesteps,), dtype="int32")
    return tokens, layers.Embedding(9, units, mask_zero=True, name=name)(tokens)
