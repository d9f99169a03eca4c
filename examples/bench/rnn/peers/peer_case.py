"""A case of bench_rnn as the Python peers get it, its numbers, and the conversation of peer_process.hpp."""

import argparse
import json
import os
import statistics
import sys
import time
import types

import numpy as np

_kib_at_start = 0
INPUT_STREAM, TARGET_STREAM, WEIGHT_SCALE = 1000, 1001, 0.2


def drawn(stream, shape, scale=1.0):
    """The numbers of peer_case.hpp, as an array."""
    with np.errstate(over="ignore"):
        h = np.arange(np.prod(shape, dtype=np.int64)).astype(np.uint32)
        h = (h + np.uint32(stream * 1000003 % 2**32)) * np.uint32(2654435761)
        h ^= h >> np.uint32(15)
        h *= np.uint32(2246822519)
        h ^= h >> np.uint32(13)
    values = (h.astype(np.float64) / 4294967296.0 - 0.5).astype(np.float32)
    return (np.float32(scale) * values).reshape(shape)


class Case(types.SimpleNamespace):
    """The fields of RnnCase."""

    directions = property(lambda self: 2 if self.bidirectional else 1)
    returns_sequences = property(lambda self: self.dense == 0)

    def x(self):
        """(batch, timesteps) token ids, or (batch, timesteps, inputs)."""
        if not self.vocabulary:
            return drawn(INPUT_STREAM, (self.batch, self.timesteps, self.inputs))
        uniform = drawn(INPUT_STREAM, (self.batch, self.timesteps)).astype(np.float64) + 0.5
        if self.uniform_words:
            return (uniform * self.vocabulary).astype(np.int32)
        words = np.exp(uniform * np.log(self.vocabulary + 1.0)).astype(np.int32)  # by Zipf's law
        return np.minimum(words, self.vocabulary) - 1

    def y(self):
        if self.dense:
            return (drawn(TARGET_STREAM, (self.batch, 1)) >= 0).astype(np.float32)
        return drawn(TARGET_STREAM, (self.batch, self.timesteps, self.units * self.directions))

    def weights(self):
        """In Keras's order and shapes: embedding, each direction of each layer, dense."""
        gates = {"lstm": 4, "simple_rnn": 1}.get(self.cell, 3)
        shapes = [(self.vocabulary, self.inputs)] if self.vocabulary else []
        inputs = self.inputs
        for _ in range(self.layers):
            for _ in range(self.directions):
                biases = 4 if self.cell == "gru" else gates
                shapes += [(inputs, gates * self.units), (self.units, gates * self.units), (biases * self.units,)]
            inputs = self.units * self.directions
        if self.dense:
            shapes += [(inputs, self.dense), (self.dense,)]
        return [drawn(stream, shape, WEIGHT_SCALE) for stream, shape in enumerate(shapes)]


def read_arguments():
    """The case, and the number of threads."""
    global _kib_at_start
    parser = argparse.ArgumentParser()
    parser.add_argument("case", type=lambda text: Case(**json.loads(text)))
    parser.add_argument("--threads", type=int, default=1)
    arguments = parser.parse_args()
    _kib_at_start = resident_kib("VmRSS") # the libraries are loaded
    return arguments.case, arguments.threads


def timed(work, repeat, count):
    """Milliseconds of each measurement."""
    milliseconds = []
    for _ in range(count):
        start = time.perf_counter()
        for _ in range(repeat):
            work()
        milliseconds.append(1e3 * (time.perf_counter() - start) / repeat)
    return milliseconds


def fastest(ways, repeat):
    """Of several ways to do the same, [(settings, work)], that with the least median."""
    for _, work in ways:
        timed(work, repeat, 2)
    times = [[] for _ in ways]
    for _ in range(2):
        for (_, work), milliseconds in zip(ways, times):
            milliseconds += timed(work, repeat, 3)
    return ways[min(range(len(ways)), key=lambda i: statistics.median(times[i]))]


def is_one_way():
    """Whether to leave out all ways but the first, so that memory is that of one."""
    return "TIMELOOM_BENCH_ONE_WAY" in os.environ


def resident_kib(field):
    with open("/proc/self/status", encoding="ascii") as status:
        return next(int(line.split()[1]) for line in status if line.startswith(field))


def converse(version, settings, check, work, repeat):
    greeting = {"version": version, "settings": settings, "check": [float(x) for x in check]}
    print(json.dumps(greeting), flush=True)
    for line in sys.stdin:
        command, count = line.split()
        if command == "growth":
            print(resident_kib("VmHWM") - _kib_at_start, flush=True)
        else:
            print(*(f"{ms:.6f}" for ms in timed(work, repeat, int(count))), flush=True)
