"""Parameter counts of the layers that film reviews are classified with."""

import keras
from keras import layers


def counts_case(name, timesteps, parts):
    model = keras.Sequential([layers.Input((timesteps,), dtype="int32"), *parts])
    rows = [
        {
            "class": type(layer).__name__,
            "count": layer.count_params(),
            "output_shape": list(layer.output.shape[1:]),
        }
        for layer in model.layers
    ]
    return {"name": name, "timesteps": timesteps, "layers": rows, "total": model.count_params()}


def values():
    """count_params of each layer, with the shape of its output after the batch dimension."""

    def stack(recurrent, **options):
        return [
            layers.Embedding(10000, 100),
            recurrent(64, return_sequences=True, **options),
            recurrent(64, **options),
            layers.Dense(1, activation="sigmoid"),
        ]

    bidirectional = [layers.Embedding(10000, 128), layers.Bidirectional(layers.LSTM(64)), layers.Dense(1)]
    return {
        "cases": [
            counts_case("lstm_stack", 200, stack(layers.LSTM)),
            counts_case("gru_stack", 200, stack(layers.GRU)),
            counts_case("gru_reset_before_stack", 200, stack(layers.GRU, reset_after=False)),
            counts_case("simple_rnn_stack", 200, stack(layers.SimpleRNN)),
            counts_case("bidirectional_lstm", 200, bidirectional),
        ]
    }
