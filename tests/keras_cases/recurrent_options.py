"""What stands around recurrent layers, and their options: outputs and gradients of small models."""

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from keras_cases.arrays import array, random_values


def both_ways(layer, merge_mode="concat"):
    return layers.Bidirectional(layer, merge_mode=merge_mode)


# Name: batch, time steps, layers behind an embedding of width 3.
MODELS = {
    "go_backwards": (
        3,
        5,
        lambda: [
            layers.LSTM(3, return_sequences=True, go_backwards=True),
            layers.GRU(2, return_sequences=True),
            layers.SimpleRNN(2, go_backwards=True),
        ],
    ),
    "go_backwards_one_step": (2, 1, lambda: [layers.GRU(3, return_sequences=True, go_backwards=True)]),
    "concat_stack": (
        7,
        4,
        lambda: [both_ways(layers.LSTM(3, return_sequences=True)), both_ways(layers.LSTM(2))],
    ),
    "sum": (3, 3, lambda: [both_ways(layers.GRU(3, return_sequences=True), "sum"), layers.GRU(2)]),
    "mul": (
        1,
        4,
        lambda: [
            both_ways(layers.SimpleRNN(3, return_sequences=True), "mul"),
            both_ways(layers.GRU(2, reset_after=False), "mul"),
        ],
    ),
    "ave": (
        3,
        4,
        lambda: [both_ways(layers.SimpleRNN(3, return_sequences=True), "ave"), both_ways(layers.LSTM(2), "ave")],
    ),
    "stateful": (
        3,
        4,
        lambda: [
            layers.LSTM(3, return_sequences=True, stateful=True),
            both_ways(layers.GRU(2, stateful=True), "sum"),
        ],
    ),
    "encoder_decoder": (
        3,
        4,
        lambda: [
            layers.LSTM(3),
            layers.RepeatVector(3),
            layers.GRU(2, return_sequences=True),
            layers.TimeDistributed(layers.Dense(2)),
            layers.Activation("tanh"),
            layers.Flatten(),
            layers.Dense(2),
        ],
    ),
    "activation_of_repeated": (
        1,
        2,
        lambda: [
            layers.SimpleRNN(2),
            layers.RepeatVector(3),
            layers.Activation("sigmoid"),
            layers.TimeDistributed(layers.Dense(3)),
        ],
    ),
    "ave_one_step": (2, 1, lambda: [both_ways(layers.LSTM(3, return_sequences=True), "ave")]),
    "no_bias": (
        3,
        4,
        lambda: [
            layers.LSTM(3, return_sequences=True, use_bias=False),
            layers.GRU(2, return_sequences=True, use_bias=False),
            layers.SimpleRNN(2, use_bias=False),
            layers.Dense(3, activation="tanh", use_bias=False),
        ],
    ),
    "no_bias_reset_before": (
        1,
        4,
        lambda: [
            layers.GRU(2, reset_after=False, use_bias=False, return_sequences=True),
            layers.TimeDistributed(layers.Dense(2, use_bias=False)),
        ],
    ),
    "layer_normalization": (
        7,
        3,
        lambda: [
            layers.LayerNormalization(),
            layers.SimpleRNN(18, return_sequences=True, use_bias=False),
            layers.LayerNormalization(epsilon=0.0625, center=False),
            layers.GRU(3),
            layers.LayerNormalization(scale=False),
            layers.Dense(4),
            layers.LayerNormalization(center=False, scale=False),
        ],
    ),
}


def own_name(weight):
    """Keras's path without the model's and the cell's part: bidirectional/forward_lstm/kernel."""
    return "/".join(part for part in weight.path.split("/")[1:] if not part.endswith("_cell"))


def model_case(name, batch, timesteps, make_layers):
    """Each sample's tokens occur once, so that the embedding's gradient is that of the layers' input."""
    keras.backend.clear_session()
    model = keras.Sequential([layers.Embedding(batch * timesteps, 3), *make_layers()])
    tokens = np.random.default_rng(len(name)).permutation(batch * timesteps).reshape(batch, timesteps)
    model.build((batch, timesteps))
    weights = {own_name(w): random_values(f"{name} {own_name(w)}", *w.shape) for w in model.weights}
    model.set_weights(list(weights.values()))
    earlier = []
    if name == "stateful":
        for before in (tokens[:, ::-1], tokens[::-1]):
            earlier.append({"tokens": before.ravel().tolist(), "output": array(model(before))})
    variables = [w.value for w in model.trainable_weights]
    with tf.GradientTape() as tape:
        output = model(tokens)
        targets = random_values(f"{name} targets", *output.shape)
        loss = tf.reduce_mean((output - targets) ** 2)
    gradients = [tf.convert_to_tensor(g) for g in tape.gradient(loss, variables)]
    return {
        "name": name,
        "batch": batch,
        "timesteps": timesteps,
        "earlier": earlier,
        "tokens": tokens.ravel().tolist(),
        "targets": array(targets),
        "weights": {key: array(value) for key, value in weights.items()},
        "output": array(output),
        "loss": float(loss),
        "gradients": {key: array(g) for key, g in zip(weights, gradients)},
    }


def values():
    """Outputs, and gradients of the mean squared error, of one batch. Stateful layers see two batches before."""
    return {"cases": [model_case(name, *case) for name, case in MODELS.items()]}
