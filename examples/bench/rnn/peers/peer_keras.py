"""Times the cases of bench_rnn in Keras on TensorFlow."""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["CUDA_VISIBLE_DEVICES"] = "-1"

import keras  # noqa: E402
import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402

from peer_case import converse, fastest, read_arguments  # noqa: E402

LONGEST_UNROLLED = 80 # time steps and layers together: compiling more takes minutes


def layer(case, unroll, is_last):
    options = {"return_sequences": case.returns_sequences or not is_last, "unroll": unroll,
               "stateful": case.work == "step"}
    if case.cell.startswith("gru"):
        made = keras.layers.GRU(case.units, reset_after=case.cell == "gru", **options)
    else:
        made = {"lstm": keras.layers.LSTM, "simple_rnn": keras.layers.SimpleRNN}[case.cell](case.units, **options)
    return keras.layers.Bidirectional(made) if case.bidirectional else made


def two_biases(bias, units):
    """Of a GRU with reset_after: the recurrent one counts only for the candidate."""
    return np.stack((bias[:3 * units], np.concatenate((np.zeros(2 * units, np.float32), bias[3 * units:]))))


def network(case, unroll):
    shape = (case.batch, case.timesteps) + (() if case.vocabulary else (case.inputs,))
    model = keras.Sequential([keras.Input(batch_shape=shape, dtype="int32" if case.vocabulary else "float32")])
    if case.vocabulary:
        model.add(keras.layers.Embedding(case.vocabulary, case.inputs))
    for l in range(case.layers):
        model.add(layer(case, unroll, l + 1 == case.layers))
    if case.dense:
        model.add(keras.layers.Dense(case.dense))
    weights = case.weights()
    if case.cell == "gru":
        weights = [two_biases(w, case.units) if w.shape == (4 * case.units,) else w for w in weights]
    for variable, value in zip(model.trainable_variables, weights, strict=True):
        variable.assign(value)
    return model


class Run:
    """One way of doing a case's work."""

    def __init__(self, case, unroll, xla):
        self.case = case
        self.settings = ("XLA" if xla else "graph") + (", unroll" if unroll else "")
        self.x, self.y = tf.constant(case.x()), tf.constant(case.y())
        self.model = network(case, unroll)
        self.loss = (keras.losses.BinaryCrossentropy(from_logits=True) if case.dense
                     else keras.losses.MeanSquaredError())
        self.optimizer = keras.optimizers.Adam(0.001)
        if case.work == "train":
            self.optimizer.build(self.model.trainable_variables)
        passes = {"train": self.train, "gradients": self.differentiate}.get(case.work, self.predict)
        self.function = tf.function(passes, jit_compile=xla)

    def predict(self):
        return self.model(self.x, training=False)

    def differentiate(self):
        with tf.GradientTape() as tape:
            if not self.case.vocabulary:
                tape.watch(self.x)
            outputs = self.model(self.x, training=True)
            loss = self.loss(self.y, outputs)
        sources = self.model.trainable_variables + ([] if self.case.vocabulary else [self.x])
        variables = [getattr(s, "value", s) for s in sources]
        return loss, outputs, tape.gradient(loss, variables)

    def train(self):
        loss, _, gradients = self.differentiate()
        self.optimizer.apply(gradients, self.model.trainable_variables)
        return loss

    def work(self):
        result = self.function()
        (result[0] if isinstance(result, (tuple, list)) else result).numpy() # waits for it

    def check(self):
        if self.case.work == "train":
            return [float(self.function()) for _ in range(4)]
        if self.case.work == "step":
            self.function()
        result = self.function()
        if self.case.work != "gradients":
            return [np.abs(result).mean()]
        _, outputs, gradients = result
        numbers = [np.abs(g.numpy()) for g in gradients]
        if self.case.cell == "gru":
            units = self.case.units
            numbers[2] = np.concatenate((numbers[2][0], numbers[2][1][2 * units:]))
        return [np.abs(outputs).mean()] + [g.mean() for g in numbers]


def main():
    case, threads = read_arguments()
    tf.config.threading.set_intra_op_parallelism_threads(threads)
    tf.config.threading.set_inter_op_parallelism_threads(threads)
    ways = [(False, False), (False, True)]
    if case.timesteps * case.layers * case.directions <= LONGEST_UNROLLED:
        ways += [(True, False), (True, True)]
    runs, checks, failed = [], [], ""
    for unroll, xla in ways:
        try:
            run = Run(case, unroll, xla)
            checks.append(run.check())
            runs.append(run)
        except Exception as error: # a mode that cannot do the case, such as XLA's
            failed += f"; {'XLA' if xla else 'graph'}{', unroll' if unroll else ''} fails: {type(error).__name__}"
    if not runs:
        raise SystemExit("Keras: no mode can do this case" + failed)
    settings, work = fastest([(run.settings, run.work) for run in runs], case.repeat)
    version = f"{keras.__version__}, TF {tf.__version__}"
    converse(version, settings + failed, checks[0], work, case.repeat)


if __name__ == "__main__":
    main()
