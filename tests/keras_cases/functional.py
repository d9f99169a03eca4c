"""Masks, graphs of layers, states handed over, truncated backpropagation, calls of one's own."""

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
# The first and the last step count: states that are not zero are never handed out at leading masked steps.
INNER_GAPS = np.array([[3, 0, 1, 2], [5, 4, 0, 7], [2, 0, 0, 1], [6, 8, 3, 4]])


class Lengths(keras.Layer):
    """Hands on vectors with the mask that comes as a second input."""

    supports_masking = True

    def call(self, inputs):
        return inputs[0]

    def compute_mask(self, inputs, previous_mask):
        return inputs[1]


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


# ---- Masks ----


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


# ---- Graphs ----


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


# ---- Loops over cells ----


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


def values():
    """Outputs, and gradients of the loss that compile() makes, of one batch."""
    masked = [*masked_cases(), masked_last(), masking()]
    masked += [ragged(name, *case) for name, case in RAGGED.items()]
    masked += [*joined_masks(), *(stateful(name, make_layers) for name, make_layers in STATEFUL.items())]
    graphs = [encoder_decoder_lstm(), encoder_decoder_gru(), given_states(), final_states()]
    graphs += [final_state_of_sequence(), joins(), stacked_cells(), one_to_many(), both_ways_in_a_graph()]
    loops = [
        truncated("truncate_2", 2, True),
        truncated("truncate_3", 3, True),
        truncated("truncate_2_backwards_last", 2, False),
        truncated("truncate_3_backwards_last", 3, False),
    ]
    return {"cases": masked + graphs + loops + [fed_back(), stack_for_calls()]}
