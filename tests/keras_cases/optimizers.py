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
    "adam_clipnorm": ("Adam", {"learning_rate": 0.05, "clipnorm": 0.75}),
    "sgd_clipnorm": ("SGD", {"learning_rate": 0.1, "clipnorm": 0.75}),
    "sgd_clipvalue": ("SGD", {"learning_rate": 0.1, "clipvalue": 0.5}),
    "sgd_global_clipnorm": ("SGD", {"learning_rate": 0.1, "global_clipnorm": 0.75}),
}


def optimizer_case(name):
    class_name, options = OPTIMIZERS[name]
    optimizer = getattr(keras.optimizers, class_name)(**options)
    shapes = [(4,), (2, 3)]
    initial = [random_values(f"parameter {i}", *shape) for i, shape in enumerate(shapes)]
    variables = [keras.Variable(value, dtype="float64") for value in initial]
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


def values():
    """Two parameters after each of five steps with given gradients."""
    defaults = {}
    for class_name, keys in {
        "SGD": ["learning_rate", "momentum", "nesterov"],
        "Adam": ["learning_rate", "beta_1", "beta_2", "epsilon"],
    }.items():
        config = getattr(keras.optimizers, class_name)().get_config()
        defaults[class_name] = {key: config[key] for key in keys}
    return {"defaults": defaults, "cases": [optimizer_case(name) for name in OPTIMIZERS]}
