"""Neural Amp Modeler's .nam files with LSTMs, and what torch.nn.LSTMCell computes from their initial states, in float64."""

import json

import numpy as np
import torch
from torch import nn

from import_cases.numbers import FOLDER, Numbers, array, write_cases


def run(layers, starts, head, x):
    states = [(h.repeat(len(x), 1), c.repeat(len(x), 1)) for h, c in starts]
    outputs = []
    for t in range(x.shape[1]):
        value = x[:, t]
        for i, cell in enumerate(layers):
            states[i] = cell(value, states[i])
            value = states[i][0]
        outputs.append(head(value))
    return torch.stack(outputs, 1)


def write():
    cases = []
    for seed, (name, count, from_zero) in enumerate([("lstm", 1, False), ("deep", 2, False), ("zero", 1, True)]):
        numbers = Numbers(400 + seed)
        units = 4
        layers = [nn.LSTMCell(1 if i == 0 else units, units).double() for i in range(count)]
        head = nn.Linear(units, 1).double()
        weights, starts = [], []
        with torch.no_grad():
            for cell in layers:
                for p in cell.parameters():
                    p.copy_(torch.from_numpy(numbers.values(tuple(p.shape))))
                cell.bias_hh.zero_()
                start = [torch.from_numpy(numbers.values((1, units)) * (not from_zero)) for _ in range(2)]
                starts.append(start)
                both = np.concatenate([cell.weight_ih.numpy(), cell.weight_hh.numpy()], 1)
                weights += [both.reshape(-1), cell.bias_ih.numpy(), start[0].numpy()[0], start[1].numpy()[0]]
            for p in head.parameters():
                p.copy_(torch.from_numpy(numbers.values(tuple(p.shape))))
            weights += [head.weight.numpy().reshape(-1), head.bias.numpy()]
            x = torch.from_numpy(numbers.values((2, 6, 1)))
            output = run(layers, starts, head, x)
        document = {"version": "0.5.4", "architecture": "LSTM",
                    "config": {"input_size": 1, "hidden_size": units, "num_layers": count},
                    "weights": [float(v) for v in np.concatenate(weights)], "sample_rate": 48000}
        (FOLDER / f"nam_{name}.nam").write_text(json.dumps(document))
        cases.append({"name": name, "file": f"nam_{name}.nam", "timesteps": 6, "inputs": [array(x.numpy())],
                      "output": array(output.numpy())})
    write_cases("nam", cases)
