"""Times training steps of bench_rnn's cases in PyTorch; peer_process.hpp describes the conversation."""

import argparse
import itertools
import json
import statistics
import sys
import time

import torch
from torch import nn

BATCH = 128


class ImdbLstm(nn.Module):
    """Embedding, two LSTM layers, one logit: (batch, 80) token ids -> (batch,)."""

    def __init__(self, batch_first):
        super().__init__()
        self.batch_first = batch_first
        self.embedding = nn.Embedding(10000, 100)
        self.lstm = nn.LSTM(100, 64, num_layers=2, batch_first=batch_first)
        self.dense = nn.Linear(64, 1)

    def forward(self, tokens):
        sequences, _ = self.lstm(self.embedding(tokens if self.batch_first else tokens.t()))
        last = sequences[:, -1] if self.batch_first else sequences[-1]
        return self.dense(last).squeeze(1)


def bench_imdb():
    tokens = torch.randint(10000, (BATCH, 80))
    labels = torch.randint(2, (BATCH,)).float()
    return ImdbLstm, tokens, labels


CASES = {case.__name__: case for case in (bench_imdb,)}


class Trainer:
    """One way of writing the same training step."""

    def __init__(self, case, batch_first, adam, onednn):
        model_class, x, self.y = case
        self.x = x if batch_first else x.t().contiguous().t()
        self.onednn = onednn
        order, kernels = "batch" if batch_first else "time", "on" if onednn else "off"
        self.settings = f"{order}-major, Adam {adam}, oneDNN {kernels}"
        self.model = model_class(batch_first)
        options = {adam: True} if adam != "single" else {"foreach": False}
        self.optimizer = torch.optim.Adam(self.model.parameters(), lr=0.001, eps=1e-7, **options)
        self.loss = nn.BCEWithLogitsLoss()

    def step(self):
        self.optimizer.zero_grad(set_to_none=True)
        self.loss(self.model(self.x), self.y).backward()
        self.optimizer.step()

    def run(self, steps):
        """Milliseconds of each step."""
        milliseconds = []
        with torch.backends.mkldnn.flags(enabled=self.onednn):
            for _ in range(steps):
                start = time.perf_counter()
                self.step()
                milliseconds.append(1e3 * (time.perf_counter() - start))
        return milliseconds


def fastest_trainer(case):
    """Tries every combination of settings and keeps the one with the least median."""
    trainers = [Trainer(case, *choice) for choice in
                itertools.product((True, False), ("fused", "foreach", "single"), (True, False))]
    for trainer in trainers:
        trainer.run(2)
    times = [[] for _ in trainers]
    for _ in range(2):
        for trainer, milliseconds in zip(trainers, times):
            milliseconds += trainer.run(3)
    best = min(range(len(trainers)), key=lambda i: statistics.median(times[i]))
    return trainers[best]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("case", choices=CASES)
    parser.add_argument("--threads", type=int, default=1)
    arguments = parser.parse_args()

    torch.manual_seed(0)
    torch.set_num_threads(arguments.threads)
    torch.set_flush_denormal(True)
    trainer = fastest_trainer(CASES[arguments.case]())
    print(json.dumps({"version": torch.__version__, "settings": trainer.settings}), flush=True)
    for line in sys.stdin:
        command, steps = line.split()
        assert command == "run", line
        print(*(f"{ms:.6f}" for ms in trainer.run(int(steps))), flush=True)


if __name__ == "__main__":
    main()
