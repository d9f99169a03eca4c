"""The compiled core. Its callers in this package say what arguments mean."""

from pathlib import Path
from typing import Any, Callable

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Orders = tuple[int, int, int]
Forecast = tuple[Floats, Floats, Floats, Floats]

class Error(ValueError):
    """What the library throws: one sentence that says what is wrong, where, and what to do."""

class SearchOptions:
    d: int | None
    D: int | None
    max_d: int
    max_D: int
    max_p: int
    max_q: int
    max_P: int
    max_Q: int
    max_order: int
    start_p: int
    start_q: int
    start_P: int
    start_Q: int
    stepwise: bool
    nmodels: int
    allow_mean: bool
    allow_drift: bool
    alpha: float
    truncate: int
    min_root: float
    ic: str
    seasonal_test: str
    def __init__(self) -> None: ...

class ArimaResults:
    orders: tuple[int, int, int, int, int, int, int]
    status: str
    message: str
    converged: bool
    params: Floats
    param_names: list[str]
    sigma2: float
    cov_params: Floats
    bse: Floats
    zvalues: Floats
    pvalues: Floats
    resid: Floats
    standardized_resid: Floats
    fittedvalues: Floats
    smoothed_series: Floats
    llf: float
    aic: float
    aicc: float
    bic: float
    hqic: float
    nobs: int
    evaluations: int
    arroots: list[complex]
    maroots: list[complex]
    def conf_int(self, alpha: float) -> list[tuple[float, float]]: ...
    def predictions(self, alpha: float) -> Forecast: ...
    def forecast(self, steps: int, alpha: float, exog: Floats | None) -> Forecast: ...
    def simulate(self, steps: int, seed: int, after: bool, exog: Floats | None) -> Floats: ...
    def simulate_paths(self, steps: int, seeds: NDArray[np.uint64], exog: Floats | None) -> Floats: ...
    def append(self, y: Floats, refit: bool, exog: Floats | None) -> ArimaResults: ...
    def summary(self) -> str: ...
    def save(self, path: Path) -> None: ...
    @staticmethod
    def load(path: Path) -> ArimaResults: ...

def fit_arima(
    y: Floats,
    order: Any,
    seasonal_order: Any,
    season_length: int,
    trend: str,
    exog: Floats | None,
    method: str,
    cov_type: str,
    starts: int,
    maxiter: int,
    start_params: list[float],
) -> ArimaResults: ...
def smooth_arima(
    y: Floats,
    order: Any,
    seasonal_order: Any,
    season_length: int,
    trend: str,
    params: list[float],
    exog: Floats | None,
    sigma2: float,
) -> ArimaResults: ...
def simulate_arima(
    order: Any,
    seasonal_order: Any,
    season_length: int,
    trend: str,
    params: list[float],
    sigma2: float,
    steps: int,
    seed: int,
    exog: Floats | None,
) -> Floats: ...
def select_arima(
    y: Floats, season_length: int, options: SearchOptions, exog: Floats | None, cov_type: str
) -> tuple[ArimaResults, str, list[int], list[tuple[Orders, Orders, str, float, bool]]]: ...
def search_limits(season_length: int) -> tuple[int, int, int, int]: ...
def forecast_fleet(
    values: Floats,
    offsets: NDArray[np.int64],
    horizon: int,
    season_length: int,
    levels: list[float],
    options: SearchOptions,
    exog: Floats | None,
    future: Floats | None,
    threads: int,
    progress: Callable[[int, int], None] | None,
) -> tuple[Floats, Floats, Floats, list[str], list[str]]: ...

class Table:
    rows: int
    names: list[str]
    def __init__(self, stream: object) -> None: ...
    def format(self, column: str) -> str: ...
    def floats(self, column: str) -> Floats: ...
    def integers(self, column: str) -> NDArray[np.int64]: ...
    def labels(self, column: str) -> tuple[NDArray[np.int64], Any]: ...

def to_stream(columns: list[tuple[str, str, Any]], rows: int) -> object: ...

class NativeCallback: ...

class EarlyStopping(NativeCallback):
    stopped_epoch: int
    best_epoch: int
    def __init__(
        self,
        monitor: str = ...,
        min_delta: float = ...,
        patience: int = ...,
        mode: str = ...,
        baseline: float | None = ...,
        restore_best_weights: bool = ...,
        start_from_epoch: int = ...,
    ) -> None: ...

class ModelCheckpoint(NativeCallback):
    def __init__(
        self,
        filepath: Any,
        monitor: str = ...,
        mode: str = ...,
        save_best_only: bool = ...,
        save_weights_only: bool = ...,
    ) -> None: ...

class ReduceLROnPlateau(NativeCallback):
    def __init__(
        self,
        monitor: str = ...,
        factor: float = ...,
        patience: int = ...,
        mode: str = ...,
        min_delta: float = ...,
        cooldown: int = ...,
        min_lr: float = ...,
    ) -> None: ...

class CSVLogger(NativeCallback):
    def __init__(self, filename: Any, separator: str = ..., append: bool = ...) -> None: ...

class FitCall:
    epochs: int
    batch_size: int
    shuffle: bool
    validation_freq: int
    initial_epoch: int
    class_weight: dict[int, float]

class Network:
    weight_names: list[str]
    metric_names: list[str]
    epochs_trained: int
    learning_rate: float
    def __init__(self, library: Any, seed: int, threads: int) -> None: ...
    def compile(
        self,
        optimizer: str,
        options: dict[str, float],
        loss: str,
        delta: float | None,
        metrics: list[str],
        weighted_metrics: list[str],
    ) -> None: ...
    def fit(
        self, x: Any, y: Any, validation: Any, call: FitCall, sample_weight: Any, callbacks: list[Any], progress: Any
    ) -> tuple[list[dict[str, float]], bool]: ...
    def evaluate(self, x: Any, y: Any, batch_size: int, sample_weight: Any) -> dict[str, float]: ...
    def predict(self, x: Any, batch_size: int) -> NDArray[np.float32]: ...
    def gradients(self, x: Any, y: Any, sample_weight: Any) -> dict[str, NDArray[np.float32]]: ...
    def gates(self, weight: str) -> list[str]: ...
    def get_weight(self, name: str) -> NDArray[np.float32]: ...
    def set_weight(self, name: str, values: Any) -> None: ...
    def save_weights(self, path: Any) -> None: ...
    def load_weights(self, path: Any) -> None: ...
    def save_checkpoint(self, path: Any) -> None: ...
    def load_checkpoint(self, path: Any) -> None: ...
    def reset_states(self) -> None: ...
    def stop_training(self) -> None: ...
    def count_parameters(self) -> int: ...
    def summary(self) -> str: ...

class Stream:
    def __init__(self, model: Network) -> None: ...
    def step(self, features: Any) -> NDArray[np.float32]: ...
    def step_token(self, token: int) -> NDArray[np.float32]: ...
    def steps(self, features: Any) -> NDArray[np.float32]: ...
    def reset_states(self) -> None: ...

def input_kinds(library: Any) -> list[tuple[str, int, int, bool]]: ...
