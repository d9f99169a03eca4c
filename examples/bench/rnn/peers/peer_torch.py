"""Times the cases of bench_rnn in PyTorch."""

import itertools

import torch
from torch import nn

from peer_case import converse, fastest, is_one_way, read_arguments

LAYERS = {"lstm": nn.LSTM, "gru": nn.GRU, "gru_before": nn.GRU, "simple_rnn": nn.RNN}
# Positions of PyTorch's gates among Keras's.
GATES = {"lstm": (0, 1, 2, 3), "gru": (1, 0, 2), "gru_before": (1, 0, 2), "simple_rnn": (0,)}


class Network(nn.Module):
    """Embedding and dense where the case has them; inputs are (batch, timesteps) or with features behind."""

    def __init__(self, case, batch_first):
        super().__init__()
        self.case, self.batch_first = case, batch_first
        self.embedding = nn.Embedding(case.vocabulary, case.inputs) if case.vocabulary else None
        self.layers = LAYERS[case.cell](case.inputs, case.units, case.layers, batch_first=batch_first,
                                        bidirectional=case.bidirectional)
        self.dense = nn.Linear(case.units * case.directions, case.dense) if case.dense else None
        self.state = None
        self.load(case.weights())

    def load(self, weights):
        weights = [torch.tensor(w) for w in weights]
        with torch.no_grad():
            if self.embedding is not None:
                self.embedding.weight.copy_(weights.pop(0))
            for suffix in (f"l{layer}{direction}" for layer in range(self.case.layers)
                           for direction in ("", "_reverse")[:self.case.directions]):
                self.load_layer(suffix, *(weights.pop(0) for _ in range(3)))
            if self.dense is not None:
                self.dense.weight.copy_(weights[0].t())
                self.dense.bias.copy_(weights[1])

    def load_layer(self, suffix, kernel, recurrent, bias):
        def by_gate(array):
            blocks = array.split(self.case.units, -1)
            return torch.cat([blocks[g] for g in GATES[self.case.cell]], -1).t()

        getattr(self.layers, "weight_ih_" + suffix).copy_(by_gate(kernel))
        getattr(self.layers, "weight_hh_" + suffix).copy_(by_gate(recurrent))
        getattr(self.layers, "bias_ih_" + suffix).copy_(by_gate(bias))
        second = getattr(self.layers, "bias_hh_" + suffix).zero_()
        if self.case.cell == "gru":
            second[2 * self.case.units:] = bias[3 * self.case.units:]

    def forward(self, x):
        if self.embedding is not None:
            x = self.embedding(x if self.batch_first else x.t())
        elif not self.batch_first:
            x = x.transpose(0, 1)
        outputs, state = self.layers(x, self.state)
        if self.case.work == "step":
            self.state = state
        outputs = outputs if self.batch_first else outputs.transpose(0, 1)
        if self.dense is None:
            return outputs
        last = outputs[:, -1]
        if self.case.bidirectional:
            units = self.case.units
            last = torch.cat((outputs[:, -1, :units], outputs[:, 0, units:]), -1)
        return self.dense(last)


class Run:
    """One way of doing a case's work."""

    def __init__(self, case, batch_first, adam, onednn):
        self.case, self.onednn = case, onednn
        x, self.y = torch.tensor(case.x()), torch.tensor(case.y())
        if batch_first or case.batch == 1:
            self.x = x
        else:
            self.x = x.transpose(0, 1).contiguous().transpose(0, 1)
        self.model = Network(case, batch_first)
        self.loss = nn.BCEWithLogitsLoss() if case.dense else nn.MSELoss()
        order, kernels = "batch" if batch_first else "time", "on" if onednn else "off"
        self.settings = f"{order}-major, oneDNN {kernels}"
        if case.work == "train":
            self.settings += f", Adam {adam}"
            options = {adam: True} if adam != "single" else {"foreach": False}
            self.optimizer = torch.optim.Adam(self.model.parameters(), lr=0.001, eps=1e-7, **options)
        elif case.work == "gradients":
            self.x.requires_grad_(True)
        else:
            self.model.eval()

    def predict(self):
        with torch.inference_mode(), torch.backends.mkldnn.flags(enabled=self.onednn):
            return self.model(self.x)

    def differentiate(self):
        self.model.zero_grad(set_to_none=True)
        self.x.grad = None
        with torch.backends.mkldnn.flags(enabled=self.onednn):
            loss = self.loss(self.model(self.x), self.y)
            loss.backward()
        return loss

    def train(self):
        loss = self.differentiate()
        self.optimizer.step()
        return loss

    def work(self):
        return {"train": self.train, "gradients": self.differentiate}.get(self.case.work, self.predict)

    def check(self):
        if self.case.cell == "gru_before":
            return []
        if self.case.work == "train":
            return [self.train().item() for _ in range(4)]
        if self.case.work == "step":
            self.predict()
        numbers = [self.predict().abs().mean().item()]
        if self.case.work == "gradients":
            self.differentiate()
            units = self.case.units
            grads = [p.grad for p in self.model.layers.parameters()]
            bias = grads[2] if self.case.cell != "gru" else torch.cat((grads[2], grads[3][2 * units:]))
            numbers += [g.abs().mean().item() for g in (grads[0], grads[1], bias, self.x.grad)]
        return numbers


def main():
    case, threads = read_arguments()
    torch.set_num_threads(threads)
    torch.set_flush_denormal(True)
    adams = ("fused", "foreach", "single") if case.work == "train" else ("",)
    orders = (True, False) if case.batch > 1 else (True,)
    check = [] if is_one_way() else Run(case, True, adams[0], True).check()
    choices = list(itertools.product(orders, adams, (True, False)))[:1 if is_one_way() else None]
    runs = [Run(case, *choice) for choice in choices]
    settings, work = fastest([(run.settings, run.work()) for run in runs], case.repeat)
    if case.cell == "gru_before":
        settings += "; its GRU is reset_after"
    converse(torch.__version__, settings, check, work, case.repeat)


if __name__ == "__main__":
    main()
