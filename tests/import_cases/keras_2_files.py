"""Keras 2's files and outputs: .h5 of tf_keras, in float64."""

import os

os.environ["TF_USE_LEGACY_KERAS"] = "1"

import tf_keras

from import_cases import keras_models
from import_cases.numbers import FOLDER, Numbers, array, write_cases

NAMES = ("simple_rnn_sequences", "lstm_sequences", "gru_both_ways", "gru_reset_before", "lstm_words", "gates", "merges", "stacked_cells",
         "time_distributed", "normalized", "pooled", "masked_mean", "joins", "translator", "swapped_states")


def inputs_of(model, numbers):
    inputs = []
    for x in model.inputs:
        shape = (4, *x.shape[1:])
        reads = [l for l in model.layers if isinstance(l, tf_keras.layers.Embedding)]
        values = numbers.tokens(shape, reads[0].input_dim) if reads else numbers.values(shape)
        if reads and reads[0].mask_zero:
            values = values.clip(1)
            values[1, 3:] = 0
        inputs.append(values)
    return inputs


def write():
    tf_keras.backend.set_floatx("float64")
    models = {**keras_models.recurrent(tf_keras), **keras_models.others(tf_keras)}
    models = {name: models[name] for name in NAMES}
    models.update(keras_models.activations(tf_keras, keras_models.KERAS_2_ACTIVATIONS))
    cases = []
    for seed, (name, model) in enumerate(models.items()):
        numbers = Numbers(100 + seed)
        model.set_weights([numbers.values(w.shape) for w in model.get_weights()])
        model.save(FOLDER / f"keras_2_{name}.h5", include_optimizer=False)
        inputs = inputs_of(model, numbers)
        output = model(inputs if len(inputs) > 1 else inputs[0], training=False).numpy()
        cases.append({"name": name, "file": f"keras_2_{name}.h5", "inputs": [array(x) for x in inputs], "output": array(output)})
    write_cases("keras_2", cases)
