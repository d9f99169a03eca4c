"""How layers are connected: states of layers made of others, both directions, joins in time, shared layers,
pooling, sequences of one step, and masks that Keras is handed where it would forget them."""

import keras
import numpy as np
from keras import layers, ops

from keras_cases.arrays import random_values
from keras_cases.graph_models import TOKENS, embedded, model_case, own_name, stack_of
from keras_cases.masks import INNER_GAPS, Lengths


def case(name, inputs, output, values, **more):
    model = keras.Model(inputs, output)
    result = model_case(name, model, values, **more)
    return result | {"weight_names": [own_name(w) for w in model.weights]}


def values_of(name, *shapes):
    return [random_values(f"{name} {i}", *shape) for i, shape in enumerate(shapes)]


# ---- States of layers made of others ----


def bidirectional_states():
    keras.backend.clear_session()
    x, z = keras.Input((4, 2)), keras.Input((3, 2))
    encoder = layers.Bidirectional(layers.LSTM(3, return_state=True), name="encoder")
    _, fh, fc, bh, bc = encoder(x)
    states = [layers.Concatenate()([fh, bh]), layers.Concatenate()([fc, bc])]
    y = layers.LSTM(6, return_sequences=True, name="decoder")(z, initial_state=states)
    y = layers.Dense(2, name="y")(y)
    return case("bidirectional_states", [x, z], y, values_of("states", (4, 4, 2), (4, 3, 2)))


def bidirectional_initial_state():
    """From one bidirectional layer to another; then from a vector for each state."""
    keras.backend.clear_session()
    x, v = keras.Input((4, 2)), keras.Input((3,))
    first = layers.Bidirectional(layers.GRU(3, return_sequences=True, return_state=True), name="first")
    y, *states = first(x)
    second = layers.Bidirectional(layers.GRU(3, return_sequences=True), merge_mode="sum", name="second")
    y = second(y, initial_state=states)
    h0 = layers.Dense(3, name="h0")(v)
    y = layers.Bidirectional(layers.SimpleRNN(3), merge_mode="ave", name="third")(y, initial_state=[v, h0])
    inputs = values_of("initial", (4, 4, 2), (4, 3))
    return case("bidirectional_initial_state", [x, v], y, inputs)


def stack(*cells, name, **options):
    inner = layers.StackedRNNCells(list(cells), name=name + "_cells_inner")
    return layers.RNN(inner, name=name, **options)


def stacked_states():
    keras.backend.clear_session()
    x, z = keras.Input((4, 2)), keras.Input((3, 2))
    first = stack(layers.LSTMCell(3, name="lstm"), layers.GRUCell(2, name="gru"), name="first", return_state=True)
    y, (h, c), state = first(x)
    second = stack(
        layers.LSTMCell(3, name="lstm_1"), layers.GRUCell(2, name="gru_1"), name="second", return_sequences=True
    )
    w = second(z, initial_state=[[h, c], state])
    y = layers.Concatenate()([layers.Flatten()(w), y, c, state])
    return case("stacked_states", [x, z], y, values_of("stacked", (4, 4, 2), (4, 3, 2)))


def stacked_backwards():
    keras.backend.clear_session()
    tokens, x = embedded()
    cells = [layers.LSTMCell(3, name="lstm"), layers.SimpleRNNCell(2, name="simple_rnn")]
    y = stack(*cells, name="stacked_cells", return_sequences=True, go_backwards=True)(x)
    y = layers.Flatten()(y)
    return case("stacked_backwards", tokens, y, [TOKENS[:6]])


def both_outputs(masks):
    keras.backend.clear_session()
    tokens = keras.Input((4,), dtype="int32")
    x = layers.Embedding(9, 3, mask_zero=masks, name="embedding")(tokens)
    both = layers.Bidirectional(layers.LSTM(3, return_sequences=True), merge_mode=None, name="both")
    forward, backward = both(x)
    y = layers.GRU(2, name="reader")(layers.Multiply()([forward, backward]))
    y = layers.Concatenate()([layers.Flatten()(forward), layers.Flatten()(backward), y])
    ends = layers.Bidirectional(layers.GRU(2), merge_mode=None, name="ends")(x)
    y = layers.Concatenate()([y, layers.Subtract()(list(ends))])
    return case("both_outputs_masked" if masks else "both_outputs", tokens, y, [INNER_GAPS])


# ---- One step, all steps ----


def time_distributed():
    keras.backend.clear_session()
    tokens, x = embedded()
    each = [
        layers.LayerNormalization(name="layer_normalization"),
        layers.Activation("tanh"),
        layers.Dropout(0.0),
        layers.Flatten(),
        layers.Dense(3, name="dense"),
        layers.Activation("softmax"),
    ]
    y = layers.LSTM(3, return_sequences=True, name="lstm")(x)
    for i, layer in enumerate(each):
        y = layers.TimeDistributed(layer, name=f"each_{i}")(y)
    return case("time_distributed", tokens, y, [TOKENS[:6]])


def one_step():
    keras.backend.clear_session()
    x = keras.Input((1, 2))
    y = stack_of(x, layers.LSTM(3, return_sequences=True), layers.Dense(2))
    return case("one_step", x, y, values_of("one step", (6, 1, 2)), metrics=["mean_absolute_error"])


def one_step_of_classes():
    """Token ids, a mask, weights of steps, classes as targets."""
    keras.backend.clear_session()
    tokens, x = embedded(1)
    y = stack_of(x, layers.GRU(3, return_sequences=True), layers.Dense(4, activation="softmax"))
    return case(
        "one_step_of_classes",
        tokens,
        y,
        [np.array([[3], [0], [5], [1]])],
        loss="sparse_categorical_crossentropy",
        metrics=["sparse_categorical_accuracy"],
        targets=np.array([[1.0], [0.0], [3.0], [2.0]]),
        sample_weight=random_values("one step", 4, 1) + 1,
    )


def repeated_once():
    keras.backend.clear_session()
    v = keras.Input((2,))
    y = stack_of(v, layers.RepeatVector(1), layers.GRU(2, return_sequences=True))
    return case("repeated_once", v, y, values_of("once", (4, 2)))


# ---- Joins, shared layers, pooling ----


def concatenated_in_time():
    """A masked sequence behind one without a mask, and two without."""
    keras.backend.clear_session()
    tokens, masked = embedded(4)
    x = keras.Input((3, 2))
    z = layers.Dense(3, name="dense")(x)
    y = layers.GRU(2, return_sequences=True, name="gru")(layers.Concatenate(axis=1)([z, masked, z]))
    return case("concatenated_in_time", [tokens, x], y, [INNER_GAPS, *values_of("time", (4, 3, 2))])


def concatenated_in_time_unmasked():
    keras.backend.clear_session()
    x, z = keras.Input((3, 2)), keras.Input((2, 2))
    y = layers.Concatenate(axis=1)([layers.LSTM(2, return_sequences=True, name="lstm")(x), z])
    y = layers.Dense(2, name="dense")(y)
    return case("concatenated_in_time_unmasked", [x, z], y, values_of("time", (4, 3, 2), (4, 2, 2)))


def shared_words():
    """Two texts of different lengths through one embedding and one layer."""
    keras.backend.clear_session()
    a, b = keras.Input((6,), dtype="int32"), keras.Input((4,), dtype="int32")
    words, reader = layers.Embedding(9, 3, mask_zero=True, name="words"), layers.LSTM(3, name="reader")
    y = layers.Subtract()([reader(words(a)), reader(words(b))])
    y = layers.Dense(2, name="dense")(y)
    return case("shared_words", [a, b], y, [TOKENS[:4], INNER_GAPS])


def shared_layers():
    """Called with a mask and without, forward and backward, three times."""
    keras.backend.clear_session()
    x, z = keras.Input((4, 2)), keras.Input((3, 2))
    both = layers.Bidirectional(layers.GRU(2, return_sequences=True), name="both")
    dense, norm = layers.Dense(2, activation="tanh", name="dense"), layers.LayerNormalization(name="norm")
    first = norm(dense(both(layers.Masking(0.5)(x))))
    second = norm(dense(both(z)))
    third = both(second)
    y = layers.Concatenate()([layers.Flatten()(v) for v in (first, second, third)])
    values = values_of("shared", (4, 4, 2), (4, 3, 2))
    values[0][0, :2] = values[0][1, 2:] = values[0][2, 1] = 0.5
    return case("shared_layers", [x, z], y, values)


def pooled():
    """Windows that overlap, that leave steps out, that reach beyond the ends."""
    keras.backend.clear_session()
    x = keras.Input((7, 2))
    y = layers.SimpleRNN(3, return_sequences=True, name="simple_rnn")(x)
    sequences = [
        layers.MaxPooling1D(2)(y),
        layers.MaxPooling1D(3, strides=1)(y),
        layers.MaxPooling1D(3, strides=2, padding="same")(y),
        layers.AveragePooling1D(3)(y),
        layers.AveragePooling1D(2, strides=1, padding="same")(y),
        layers.AveragePooling1D(4, strides=3, padding="same")(y),
    ]
    y = [layers.Flatten()(s) for s in sequences]
    y += [layers.GlobalAveragePooling1D()(s) for s in sequences[:2]]
    y += [layers.GlobalMaxPooling1D()(s) for s in sequences[3:5]]
    return case("pooled", x, layers.Concatenate()(y), values_of("pooled", (7, 7, 2)))


def pooled_masked():
    """Equal words: the maximum's gradient is shared out."""
    keras.backend.clear_session()
    tokens, x = embedded(4)
    y = layers.LSTM(3, return_sequences=True, name="lstm")(x)
    y = [pool()(v) for v in (x, y) for pool in (layers.GlobalAveragePooling1D, layers.GlobalMaxPooling1D)]
    ids = np.array([[3, 0, 3, 2], [5, 5, 5, 7], [0, 0, 0, 1], [6, 8, 3, 6]])
    return case("pooled_masked", tokens, layers.Concatenate()(y), [ids])


# ---- Masks that Keras 3 would forget, turn round or replace, handed to it ----


def initial_state_under_a_mask():
    keras.backend.clear_session()
    v = keras.Input((3,))
    tokens, x = embedded()
    mask = ops.not_equal(tokens, 0)
    y = layers.LSTM(3, return_sequences=True, name="lstm")(x, initial_state=[v, v], mask=mask)
    y = layers.GRU(3, name="gru")(y, mask=mask)
    return case("initial_state_under_a_mask", [tokens, v], y, [TOKENS[:6], *values_of("given", (6, 3))])


def initial_state_without_the_mask():
    """Keras 3 as it is: as without mask_zero."""
    keras.backend.clear_session()
    v = keras.Input((3,))
    tokens, x = embedded()
    y = layers.LSTM(3, name="lstm")(x, initial_state=[v, v])
    return case("initial_state_without_the_mask", [tokens, v], y, [TOKENS[:6], *values_of("given", (6, 3))])


def backwards_under_a_mask():
    keras.backend.clear_session()
    tokens, x = embedded()
    y = layers.LSTM(3, return_sequences=True, go_backwards=True, name="lstm")(x)
    y = layers.GRU(2, name="gru")(y, mask=ops.flip(ops.not_equal(tokens, 0), axis=1))
    return case("backwards_under_a_mask", tokens, y, [TOKENS[:6]])


def masking_behind_a_mask():
    keras.backend.clear_session()
    lengths = np.array([[5], [2], [4], [3]])
    mask = np.arange(5) < lengths
    values = random_values("masking behind", 4, 5, 2)
    values[0, 1] = values[2, 0] = values[2, 3] = values[3, 4] = 0.5
    x, m = keras.Input((5, 2)), keras.Input((5,), dtype="bool")
    y = layers.Masking(0.5)(Lengths()([x, m]))
    both = ops.logical_and(m, ops.any(ops.not_equal(x, 0.5), axis=-1))
    y = layers.LSTM(3, name="lstm")(y, mask=both)
    result = case("masking_behind_a_mask", [x, m], y, [values, mask])
    result["inputs"] = [result["inputs"][0] | {"lengths": lengths.ravel().tolist(), "padding": "post"}]
    return result


def embedding_declared_last():
    """The order of the weights."""
    keras.backend.clear_session()
    x, tokens = keras.Input((4, 2)), keras.Input((4,), dtype="int32")
    a = layers.LSTM(3, return_sequences=True, name="lstm")(x)
    b = layers.Embedding(9, 2, name="words")(tokens)
    y = layers.Dense(2, name="dense")(layers.Concatenate()([a, b]))
    return case("embedding_declared_last", [x, tokens], y, [*values_of("last", (4, 4, 2)), INNER_GAPS])


def values():
    """Outputs, and gradients of the loss that compile() makes, of one batch."""
    made = [
        bidirectional_states(),
        bidirectional_initial_state(),
        stacked_states(),
        stacked_backwards(),
        both_outputs(False),
        both_outputs(True),
        time_distributed(),
        one_step(),
        one_step_of_classes(),
        repeated_once(),
        concatenated_in_time(),
        concatenated_in_time_unmasked(),
        shared_words(),
        shared_layers(),
        pooled(),
        pooled_masked(),
        initial_state_under_a_mask(),
        initial_state_without_the_mask(),
        backwards_under_a_mask(),
        masking_behind_a_mask(),
        embedding_declared_last(),
    ]
    return {"cases": made}
