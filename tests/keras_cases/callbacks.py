"""Callbacks: what they do after each of a series of losses."""

import keras
import numpy as np

from keras_cases.arrays import random_values

EARLY_STOPPING = {
    "default": {},
    "patience": {"patience": 2},
    "min_delta": {"patience": 2, "min_delta": 0.0625},
    "max": {"patience": 1, "mode": "max"},
    "baseline": {"patience": 3, "baseline": -0.25},
    "start_from_epoch": {"patience": 1, "start_from_epoch": 4},
    "restore": {"patience": 2, "restore_best_weights": True},
    "restore_late": {"patience": 2, "restore_best_weights": True, "start_from_epoch": 3},
}
REDUCE_LR = {
    "patience": {"patience": 2, "factor": 0.5},
    "impatient": {"patience": 0, "factor": 0.5},
    "cooldown": {"patience": 1, "factor": 0.25, "cooldown": 2},
    "min_lr": {"patience": 1, "factor": 0.5, "min_lr": 0.1875},
    "min_delta": {"patience": 2, "factor": 0.5, "min_delta": 0.25},
    "max": {"patience": 1, "factor": 0.5, "mode": "max"},
}


def losses_of(name):
    """Fall on the whole, with setbacks."""
    return (random_values(f"losses {name}", 12) / 2 - np.arange(12) / 64).tolist()


def make_model():
    model = keras.Sequential([keras.layers.Input((1,)), keras.layers.Dense(1, use_bias=False)])
    model.compile(keras.optimizers.SGD(1.0), "mse")
    return model


def early_stopping_case(name, options):
    """The number of the epoch is left in the weights, so that those restored name their epoch."""
    model = make_model()
    callback = keras.callbacks.EarlyStopping(monitor="loss", **options)
    callback.set_model(model)
    model.stop_training = False
    callback.on_train_begin()
    losses = losses_of(name)
    epochs = 0
    while epochs < len(losses) and not model.stop_training:
        model.set_weights([np.array([[epochs + 1.0]])])
        callback.on_epoch_end(epochs, {"loss": losses[epochs]})
        epochs += 1
    callback.on_train_end()
    weight = float(model.get_weights()[0][0, 0])
    return {"name": name, "options": options, "losses": losses, "epochs": epochs, "epoch_of_weights": weight}


def reduce_lr_case(name, options):
    model = make_model()
    callback = keras.callbacks.ReduceLROnPlateau(monitor="loss", **options)
    callback.set_model(model)
    callback.on_train_begin()
    losses = losses_of(name)
    rates = []
    for epoch, loss in enumerate(losses):
        callback.on_epoch_end(epoch, {"loss": loss})
        rates.append(float(model.optimizer.learning_rate))
    return {"name": name, "options": options, "losses": losses, "learning_rates": rates}


def values():
    return {
        "early_stopping": [early_stopping_case(*case) for case in EARLY_STOPPING.items()],
        "reduce_lr_on_plateau": [reduce_lr_case(*case) for case in REDUCE_LR.items()],
    }
