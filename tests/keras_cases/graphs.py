"""Graphs of layers: states handed over, joins, stacked cells."""

import keras
from keras import layers

from keras_cases.arrays import random_values
from keras_cases.graph_models import TOKENS, embedded, model_case, stack_of


def encoder_decoder_lstm():
    keras.backend.clear_session()
    tokens, x = embedded()
    _, *states = layers.LSTM(3, return_state=True, name="encoder")(x)
    z = keras.Input((4, 2))
    y = layers.LSTM(3, return_sequences=True, name="decoder")(z, initial_state=states)
    y = layers.TimeDistributed(layers.Dense(2))(y)
    vectors = random_values("decoder", 6, 4, 2)
    return model_case("encoder_decoder_lstm", keras.Model([tokens, z], y), [TOKENS[:6], vectors])


def encoder_decoder_gru():
    """All that the encoder hands on is read: its sequence, its last output by way of the state, its state."""
    keras.backend.clear_session()
    x = keras.Input((4, 2))
    sequence, state = layers.GRU(3, return_sequences=True, return_state=True, name="encoder")(x)
    decoded = layers.GRU(3, return_sequences=True, name="decoder")(sequence, initial_state=state)
    backwards = layers.GRU(3, reset_after=False, name="second")(x, initial_state=state)
    y = layers.Concatenate()([layers.Flatten()(decoded), backwards, state])
    return model_case("encoder_decoder_gru", keras.Model(x, layers.Dense(2)(y)), [random_values("x", 5, 4, 2)])


def given_states():
    """States from a dense layer and from an input."""
    keras.backend.clear_session()
    x, v = keras.Input((4, 2)), keras.Input((3,))
    h = layers.Dense(3, activation="tanh", name="h0")(v)
    y = layers.LSTM(3, return_sequences=True, name="lstm")(x, initial_state=[h, v])
    z = layers.GRU(3, name="gru")(y, initial_state=h)
    inputs = [random_values("given", 4, 4, 2), random_values("states", 4, 3)]
    return model_case("given_states", keras.Model([x, v], z), inputs)


def final_states():
    keras.backend.clear_session()
    x = keras.Input((4, 2))
    h, _, c = layers.LSTM(3, return_state=True, name="lstm")(x)
    y = layers.Dense(2, name="dense")(layers.Concatenate()([c, h]))
    return model_case("final_states", keras.Model(x, y), [random_values("final", 4, 4, 2)])


def final_state_of_sequence():
    keras.backend.clear_session()
    x = keras.Input((4, 2))
    y, h, c = layers.LSTM(3, return_sequences=True, return_state=True, name="lstm")(x)
    z = layers.SimpleRNN(3, name="simple_rnn")(y, initial_state=c)
    z = layers.Add()([z, h, c])
    return model_case("final_state_of_sequence", keras.Model(x, z), [random_values("final", 4, 4, 2)])


def joins():
    """Two readers of one layer, every join, two inputs, one layer read twice by one join."""
    keras.backend.clear_session()
    x, v = keras.Input((3, 2)), keras.Input((2,))
    a = layers.GRU(2, return_sequences=True, name="a")(x)
    b = layers.Dense(2, activation="sigmoid", name="b")(a)
    joined = [layers.Multiply()([a, b, x]), layers.Average()([a, b, x]), layers.Add()([a, a])]
    both = layers.Concatenate()(joined)
    end = layers.LSTM(3, name="end")(both)
    y = layers.Dense(2, name="y")(layers.Concatenate()([end, v]))
    inputs = [random_values("joins", 4, 3, 2), random_values("vectors", 4, 2)]
    return model_case("joins", keras.Model([x, v], y), inputs)


def stacked_cells():
    keras.backend.clear_session()
    tokens, x = embedded()
    cells = [
        layers.LSTMCell(3, name="lstm"),
        layers.GRUCell(2, name="gru"),
        layers.SimpleRNNCell(4, name="simple_rnn"),
    ]
    inner = layers.StackedRNNCells(cells, name="stacked_cells_inner")
    y = layers.RNN(inner, return_sequences=True, name="stacked_cells")(x)
    return model_case("stacked_cells", keras.Model(tokens, y), [TOKENS[:6]])


def one_to_many():
    keras.backend.clear_session()
    v = keras.Input((2,))
    y = stack_of(v, layers.RepeatVector(4), layers.LSTM(3, return_sequences=True), layers.Dense(2))
    return model_case("one_to_many", keras.Model(v, y), [random_values("one", 4, 2)])


def both_ways_in_a_graph():
    keras.backend.clear_session()
    x = keras.Input((4, 2))
    a = layers.Bidirectional(layers.LSTM(2, return_sequences=True), name="first")(x)
    b = layers.Bidirectional(layers.GRU(2, return_sequences=True), name="second")(x)
    y = layers.Bidirectional(layers.GRU(3), merge_mode="sum", name="third")(layers.Add()([a, b]))
    return model_case("both_ways_in_a_graph", keras.Model(x, y), [random_values("both", 4, 4, 2)])


def cases():
    return [
        encoder_decoder_lstm(),
        encoder_decoder_gru(),
        given_states(),
        final_states(),
        final_state_of_sequence(),
        joins(),
        stacked_cells(),
        one_to_many(),
        both_ways_in_a_graph(),
    ]
