"""Inputs, and the form in which arrays are written."""

import zlib

import numpy as np


def random_values(name, *shape, scale=1.0):
    """Multiples of 1/256 in (-scale, scale), drawn from a generator seeded by the name."""
    generator = np.random.default_rng(zlib.crc32(name.encode()))
    return np.round(generator.uniform(-scale, scale, shape) * 256) / 256


def array(values):
    values = np.asarray(values)
    return {"shape": list(values.shape), "values": values.ravel().tolist()}
