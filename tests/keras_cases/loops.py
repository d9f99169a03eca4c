"""Loops over cells: truncated backpropagation, calls of one's own."""

import keras
import tensorflow as tf
from keras import layers

from keras_cases.arrays import random_values
from keras_cases.graph_models import TOKENS, document, model_case, stack_of


def mean_of_squares(output, targets):
    return tf.reduce_mean((output - targets) ** 2)


def built(cells, widths):
    keras.backend.clear_session()
    made = [cell() for cell in cells]
    for cell, width in zip(made, widths):
        cell.build((None, width))
    return made, {f"{cell.name}/{w.name}": w for cell in made for w in cell.trainable_weights}


def over_time(cell, x, window, batch):
    """One cell over all steps; states become constants where a window begins."""
    states, outputs = cell.get_initial_state(batch), []
    states = list(states) if isinstance(states, (list, tuple)) else [states]
    for t in range(x.shape[1]):
        if t > 0 and t % window == 0:
            states = [tf.stop_gradient(s) for s in states]
        output, states = cell(x[:, t], states)
        outputs.append(output)
    return tf.stack(outputs, axis=1)


def truncated(name, window, sequences):
    """An LSTM and a GRU over seven steps, both truncated; then a dense layer, on all steps or on the last."""
    batch, backwards = 4, not sequences
    (lstm, gru, dense), variables = built(
        [
            lambda: layers.LSTMCell(3, name="lstm"),
            lambda: layers.GRUCell(2, name="gru"),
            lambda: layers.Dense(2, name="dense"),
        ],
        [2, 3, 2],
    )

    def forward(inputs):
        x = tf.constant(inputs[0])
        y = over_time(lstm, x[:, ::-1] if backwards else x, window, batch)
        y = over_time(gru, y, window, batch)
        return dense(y if sequences else y[:, -1])

    return document(name, [random_values(name, batch, 7, 2)], variables, forward, mean_of_squares)


def fed_back():
    """Four steps, the first of which reads the input and the others what the step before handed on."""
    (first, second, dense), variables = built(
        [
            lambda: layers.LSTMCell(3, name="first"),
            lambda: layers.LSTMCell(4, name="second"),
            lambda: layers.Dense(2, name="dense"),
        ],
        [2, 3, 4],
    )

    def forward(inputs):
        x = tf.constant(inputs[0])
        a, b = list(first.get_initial_state(7)), list(second.get_initial_state(7))
        outputs = []
        for _ in range(4):
            y, a = first(x, a)
            y, b = second(y, b)
            x = dense(y)
            outputs.append(x)
        return tf.stack(outputs, axis=1)

    return document("fed_back", [random_values("fed back", 7, 2)], variables, forward, mean_of_squares)


def stack_for_calls():
    keras.backend.clear_session()
    tokens = keras.Input((4,), dtype="int32")
    y = stack_of(
        layers.Embedding(9, 3, name="embedding")(tokens),
        layers.LSTM(3, return_sequences=True, name="first"),
        layers.LSTM(4, return_sequences=True, name="second"),
        layers.Dense(2, name="dense"),
    )
    return model_case("stack_for_calls", keras.Model(tokens, y), [TOKENS[:, 2:]])


def cases():
    return [
        truncated("truncate_2", 2, True),
        truncated("truncate_3", 3, True),
        truncated("truncate_2_backwards_last", 2, False),
        truncated("truncate_3_backwards_last", 3, False),
        fed_back(),
        stack_for_calls(),
    ]
