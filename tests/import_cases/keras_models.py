"""Models for Keras's formats: written with the layers of Keras 3 or of Keras 2 (tf_keras), whichever `k` is."""


def stack(k, shape, *layers):
    return k.Sequential([k.layers.Input(shape), *layers])


def recurrent(k):
    """Every option of the recurrent layers, one at a time."""
    L = k.layers
    models = {}
    for kind, layer in {"simple_rnn": L.SimpleRNN, "lstm": L.LSTM, "gru": L.GRU}.items():
        models[kind] = stack(k, (5, 2), layer(3), L.Dense(2))
        models[f"{kind}_sequences"] = stack(k, (5, 2), layer(3, return_sequences=True), layer(2, use_bias=False), L.Dense(1))
        models[f"{kind}_backwards"] = stack(k, (5, 2), layer(3, return_sequences=True, go_backwards=True, activation="relu"))
        models[f"{kind}_both_ways"] = stack(k, (5, 2), L.Bidirectional(layer(3, return_sequences=True)),
                                            L.Bidirectional(layer(2), merge_mode="sum"))
        models[f"{kind}_masked"] = stack(k, (6, 2), L.Masking(0.5), layer(3, return_sequences=True), layer(2))
        models[f"{kind}_words"] = stack(k, (6,), L.Embedding(7, 3, mask_zero=True), L.Bidirectional(layer(2, return_sequences=True)),
                                        layer(3), L.Dense(2, activation="softmax"))
    models["gru_reset_before"] = stack(k, (5, 2), L.GRU(3, reset_after=False, return_sequences=True), L.GRU(2, reset_after=False))
    models["gates"] = stack(k, (5, 2), L.LSTM(3, recurrent_activation="hard_sigmoid", activation="softsign", return_sequences=True),
                            L.GRU(2, recurrent_activation="relu", activation="elu"))
    models["merges"] = stack(k, (4, 2), L.Bidirectional(L.LSTM(2, return_sequences=True), merge_mode="mul"),
                             L.Bidirectional(L.GRU(2, reset_after=False), merge_mode="ave"))
    models["stacked_cells"] = stack(k, (5, 2), L.RNN([L.LSTMCell(3), L.GRUCell(2), L.LSTMCell(2)], return_sequences=True),
                                    L.RNN(L.SimpleRNNCell(2), go_backwards=True))
    return models


def others(k):
    """The layers without states, and models that are no stack."""
    L = k.layers
    models = {
        "time_distributed": stack(k, (4, 2), L.TimeDistributed(L.Dense(3, activation="tanh")), L.Flatten(),
                                  L.Dense(4, activation="selu"), L.RepeatVector(3), L.GRU(2, return_sequences=True),
                                  L.TimeDistributed(L.Dense(2, activation="softmax"))),
        "normalized": stack(k, (4, 3), L.LayerNormalization(epsilon=1e-5), L.LSTM(2, return_sequences=True),
                            L.LayerNormalization(center=False), L.GlobalAveragePooling1D()),
        "pooled": stack(k, (7, 2), L.MaxPooling1D(3, strides=2, padding="same"), L.AveragePooling1D(2), L.GlobalMaxPooling1D(),
                        L.Dropout(0.25), L.Dense(2, use_bias=False)),
        "averaged": stack(k, (7, 2), L.AveragePooling1D(3, strides=2, padding="same"), L.SimpleRNN(2)),
        "vectors": stack(k, (3,), L.Dense(4, activation="softplus"), L.Dense(3, activation="exponential"), L.Activation("softmax")),
        "words": stack(k, (5,), L.Embedding(6, 2), L.GlobalAveragePooling1D(), L.Dense(1, activation="sigmoid")),
        "masked_mean": stack(k, (5,), L.Embedding(6, 2, mask_zero=True), L.GlobalAveragePooling1D()),
    }
    x = L.Input((5, 2), name="sensor")
    a = L.LSTM(3, return_sequences=True, name="encoder")(x)
    b = L.GRU(3, return_sequences=True)(x)
    joined = L.Concatenate()([L.Add()([a, b]), L.Multiply()([a, b]), L.Average()([a, b, a]), L.Subtract()([a, b])])
    models["joins"] = k.Model(x, L.Dense(2)(L.LSTM(2)(L.Concatenate(axis=1)([joined, joined]))))
    x, y = L.Input((5, 2), name="past"), L.Input((3, 1), name="calendar")
    _, h, c = L.LSTM(3, return_state=True, name="encoder")(x)
    out = L.LSTM(3, return_sequences=True)(y, initial_state=[h, c])
    models["translator"] = k.Model([x, y], L.TimeDistributed(L.Dense(1))(out))
    x = L.Input((5, 2))
    _, h, c = L.LSTM(3, return_state=True)(x)
    start = L.Concatenate()([h, c])
    models["swapped_states"] = k.Model(x, L.LSTM(3)(x, initial_state=[L.Dense(3)(start), h]))
    return models


def activations(k, names):
    return {f"activation_{name}": stack(k, (3, 2), k.layers.SimpleRNN(3, activation=name), k.layers.Dense(2, activation=name))
            for name in names}


KERAS_3_ACTIVATIONS = ["linear", "relu", "sigmoid", "tanh", "softplus", "exponential", "elu", "selu", "silu", "mish", "softsign",
                       "relu6", "leaky_relu", "hard_sigmoid", "hard_tanh"]
KERAS_2_ACTIVATIONS = ["elu", "selu", "swish", "hard_sigmoid", "softsign"]
