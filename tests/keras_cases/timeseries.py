"""Windows over a series."""

import keras
import numpy as np

from keras_cases.arrays import array

CASES = {
    "plain": {"sequence_length": 4},
    "stride": {"sequence_length": 3, "sequence_stride": 2},
    "sampling_rate": {"sequence_length": 3, "sampling_rate": 3},
    "all": {
        "sequence_length": 2,
        "sequence_stride": 3,
        "sampling_rate": 2,
        "start_index": 3,
        "end_index": 17,
    },
    "one_window": {"sequence_length": 20},
}


def values():
    """x and y of keras.utils.timeseries_dataset_from_array over 20 steps of two features."""
    data = np.arange(40.0).reshape(20, 2)
    targets = np.arange(100.0, 120.0)
    cases = []
    for name, options in CASES.items():
        dataset = keras.utils.timeseries_dataset_from_array(data, targets, batch_size=100, **options)
        ((x, y),) = list(dataset)
        cases.append({"name": name, "options": options, "x": array(x), "y": array(y)})
    return {"data": array(data), "targets": array(targets), "cases": cases}
