"""Rules for parameters: trainings with regularizers and constraints, and what initializers give in layers."""

import keras
import numpy as np
from keras import layers
from keras.constraints import MaxNorm
from keras.initializers import Constant, Orthogonal, RandomNormal, RandomUniform, TruncatedNormal
from keras.regularizers import L1, L1L2, L2

from keras_cases.arrays import array, random_values
from keras_cases.recurrent_options import own_name
from keras_cases.training import make_optimizer


def words():
    return keras.Sequential(
        [
            layers.Embedding(
                11, 3, embeddings_regularizer=L1L2(0.01, 0.02), embeddings_constraint=MaxNorm(0.75)
            ),
            layers.LSTM(
                4,
                return_sequences=True,
                kernel_regularizer=L2(0.05),
                recurrent_regularizer=L1(0.02),
                bias_regularizer=L1L2(0.01, 0.03),
                kernel_constraint=MaxNorm(0.5),
                recurrent_constraint=MaxNorm(0.625),
                bias_constraint=MaxNorm(0.875),
            ),
            layers.Bidirectional(
                layers.SimpleRNN(18, kernel_regularizer=L1(0.01), kernel_constraint=MaxNorm(0.5))
            ),
            layers.LayerNormalization(
                gamma_regularizer=L2(0.1),
                beta_regularizer=L1(0.05),
                gamma_constraint=MaxNorm(1.5),
                beta_constraint=MaxNorm(1.25),
            ),
            layers.Dense(
                1,
                activation="sigmoid",
                kernel_regularizer=L1L2(0.02, 0.01),
                bias_regularizer=L2(),
                kernel_constraint=MaxNorm(),
                bias_constraint=MaxNorm(0.25),
            ),
        ]
    )


def series():
    return keras.Sequential(
        [
            layers.LayerNormalization(epsilon=0.125, name="layer_normalization"),
            layers.GRU(
                3,
                name="gru",
                return_sequences=True,
                bias_regularizer=L2(0.1),
                bias_constraint=MaxNorm(0.5),
                kernel_constraint=MaxNorm(0.375),
            ),
            layers.GRU(
                2,
                name="gru_reset_before",
                reset_after=False,
                bias_regularizer=L1(),
                bias_constraint=MaxNorm(0.5),
                recurrent_regularizer=L2(0.25),
            ),
            layers.Dense(1, name="dense", use_bias=False, kernel_regularizer=L2(0.125)),
        ]
    )


def named_weights(model):
    return {own_name(w): array(w.numpy()) for w in model.weights}


def training_case(name, model, loss, x, y, optimizer, options):
    keras.backend.clear_session()
    model = model()
    model.build(x.shape)
    model.set_weights([random_values(f"{name} {own_name(w)}", *w.shape, scale=0.5) for w in model.weights])
    initial = named_weights(model)
    model.compile(optimizer=make_optimizer(optimizer, options), loss=loss, run_eagerly=True)
    history = model.fit(x, y, batch_size=4, epochs=3, shuffle=False, verbose=0)
    return {
        "name": name,
        "loss": loss,
        "optimizer": optimizer,
        "options": options,
        "batch_size": 4,
        "epochs": 3,
        "x": array(x),
        "y": array(y),
        "initial_weights": initial,
        "loss_per_epoch": history.history["loss"],
        "final_weights": named_weights(model),
        "final_loss": model.evaluate(x, y, batch_size=4, verbose=0),
    }


# Layers of 800 units on features of width 2: shape of the input, layer.
INITIALIZED = [
    (
        (None, 3, 2),
        layers.LSTM(
            800,
            kernel_initializer=RandomNormal(0.125, 0.25, seed=1),
            recurrent_initializer="zeros",
            bias_initializer="he_normal",
        ),
    ),
    (
        (None, 3, 2),
        layers.LSTM(
            800,
            kernel_initializer="ones",
            recurrent_initializer=Constant(0.5),
            bias_initializer="he_normal",
            unit_forget_bias=False,
        ),
    ),
    (
        (None, 3, 2),
        layers.GRU(
            800,
            kernel_initializer="lecun_normal",
            recurrent_initializer="zeros",
            bias_initializer="glorot_uniform",
        ),
    ),
    (
        (None, 3, 2),
        layers.GRU(
            800,
            reset_after=False,
            kernel_initializer=TruncatedNormal(0.5, 0.125, seed=1),
            recurrent_initializer="zeros",
            bias_initializer="lecun_uniform",
        ),
    ),
    (
        (None, 3, 200),
        layers.SimpleRNN(
            800,
            kernel_initializer=Orthogonal(gain=2, seed=1),
            recurrent_initializer="he_uniform",
            bias_initializer="random_normal",
        ),
    ),
    ((None, 2), layers.Dense(800, kernel_initializer=RandomUniform(-1, 2, seed=1), bias_initializer="random_uniform")),
    ((None, 3), layers.Embedding(40, 800, embeddings_initializer="glorot_normal")),
    (
        (None, 800),
        layers.LayerNormalization(
            gamma_initializer=RandomNormal(1, 0.125, seed=1), beta_initializer="glorot_normal"
        ),
    ),
]


def initialized_case(shape, layer):
    """Mean and deviation of every 800 columns of every weight."""
    keras.utils.set_random_seed(5)
    layer.build(shape)
    weights = {}
    for weight in layer.weights:
        blocks = np.asarray(weight.numpy()).reshape(-1, weight.shape[-1] // 800, 800)
        weights[weight.name] = [
            {"mean": float(blocks[:, i].mean()), "std": float(blocks[:, i].std())}
            for i in range(blocks.shape[1])
        ]
    return {"weights": weights}


def values():
    """Three epochs on ten samples in batches of 4, 4 and 2, without shuffling; losses with their penalties."""
    tokens = np.random.default_rng(7).integers(0, 11, (10, 5)).astype("int32")
    labels = (tokens.sum(axis=1, keepdims=True) % 2).astype("float64")
    x = random_values("parameter rules x", 10, 6, 2)
    y = random_values("parameter rules y", 10, 1)
    clipped = {"learning_rate": 0.25, "momentum": 0.5, "clipnorm": 0.0625}
    cases = [
        ("words_adam", words, "binary_crossentropy", tokens, labels, "Adam", {"learning_rate": 0.015625}),
        ("words_sgd", words, "binary_crossentropy", tokens, labels, "SGD", clipped),
        ("series_sgd", series, "mean_squared_error", x, y, "SGD", {"learning_rate": 0.125, "momentum": 0.0}),
    ]
    return {
        "trainings": [training_case(*case) for case in cases],
        "initialized": [initialized_case(*case) for case in INITIALIZED],
    }
