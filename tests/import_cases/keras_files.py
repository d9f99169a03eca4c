"""Keras 3's files and outputs (on torch, in float64): .keras, .weights.h5 and .h5."""

import os

os.environ["KERAS_BACKEND"] = "torch"

import keras

from import_cases import keras_models
from import_cases.numbers import FOLDER, Numbers, array, write_cases


def inputs_of(model, numbers):
    """Four samples of each input; steps of padding where there are masks."""
    inputs = []
    for x in model.inputs:
        shape = (4, *x.shape[1:])
        reads = [l for l in model.layers if isinstance(l, keras.layers.Embedding)]
        if reads:
            values = numbers.tokens(shape, reads[0].input_dim)
            if reads[0].mask_zero:
                values = values.clip(1)
                values[1, 3:] = 0
                values[2, 1] = 0
        else:
            values = numbers.values(shape)
            if any(isinstance(l, keras.layers.Masking) for l in model.layers):
                values[1, 3:] = 0.5
                values[2, 1] = 0.5
        inputs.append(values)
    return inputs


def set_weights(model, numbers):
    model.set_weights([numbers.values(w.shape) for w in model.get_weights()])


def case(name, file, model, inputs, **options):
    output = keras.ops.convert_to_numpy(model(inputs if len(inputs) > 1 else inputs[0], training=False))
    return {"name": name, "file": file, "inputs": [array(x) for x in inputs], "output": array(output), **options}


def write():
    keras.config.set_floatx("float64")
    keras.config.set_dtype_policy("float64")
    models = {**keras_models.recurrent(keras), **keras_models.others(keras),
              **keras_models.activations(keras, keras_models.KERAS_3_ACTIVATIONS)}
    cases = []
    for seed, (name, model) in enumerate(models.items()):
        numbers = Numbers(seed)
        set_weights(model, numbers)
        model.save(FOLDER / f"{name}.keras")
        cases.append(case(name, f"{name}.keras", model, inputs_of(model, numbers)))
        if name in ("gru_both_ways", "joins", "stacked_cells"):
            model.save_weights(FOLDER / f"{name}.weights.h5")
            (FOLDER / f"{name}.config.json").write_text(model.to_json())
            cases.append({**cases[-1], "name": f"{name} (weights)", "file": f"{name}.weights.h5", "config": f"{name}.config.json"})
            model.save(FOLDER / f"{name}.h5")
            cases.append({**cases[-1], "name": f"{name} (legacy)", "file": f"{name}.h5"})
            del cases[-1]["config"]
    write_cases("keras_3", cases)
