"""Masks: of tokens, of values, of lengths, joined, and with states that are kept."""

import keras
import numpy as np
from keras import layers

from keras_cases.arrays import random_values
from keras_cases.graph_models import TOKENS, embedded, model_case, stack_of

# The first and the last step count: states that are not zero are never handed out at leading masked steps.
INNER_GAPS = np.array([[3, 0, 1, 2], [5, 4, 0, 7], [2, 0, 0, 1], [6, 8, 3, 4]])


class Lengths(keras.Layer):
    """Hands on vectors with the mask that comes as a second input."""

    supports_masking = True

    def call(self, inputs):
        return inputs[0]

    def compute_mask(self, inputs, previous_mask):
        return inputs[1]


def masked_stack(name, make_layers, tokens=TOKENS[:6], **more):
    keras.backend.clear_session()
    ids, x = embedded(tokens.shape[1])
    return model_case(name, keras.Model(ids, stack_of(x, *make_layers())), [tokens], **more)


def per_step(units=2):
    return layers.TimeDistributed(layers.Dense(units))


MASKED_STACKS = {
    "masked_sequences": lambda: [
        layers.LSTM(3, return_sequences=True),
        layers.GRU(2, return_sequences=True),
        layers.GRU(3, return_sequences=True, reset_after=False, name="gru_reset_before"),
        layers.SimpleRNN(2, return_sequences=True),
        per_step(),
    ],
    "masked_both_ways": lambda: [
        layers.Bidirectional(layers.LSTM(3, return_sequences=True)),
        layers.Bidirectional(layers.GRU(2, return_sequences=True), merge_mode="sum"),
        per_step(),
    ],
    "masked_both_ways_last": lambda: [
        layers.Bidirectional(layers.GRU(3, return_sequences=True), merge_mode="mul"),
        layers.Bidirectional(layers.LSTM(2), merge_mode="ave"),
    ],
    # What is handed on at masked steps shows.
    "masked_both_ways_seen": lambda: [
        layers.Bidirectional(layers.SimpleRNN(2, return_sequences=True)),
        layers.Flatten(),
        layers.Dense(2),
    ],
    "masked_backwards_seen": lambda: [
        layers.LSTM(2, return_sequences=True, go_backwards=True),
        layers.Flatten(),
        layers.Dense(2),
    ],
}


def masked_cases():
    mae = {"metrics": ["mean_absolute_error"]}
    for name, make_layers in MASKED_STACKS.items():
        yield masked_stack(name, make_layers, **({} if "last" in name or "seen" in name else mae))
    yield masked_stack(
        "masked_classes",
        lambda: [layers.GRU(3, return_sequences=True), layers.Dense(4, activation="softmax")],
        loss="sparse_categorical_crossentropy",
        metrics=["sparse_categorical_accuracy"],
        targets=np.random.default_rng(3).integers(0, 4, (6, 6)).astype("float64"),
    )
    yield masked_stack(
        "masked_weighted",
        lambda: [layers.SimpleRNN(2, return_sequences=True)],
        tokens=TOKENS,
        sample_weight=random_values("weights of steps", 7, 6) + 1,
    )
    yield masked_stack("masked_all", lambda: [layers.LSTM(2, return_sequences=True)], tokens=0 * TOKENS[:3])


def masked_last():
    keras.backend.clear_session()
    tokens, x = embedded()
    ends = [
        layers.LSTM(3)(x),
        layers.GRU(2)(x),
        layers.GRU(3, reset_after=False, name="gru_reset_before")(x),
        layers.SimpleRNN(2, go_backwards=True)(x),
    ]
    y = layers.Dense(2)(layers.Concatenate()(ends))
    return model_case("masked_last", keras.Model(tokens, y), [TOKENS[:6]])


def masking():
    """The value that masks is 0.5: a step counts where one feature has another value."""
    keras.backend.clear_session()
    values = random_values("masking", 5, 4, 2)
    values[0, :2] = values[1, 2:] = values[2, 1] = values[3] = 0.5
    values[4, 1, 0] = 0.5
    x = keras.Input((4, 2))
    y = stack_of(
        x, layers.Masking(0.5), layers.LSTM(3, return_sequences=True), layers.Dropout(0.0), layers.Dense(2)
    )
    return model_case("masking", keras.Model(x, y), [values], metrics=["mean_squared_error"])


def ragged(name, lengths, padding, make_layers):
    keras.backend.clear_session()
    steps = np.arange(5)
    lengths = np.array(lengths)[:, None]
    mask = steps < lengths if padding == "post" else steps >= 5 - lengths
    values = random_values(name, len(lengths), 5, 2)
    x, m = keras.Input((5, 2)), keras.Input((5,), dtype="bool")
    y = stack_of(Lengths()([x, m]), *make_layers())
    result = model_case(name, keras.Model([x, m], y), [values, mask], metrics=["mean_absolute_error"])
    result["inputs"] = [result["inputs"][0] | {"lengths": lengths.ravel().tolist(), "padding": padding}]
    return result


def joined_masks():
    """Two sequences masked at different steps, and one that is not masked."""
    other = np.array([[1, 0, 2, 0], [0, 3, 0, 0], [0, 0, 4, 5], [6, 7, 0, 0]])
    own = np.array([[1, 2, 0, 0], [0, 0, 0, 3], [0, 4, 5, 0], [6, 0, 7, 0]])
    keras.backend.clear_session()
    a, x = embedded(4, 2, name="left")
    b, y = embedded(4, 2, name="right")
    joins = [join()([x, y]) for join in (layers.Concatenate, layers.Add, layers.Multiply, layers.Average)]
    z = layers.SimpleRNN(2, return_sequences=True)(layers.Concatenate()(joins))
    yield model_case("joined_masks", keras.Model([a, b], z), [own, other])
    keras.backend.clear_session()
    a, x = embedded(4, 2, name="left")
    b = keras.Input((4, 2))
    z = layers.SimpleRNN(2, return_sequences=True)(layers.Concatenate()([x, b]))
    yield model_case("joined_mask_and_none", keras.Model([a, b], z), [own, random_values("none", 4, 4, 2)])


def stateful(name, make_layers):
    keras.backend.clear_session()
    tokens = keras.Input(batch_shape=INNER_GAPS.shape, dtype="int32")
    x = layers.Embedding(9, 3, mask_zero=True)(tokens)
    y = stack_of(x, *make_layers())
    before = [[INNER_GAPS[::-1].copy()], [INNER_GAPS[:, ::-1].copy()]]
    return model_case(name, keras.Model(tokens, y), [INNER_GAPS], earlier=before)


RAGGED = {
    "ragged_post": (
        [5, 2, 0, 3, 1, 4],
        "post",
        lambda: [layers.GRU(3, return_sequences=True), layers.Dense(2)],
    ),
    "ragged_pre": ([1, 5, 3, 0], "pre", lambda: [layers.LSTM(2, return_sequences=True), layers.LSTM(3)]),
}
STATEFUL = {
    "stateful_masked": lambda: [
        layers.LSTM(3, return_sequences=True, stateful=True),
        layers.GRU(2, stateful=True),
    ],
    "stateful_masked_both_ways": lambda: [
        layers.Bidirectional(layers.LSTM(2, return_sequences=True, stateful=True)),
        layers.Bidirectional(layers.GRU(2, stateful=True), merge_mode="sum"),
    ],
}


def cases():
    return [
        *masked_cases(),
        masked_last(),
        masking(),
        *(ragged(name, *case) for name, case in RAGGED.items()),
        *joined_masks(),
        *(stateful(name, make_layers) for name, make_layers in STATEFUL.items()),
    ]
