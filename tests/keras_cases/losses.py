"""Losses: values and gradients with respect to the prediction."""

import keras
import numpy as np
import tensorflow as tf

from keras_cases.arrays import array, random_values


def loss_case(name, make_loss, target, prediction, sample_weight=None, **options):
    """`options` are the loss's own."""
    case = {"name": name, "target": array(target), "prediction": array(prediction)} | options
    if sample_weight is not None:
        case["sample_weight"] = array(sample_weight)
    for dtype in ("float64", "float32"):
        loss = make_loss(dtype=dtype, **options)
        weights = None if sample_weight is None else tf.constant(sample_weight, dtype=dtype)
        variable = tf.constant(prediction, dtype=dtype)
        with tf.GradientTape() as tape:
            tape.watch(variable)
            value = loss(tf.constant(target, dtype=dtype), variable, sample_weight=weights)
        gradient = np.asarray(tape.gradient(value, variable), dtype="float64")
        case[dtype] = {"value": float(value), "gradient": array(gradient)}
    return case


def values():
    """Mean losses over the batch and gradients with respect to the prediction, epsilon 1e-7.

    float32 is given too, because clipping to 1 - epsilon rounds differently there.
    """
    losses = keras.losses
    labels = np.array([[1.0], [0.0], [1.0], [0.0], [1.0], [0.0]])
    extreme = np.array([[1.0], [0.0], [0.0], [1.0], [0.5], [0.25]])
    classes = np.eye(4)[[0, 2, 3, 1, 2]]
    weights = np.array([[1, 2, 3, 2], [2, 2, 2, 2], [1, 1, 1, 13], [4, 4, 4, 4], [15, 0, 0, 1]], dtype=float)
    probabilities = (random_values("probabilities", 6, 1) + 1) / 2
    logits = random_values("logits", 6, 1, scale=4.0)
    far_logits = np.array([[40.0], [-40.0], [-40.0], [40.0], [0.0], [100.0]])
    certain = np.eye(4)[[0, 2, 3, 0, 1]]  # right three times, wrong twice
    target = random_values("regression target", 3, 4)
    prediction = random_values("regression prediction", 3, 4)
    prediction[1, 2] = target[1, 2]
    rows = random_values("class logits", 5, 4, scale=4.0)
    from_logits = {
        name: lambda dtype, make=make: make(from_logits=True, dtype=dtype)
        for name, make in [
            ("binary", losses.BinaryCrossentropy),
            ("categorical", losses.CategoricalCrossentropy),
            ("sparse", losses.SparseCategoricalCrossentropy),
        ]
    }
    sparse = losses.SparseCategoricalCrossentropy
    numbers = np.array([0, 2, 3, 1, 2])
    certain_numbers = np.array([0, 2, 3, 1, 0])  # of which `certain` has the last two wrong
    weights_of_rows = np.array([0.5, 0.0, 2.0, 1.0, 0.25])
    per_step = random_values("step target", 3, 2, 4), random_values("step prediction", 3, 2, 4)
    weights_of_steps = np.array([[1.0, 0.5], [0.0, 2.0], [0.25, 1.5]])
    return {
        "epsilon": keras.config.epsilon(),
        "cases": [
            loss_case("binary_crossentropy", losses.BinaryCrossentropy, labels, probabilities),
            loss_case("binary_crossentropy_extreme", losses.BinaryCrossentropy, labels, extreme),
            loss_case("binary_crossentropy_soft_labels", losses.BinaryCrossentropy, extreme, probabilities),
            loss_case("binary_crossentropy_from_logits", from_logits["binary"], labels, logits),
            loss_case("binary_crossentropy_from_far_logits", from_logits["binary"], labels, far_logits),
            loss_case("mean_squared_error", losses.MeanSquaredError, target, prediction),
            loss_case("mean_absolute_error", losses.MeanAbsoluteError, target, prediction),
            loss_case("categorical_crossentropy", losses.CategoricalCrossentropy, classes, weights / 16),
            loss_case("categorical_crossentropy_extreme", losses.CategoricalCrossentropy, classes, certain),
            loss_case(
                "categorical_crossentropy_scaled", losses.CategoricalCrossentropy, classes, weights / 8
            ),
            loss_case("categorical_crossentropy_from_logits", from_logits["categorical"], classes, rows),
            loss_case(
                "categorical_crossentropy_from_far_logits", from_logits["categorical"], classes, rows * 32
            ),
            loss_case("huber", losses.Huber, target, prediction * 2),
            loss_case("huber_delta", losses.Huber, target, prediction, delta=0.25),
            loss_case("sparse_categorical_crossentropy", sparse, numbers, weights / 16),
            loss_case("sparse_categorical_crossentropy_extreme", sparse, certain_numbers, certain),
            loss_case("sparse_categorical_crossentropy_scaled", sparse, numbers, weights / 32),
            loss_case("sparse_categorical_crossentropy_from_logits", from_logits["sparse"], numbers, rows),
            loss_case(
                "sparse_categorical_crossentropy_from_far_logits", from_logits["sparse"], numbers, rows * 32
            ),
            loss_case("mean_squared_error_weighted", losses.MeanSquaredError, *per_step, weights_of_steps),
            loss_case("huber_weighted", losses.Huber, *per_step, weights_of_steps, delta=0.5),
            loss_case(
                "binary_crossentropy_weighted",
                losses.BinaryCrossentropy,
                labels[:5],
                probabilities[:5],
                weights_of_rows,
            ),
            loss_case(
                "categorical_crossentropy_weighted",
                losses.CategoricalCrossentropy,
                classes,
                weights / 16,
                weights_of_rows,
            ),
            loss_case(
                "categorical_crossentropy_weighted_from_logits",
                from_logits["categorical"],
                classes,
                rows,
                weights_of_rows,
            ),
            loss_case(
                "sparse_categorical_crossentropy_weighted", sparse, numbers, weights / 16, weights_of_rows
            ),
            loss_case(
                "sparse_categorical_crossentropy_weighted_from_logits",
                from_logits["sparse"],
                numbers,
                rows,
                weights_of_rows,
            ),
        ],
    }
