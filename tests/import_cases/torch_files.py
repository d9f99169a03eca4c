"""PyTorch's state_dicts and outputs, in float64 over weights that float32 holds."""

import torch
from safetensors.torch import save_file
from torch import nn

from import_cases.numbers import FOLDER, Numbers, array, write_cases


class Last(nn.Module):
    def forward(self, x):
        return x[:, -1]


class Mean(nn.Module):
    def forward(self, x):
        return x.mean(1)


class Rnn(nn.Module):
    """A recurrent module's sequence, or with `final` what both directions end with."""

    def __init__(self, module, final=False):
        super().__init__()
        self.module, self.final = module, final

    def forward(self, x):
        y, states = self.module(x)
        if not self.final:
            return y
        h = states[0] if isinstance(states, tuple) else states
        return torch.cat([h[-2], h[-1]], -1) if self.module.bidirectional else h[-1]


def models():
    for kind in (nn.RNN, nn.LSTM, nn.GRU):
        name = kind.__name__.lower()
        for layers in (1, 2):
            for both in (False, True):
                for bias in (True, False):
                    width = 3 * (1 + both)
                    rnn = kind(2, 3, layers, bias=bias, batch_first=True, bidirectional=both)
                    label = f"{name}_{layers}" + "_both" * both + "_unbiased" * (not bias)
                    # One file serves what is made of the sequence and of the last states.
                    yield label, [("rnn", Rnn(rnn)), ("fc", nn.Linear(width, 2))], "rnn, fc", "input"
                    yield label + "_final", [("rnn", Rnn(rnn, True)), ("fc", nn.Linear(width, 2))], "rnn, final, fc", "input"
    yield "relu", [("rnn", Rnn(nn.RNN(2, 3, 2, nonlinearity="relu", batch_first=True))), ("", Last())], "rnn relu, last", "input"
    yield "words", [("emb", nn.Embedding(9, 4)), ("lstm", Rnn(nn.LSTM(4, 3, batch_first=True))), ("norm", nn.LayerNorm(3)), ("", Last()),
                    ("fc", nn.Linear(3, 2)), ("", nn.Softmax(-1))], "emb embedding, lstm, norm, last, fc, softmax", "tokens"
    yield "mean", [("gru", Rnn(nn.GRU(2, 3, batch_first=True))), ("", Mean()), ("fc", nn.Linear(3, 4)), ("", nn.Tanh()),
                   ("norm", nn.LayerNorm(4, eps=1e-3)), ("out", nn.Linear(4, 1, bias=False)), ("", nn.Sigmoid())], \
        "gru, mean, fc, tanh, norm epsilon=1e-3, out, sigmoid", "input"
    yield "dense", [("a", nn.Linear(3, 4)), ("", nn.SiLU()), ("b", nn.Linear(4, 4)), ("", nn.LeakyReLU()), ("c", nn.Linear(4, 3)),
                    ("", nn.Softplus())], "a, silu, b, leaky_relu, c, softplus", "vector"


def tensors(parts):
    result = {}
    for name, part in parts:
        if name:
            module = part.module if isinstance(part, Rnn) else part
            result.update({f"{name}.{key}": value for key, value in module.state_dict().items()})
    return result


def write():
    cases = []
    for seed, (name, parts, layers, kind) in enumerate(models()):
        numbers = Numbers(200 + seed)
        sequence = nn.Sequential(*[part for _, part in parts]).double()
        with torch.no_grad():
            for p in sequence.parameters():
                p.copy_(torch.from_numpy(numbers.values(tuple(p.shape))))
            x = {"input": lambda: torch.from_numpy(numbers.values((3, 5, 2))), "vector": lambda: torch.from_numpy(numbers.values((3, 3))),
                 "tokens": lambda: torch.from_numpy(numbers.tokens((3, 5), 9))}[kind]()
            output = sequence(x)
        save_file({key: value.float().contiguous() for key, value in tensors(parts).items()}, FOLDER / f"torch_{name}.safetensors")
        cases.append({"name": name, "file": f"torch_{name}.safetensors", "layers": layers, "timesteps": 0 if kind == "vector" else 5,
                      "inputs": [array(x.numpy())], "output": array(output.numpy())})
    write_cases("torch", cases)
    projected = nn.LSTM(2, 4, proj_size=3)
    save_file({f"rnn.{k}": v for k, v in projected.state_dict().items()}, FOLDER / "refused_proj_size.safetensors")
