"""Networks declared in C++ headers, trained and run over numpy arrays."""

from __future__ import annotations

import os
from typing import Any, Callable, Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import _core
from .building import library_of
from .progress import bar_of

Array = NDArray[np.float32]
Data = Any  # an array, a Ragged, or a list of them for a model with several inputs

EarlyStopping = _core.EarlyStopping
ModelCheckpoint = _core.ModelCheckpoint
ReduceLROnPlateau = _core.ReduceLROnPlateau
CSVLogger = _core.CSVLogger


class Callback:
    """What fit() calls between epochs, with Keras's names; epochs count from 0. ``model`` is the model in training."""

    model: Model

    def on_train_begin(self, logs: dict[str, float] | None = None) -> None:
        """Before the first epoch."""

    def on_epoch_begin(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Before an epoch."""

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """After an epoch; ``logs`` has loss, metrics, their val_ ones, learning_rate and seconds."""

    def on_train_end(self, logs: dict[str, float] | None = None) -> None:
        """After the last epoch."""


class Ragged:
    """An input whose samples have lengths of their own.

    Args:
        values: float32 (batch, timesteps, features) or int32 (batch, timesteps), filled up to one length.
        lengths: steps of each sample that count, (batch,).
        padding: where the steps that do not count stand, "post" or "pre".
    """

    def __init__(self, values: ArrayLike, lengths: ArrayLike, padding: str = "post") -> None:
        if padding not in ("pre", "post"):
            raise ValueError(f"padding is '{padding}', but must be 'pre' or 'post'")
        self.values = np.asarray(values)
        self.lengths = np.ascontiguousarray(lengths, dtype=np.int32)
        self.padding = padding


class History:
    """What fit() hands back: ``history`` has a list of every epoch's values for loss, metrics and val_ ones."""

    def __init__(self, logs: Iterable[dict[str, float]]) -> None:
        self.epochs = list(logs)
        self.history: dict[str, list[float]] = {}
        for epoch in self.epochs:
            for name, value in epoch.items():
                self.history.setdefault(name, []).append(value)


def load(
    header: str | os.PathLike[str],
    name: str,
    *,
    namespace: str = "",
    batch: int | None = None,
    seed: int = 0,
    threads: int = 0,
) -> Model:
    """The model ``name`` that a C++ header declares, with fresh weights.

    Its kernels are compiled when it is loaded for the first time, which takes seconds to a minute, and kept in a cache
    folder (TIMELOOM_CACHE, else ~/.cache/timeloom) until the declaration changes.

    Args:
        header: the file with the constexpr declaration, as for CMake's timeloom_add_model().
        namespace: of the declaration, where it has one.
        batch: most rows that are handed over at a time; below 6 only kernels for single rows are built.
        seed: of initial weights, shuffling and dropout.
        threads: 0: one for each core.

    Raises:
        RuntimeError: where a compiler, Boost's headers or Halide are missing.
        ValueError: where the declaration does not compile; the text has the compiler's error.
    """
    return Model(library_of(header, name, namespace, batch), seed=seed, threads=threads)


class Model:
    """A network and its weights; made by ``load``. One thread at a time may use it.

    Data are float32 arrays (batch, timesteps, features) or (batch, features), or int32 token ids (batch, timesteps); a
    list of them where the model has several inputs. Python's lock is released while the model works.
    """

    def __init__(self, library: str | os.PathLike[str], *, seed: int = 0, threads: int = 0) -> None:
        self._kinds = _core.input_kinds(library)
        self._core = _core.Network(library, seed, threads)
        self.history = History([])

    def compile(
        self,
        optimizer: str | tuple[str, Mapping[str, float]] = "adam",
        loss: str = "mse",
        metrics: Sequence[str] = (),
        weighted_metrics: Sequence[str] = (),
        *,
        delta: float | None = None,
        **options: float,
    ) -> None:
        """Chooses how fit() trains, under Keras's names.

        Args:
            optimizer: "adam", "adamw", "rmsprop" or "sgd"; its options (learning_rate, beta_1, momentum, clipnorm, …)
                follow as keywords.
            loss: "mse", "mae", "huber" (with ``delta``), "binary_crossentropy", "sparse_categorical_crossentropy", …
            metrics: "accuracy", "mae", "rmse", "auc", …
        """
        given = dict(options)
        if isinstance(optimizer, tuple):
            optimizer, more = optimizer
            given.update(more)
        numbers = {key: float(value) for key, value in given.items()}
        self._core.compile(optimizer.lower(), numbers, loss, delta, list(metrics), list(weighted_metrics))

    def fit(
        self,
        x: Data,
        y: ArrayLike,
        *,
        epochs: int = 1,
        batch_size: int = 32,
        shuffle: bool = True,
        validation_data: tuple[Data, ArrayLike] | None = None,
        validation_freq: int = 1,
        sample_weight: ArrayLike | None = None,
        class_weight: Mapping[int, float] | None = None,
        callbacks: Sequence[Any] = (),
        initial_epoch: int = 0,
        verbose: bool | str | Callable[..., None] = "auto",
    ) -> History:
        """Trains; a second call goes on where the first one stopped.

        Ctrl-C ends the training after the epoch in progress and then raises KeyboardInterrupt; ``model.history`` has
        the epochs that were completed. Pressed again, it ends at the next step.

        Args:
            x: the inputs, see the class.
            y: targets in the shape of the outputs, or numbers of classes for a sparse loss.
            validation_data: (x, y) to evaluate after every ``validation_freq`` epochs.
            sample_weight: (batch,) or (batch, timesteps).
            callbacks: of timeloom.networks (EarlyStopping, …), or objects with Keras's methods.
            verbose: "auto" shows progress in a terminal and in a notebook, True everywhere, False nowhere.
        """
        call = _core.FitCall()
        call.epochs, call.batch_size, call.shuffle = epochs, batch_size, shuffle
        call.validation_freq, call.initial_epoch = validation_freq, initial_epoch
        call.class_weight = {int(k): float(v) for k, v in (class_weight or {}).items()}
        for callback in callbacks:
            if not isinstance(callback, _core.NativeCallback):
                callback.model = self
        validation = None
        if validation_data is not None:
            validation = (self._inputs(validation_data[0]), _floats(validation_data[1], "the targets"))
        logs, interrupted = self._core.fit(
            self._inputs(x),
            _floats(y, "the targets"),
            validation,
            call,
            None if sample_weight is None else _floats(sample_weight, "sample_weight"),
            list(callbacks),
            bar_of(verbose),
        )
        self.history = History(logs)
        if interrupted:
            raise KeyboardInterrupt
        return self.history

    def evaluate(
        self, x: Data, y: ArrayLike, *, batch_size: int = 128, sample_weight: ArrayLike | None = None
    ) -> dict[str, float]:
        """Loss and metrics by name."""
        weights = None if sample_weight is None else _floats(sample_weight, "sample_weight")
        return self._core.evaluate(self._inputs(x), _floats(y, "the targets"), batch_size, weights)

    def predict(self, x: Data, *, batch_size: int = 128) -> Array:
        """(batch, units), or (batch, timesteps, units) where the last layer returns sequences."""
        return self._core.predict(self._inputs(x), batch_size)

    def gradients(self, x: Data, y: ArrayLike, sample_weight: ArrayLike | None = None) -> dict[str, Array]:
        """Gradients of the loss over all samples as one batch, by the weights' names."""
        weights = None if sample_weight is None else _floats(sample_weight, "sample_weight")
        return self._core.gradients(self._inputs(x), _floats(y, "the targets"), weights)

    # ---- Weights ----

    @property
    def weight_names(self) -> list[str]:
        """Keras's names, in the order of the layers: "lstm/kernel", …"""
        return self._core.weight_names

    def get_weights(self) -> dict[str, Array]:
        """All weights by name, in Keras's shapes."""
        return {name: self._core.get_weight(name) for name in self._core.weight_names}

    def set_weights(self, weights: Mapping[str, ArrayLike]) -> None:
        """Sets these weights. Raises ValueError for values that are not finite."""
        for name, values in weights.items():
            self._core.set_weight(name, _floats(values, f"the weight {name}"))

    def save_weights(self, path: str | os.PathLike[str]) -> None:
        """A safetensors file, written atomically."""
        self._core.save_weights(path)

    def load_weights(self, path: str | os.PathLike[str]) -> None:
        """What save_weights wrote; names, shapes and values are checked before anything changes."""
        self._core.load_weights(path)

    def save_checkpoint(self, path: str | os.PathLike[str]) -> None:
        """The state of the training: weights, the optimizer's moments and steps, epochs, seed."""
        self._core.save_checkpoint(path)

    def load_checkpoint(self, path: str | os.PathLike[str]) -> None:
        """Goes on from such a file, with the bits of a training that was never interrupted."""
        self._core.load_checkpoint(path)

    # ---- The rest ----

    @property
    def learning_rate(self) -> float:
        """Of the next step."""
        return self._core.learning_rate

    @learning_rate.setter
    def learning_rate(self, rate: float) -> None:
        self._core.learning_rate = rate

    @property
    def metric_names(self) -> list[str]:
        """"loss", then the metrics of compile()."""
        return self._core.metric_names

    def stop_training(self) -> None:
        """Ends the fit() in progress after this epoch; for callbacks and other threads."""
        self._core.stop_training()

    def reset_states(self) -> None:
        """Lets stateful layers begin their next batch with zeros."""
        self._core.reset_states()

    def count_parameters(self) -> int:
        """Numbers in all weights."""
        return self._core.count_parameters()

    def summary(self) -> str:
        """Layers, output shapes and parameters, as Keras prints them."""
        return self._core.summary()

    def _inputs(self, x: Data) -> list[tuple[Any, Any, str]]:
        given = list(x) if isinstance(x, (list, tuple)) and len(self._kinds) > 1 else [x]
        if len(given) != len(self._kinds):
            raise ValueError(f"the model has {len(self._kinds)} inputs, but {len(given)} were given")
        inputs = []
        for data, (name, _, features, _) in zip(given, self._kinds):
            values = data.values if isinstance(data, Ragged) else data
            lengths, padding = (data.lengths, data.padding) if isinstance(data, Ragged) else (None, "post")
            array = _tokens(values, name) if features == 0 else _floats(values, f"input '{name}'")
            inputs.append((array, lengths, padding))
        return inputs


class Stream:
    """One sequence without an end, run one time step at a time. Several streams of a model have states of their own.

    Args:
        model: the model, whose weights are shared.
    """

    def __init__(self, model: Model) -> None:
        self._core = _core.Stream(model._core)
        self._reads_tokens = model._kinds[0][2] == 0

    def step(self, features: ArrayLike | int) -> Array:
        """One step: (features,) or a token id → (units of the last layer,)."""
        if self._reads_tokens:
            return self._core.step_token(int(features))  # type: ignore[arg-type]
        return self._core.step(_floats(features, "features"))

    def steps(self, features: ArrayLike) -> Array:
        """Many steps, one behind the other: (steps, features) → (steps, units)."""
        return self._core.steps(_floats(features, "features"))

    def reset_states(self) -> None:
        """Lets the next step start from zeros."""
        self._core.reset_states()


def _floats(values: ArrayLike, name: str) -> Array:
    try:
        return np.ascontiguousarray(values, dtype=np.float32)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name} cannot be read as float32: {error}") from None


def _tokens(values: ArrayLike, name: str) -> NDArray[np.int32]:
    array = np.asarray(values)
    if array.dtype.kind not in "iu" or array.ndim != 2:
        raise ValueError(
            f"input '{name}' takes token ids, whole numbers of shape (batch, timesteps), but got {array.dtype} of shape "
            f"{array.shape}"
        )
    return np.ascontiguousarray(array, dtype=np.int32)
