"""Makes tests/golden/export.json: what other frameworks make of the files that test_export writes.

Run it by hand when what is written changes, and commit the result. It needs Python 3.11 and exactly onnxruntime 1.32.0,
onnx 1.23.2, torch 2.15.0, keras 3.15.1 with tensorflow-cpu 2.21.0, safetensors 0.8.0 and numpy 2.4.6:

    cmake --build build --target write_export_files
    build/bin/write_export_files /tmp/exported
    python tests/export_values.py /tmp/exported

It also prints the largest difference from Timeloom's own outputs, and fails where that is above 1e-6.
"""

import json
import os
import pathlib
import sys
import zlib

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")

import numpy as np
import onnx
import onnxruntime
import torch
from safetensors.numpy import load_file as load_arrays
from safetensors.torch import load_file as load_tensors

GOLDEN = pathlib.Path(__file__).resolve().parent / "golden" / "export.json"


def array(described):
    kind = np.float32 if "values" in described else np.int64
    return np.array(described.get("values", described.get("tokens")), kind).reshape(described["shape"])


def run_onnx(path, inputs):
    onnx.checker.check_model(str(path), full_check=True)
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    return session.run(None, {name: array(described) for name, described in inputs.items()})[0]


class SharedByAll(torch.nn.Module):
    """tests/export/models.hpp: shared_by_all."""

    def __init__(self):
        super().__init__()
        self.embedding = torch.nn.Embedding(9, 4)
        self.layer_normalization = torch.nn.LayerNorm(4)
        self.bidirectional = torch.nn.LSTM(4, 3, batch_first=True, bidirectional=True)
        self.gru = torch.nn.GRU(6, 5, batch_first=True)
        self.time_distributed = torch.nn.Linear(5, 4)
        self.simple_rnn = torch.nn.RNN(4, 3, nonlinearity="relu", batch_first=True)
        self.dense_1 = torch.nn.Linear(3, 2)  # the one inside time_distributed is dense, as in Keras

    def forward(self, tokens):
        x = self.layer_normalization(self.embedding(tokens))
        x, _ = self.bidirectional(x)
        x, _ = self.gru(x)
        _, last = self.simple_rnn(torch.tanh(self.time_distributed(x)))
        return self.dense_1(last[0])


def run_pytorch(path, inputs):
    module = SharedByAll()
    module.load_state_dict(load_tensors(str(path)))  # strict: nothing is missing, nothing left over
    with torch.no_grad():
        return module(torch.from_numpy(array(inputs["input"]))).numpy()


def run_keras(path, inputs):
    import keras
    from keras import layers

    model = keras.Sequential([
        keras.Input((6,)),
        layers.Embedding(9, 4, name="embedding"),
        layers.LayerNormalization(epsilon=1e-5, name="layer_normalization"),
        layers.Bidirectional(layers.LSTM(3, return_sequences=True), name="bidirectional"),
        layers.GRU(5, return_sequences=True, name="gru"),
        layers.TimeDistributed(layers.Dense(4, activation="tanh", name="dense"), name="time_distributed"),
        layers.SimpleRNN(3, activation="relu", name="simple_rnn"),
        layers.Dense(2, name="dense_1"),
    ])
    weights = load_arrays(str(path))
    for variable in model.weights:
        variable.assign(weights.pop(variable.path.partition("/")[2]))
    assert not weights, f"left over: {sorted(weights)}"
    return model.predict(array(inputs["input"]), verbose=0)


def main(folder):
    cases = json.loads((folder / "cases.json").read_text())
    golden, worst = {}, {}
    runs = [("onnxruntime", name, run_onnx, folder / f"{name}.onnx") for name in cases]
    runs += [("pytorch", "shared_by_all", run_pytorch, folder / "shared_by_all.pytorch.safetensors"),
             ("keras", "shared_by_all", run_keras, folder / "shared_by_all.keras.safetensors")]
    for framework, name, run, path in runs:
        output = np.asarray(run(path, cases[name]["inputs"]), np.float32)
        difference = float(np.abs(output.ravel() - np.array(cases[name]["ours"])).max())
        worst[f"{framework} {name}"] = difference
        golden.setdefault(framework, {})[name] = {
            "crc32": zlib.crc32(path.read_bytes()),
            "output": [float(np.format_float_positional(v, unique=True)) for v in output.ravel()],
        }
    for name, difference in worst.items():
        print(f"{name}: {difference:.2e}")
    if max(worst.values()) > 1e-6:
        raise SystemExit("a difference is above 1e-6")
    GOLDEN.write_text(json.dumps(golden, indent=1) + "\n")


main(pathlib.Path(sys.argv[1]))
