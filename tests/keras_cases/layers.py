"""Recurrent layers: outputs, final states and gradients."""

import tensorflow as tf
from keras import layers

from keras_cases.arrays import array, random_values

LAYERS = {
    "SimpleRNN": lambda units: layers.SimpleRNN(units, return_sequences=True, return_state=True),
    "LSTM": lambda units: layers.LSTM(units, return_sequences=True, return_state=True),
    "GRU_reset_after": lambda units: layers.GRU(units, return_sequences=True, return_state=True),
    "GRU_reset_before": lambda units: layers.GRU(
        units, reset_after=False, return_sequences=True, return_state=True
    ),
}


def layer_case(name, batch, timesteps, features, units):
    layer = LAYERS[name](units)
    layer.build((batch, timesteps, features))
    case = f"{name}_batch_{batch}_timesteps_{timesteps}_features_{features}_units_{units}"
    weights = {w.name: random_values(f"{case} {w.name}", *w.shape) for w in layer.weights}
    layer.set_weights(list(weights.values()))
    x = tf.constant(random_values(f"{case} x", batch, timesteps, features, scale=2.0))
    coefficients = random_values(f"{case} coefficients", batch, timesteps, units)
    with tf.GradientTape() as tape:
        tape.watch(x)
        output, *states = layer(x)
        loss = tf.reduce_sum(output * coefficients)
    variables = [w.value for w in layer.weights]
    gradient_x, *gradients = tape.gradient(loss, [x, *variables])
    return {
        "name": case,
        "layer": name,
        "batch": batch,
        "timesteps": timesteps,
        "features": features,
        "units": units,
        "x": array(x),
        "weights": {key: array(value) for key, value in weights.items()},
        "output": array(output),
        "states": [array(state) for state in states],
        "coefficients": array(coefficients),
        "loss": float(loss),
        "gradients": {"x": array(gradient_x)} | {k: array(g) for k, g in zip(weights, gradients)},
    }


def values():
    """Output with return_sequences, final states, and gradients of sum(output * coefficients)."""
    sizes = [(3, 5, 4, 3), (2, 1, 1, 5)]
    return {"cases": [layer_case(name, *size) for name in LAYERS for size in sizes]}
