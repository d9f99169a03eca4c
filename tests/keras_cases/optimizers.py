"""Optimizers: parameters after each step with given gradients."""

import keras
import tensorflow as tf

from keras_cases.arrays import array, random_values

OPTIMIZERS = {
    "sgd": ("SGD", {"learning_rate": 0.1}),
    "sgd_momentum": ("SGD", {"learning_rate": 0.1, "momentum": 0.9}),
    "sgd_nesterov": ("SGD", {"learning_rate": 0.1, "momentum": 0.9, "nesterov": True}),
    "adam": ("Adam", {}),
    "adam_other_betas": ("Adam", {"learning_rate": 0.05, "beta_1": 0.8, "beta_2": 0.95, "epsilon": 1e-3}),
    "rmsprop": ("RMSprop", {}),
    "rmsprop_other_rho": ("RMSprop", {"learning_rate": 0.05, "rho": 0.5, "epsilon": 1e-3}),
    "rmsprop_momentum": ("RMSprop", {"learning_rate": 0.05, "momentum": 0.75}),
    "rmsprop_centered": ("RMSprop", {"learning_rate": 0.05, "centered": True}),
    "rmsprop_centered_momentum": ("RMSprop", {"learning_rate": 0.05, "momentum": 0.75, "centered": True}),
    "adamw": ("AdamW", {}),
    "adamw_large_decay": ("AdamW", {"learning_rate": 0.0625, "weight_decay": 0.5}),
    "adamw_without_first": (
        "AdamW",
        {"learning_rate": 0.0625, "weight_decay": 0.5, "exclude_from_weight_decay": ["bias"]},
    ),
    "adam_clipnorm": ("Adam", {"learning_rate": 0.05, "clipnorm": 0.75}),
    "sgd_clipnorm": ("SGD", {"learning_rate": 0.1, "clipnorm": 0.75}),
    "sgd_clipvalue": ("SGD", {"learning_rate": 0.1, "clipvalue": 0.5}),
    "sgd_global_clipnorm": ("SGD", {"learning_rate": 0.1, "global_clipnorm": 0.75}),
}


def optimizer_case(name):
    class_name, options = OPTIMIZERS[name]
    excluded = options.get("exclude_from_weight_decay")
    optimizer = getattr(keras.optimizers, class_name)(
        **{key: value for key, value in options.items() if key != "exclude_from_weight_decay"}
    )
    if excluded:
        optimizer.exclude_from_weight_decay(var_names=excluded)
    shapes = [(4,), (2, 3)]
    initial = [random_values(f"parameter {i}", *shape) for i, shape in enumerate(shapes)]
    names = ["bias", "kernel"]
    variables = [keras.Variable(v, dtype="float64", name=name) for v, name in zip(initial, names)]
    steps = []
    for step in range(5):
        gradients = [random_values(f"gradient {i} {step}", *shape) for i, shape in enumerate(shapes)]
        if step > 0:
            gradients[0][0] = 0.0  # from here on only momentum moves this one
        optimizer.apply([tf.constant(g) for g in gradients], variables)
        after = [array(v.numpy()) for v in variables]
        steps.append({"gradients": [array(g) for g in gradients], "parameters": after})
    return {
        "name": name,
        "optimizer": class_name,
        "options": options,
        "initial": [array(value) for value in initial],
        "steps": steps,
    }


def schedule_case(name, class_name, **options):
    schedule = getattr(keras.optimizers.schedules, class_name)(**options)
    steps = [0, 1, 2, 3, 4, 5, 7, 8, 9, 10, 11, 15, 16, 20, 30]
    rates = [float(schedule(tf.constant(step, dtype="int64"))) for step in steps]
    return {"name": name, "schedule": class_name, "options": options, "steps": steps, "rates": rates}


SCHEDULES = [
    ("exponential", "ExponentialDecay", {"initial_learning_rate": 0.5, "decay_steps": 4, "decay_rate": 0.75}),
    (
        "staircase",
        "ExponentialDecay",
        {"initial_learning_rate": 0.5, "decay_steps": 4, "decay_rate": 0.75, "staircase": True},
    ),
    ("cosine", "CosineDecay", {"initial_learning_rate": 0.5, "decay_steps": 10, "alpha": 0.125}),
    (
        "cosine_warmup",
        "CosineDecay",
        {"initial_learning_rate": 0.125, "decay_steps": 10, "warmup_target": 0.5, "warmup_steps": 5},
    ),
    ("piecewise", "PiecewiseConstantDecay", {"boundaries": [3, 8, 10], "values": [1.0, 0.5, 0.25, 0.125]}),
]


def values():
    """Two parameters after each of five steps with given gradients, and learning rates by step."""
    defaults = {}
    for class_name, keys in {
        "SGD": ["learning_rate", "momentum", "nesterov"],
        "Adam": ["learning_rate", "beta_1", "beta_2", "epsilon"],
        "AdamW": ["learning_rate", "weight_decay", "beta_1", "beta_2", "epsilon"],
        "RMSprop": ["learning_rate", "rho", "momentum", "epsilon", "centered"],
    }.items():
        config = getattr(keras.optimizers, class_name)().get_config()
        defaults[class_name] = {key: config[key] for key in keys}
    return {
        "defaults": defaults,
        "cases": [optimizer_case(name) for name in OPTIMIZERS],
        "schedules": [schedule_case(name, kind, **options) for name, kind, options in SCHEDULES],
    }
