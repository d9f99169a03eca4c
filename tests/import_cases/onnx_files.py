"""ONNX files and outputs: each attribute of RNN, LSTM and GRU, onnx's own test vectors, and what PyTorch exports.

Outputs are onnxruntime's (in float32), those of onnx's own vectors the ones that come with them, and PyTorch's (in float32) where
it exported the model.
"""

import io

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

from import_cases.numbers import FOLDER, Numbers, array, write_cases

GATES = {"RNN": 1, "GRU": 3, "LSTM": 4}
STEPS, FEATURES, UNITS, BATCH = 5, 2, 3, 2


def save(name, nodes, constants, inputs, output):
    graph = helper.make_graph(nodes, name, inputs, [helper.make_tensor_value_info(output, TensorProto.FLOAT, None)],
                              [numpy_helper.from_array(value, key) for key, value in constants.items()])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8, producer_name="timeloom's tests")
    (FOLDER / f"onnx_{name}.onnx").write_bytes(model.SerializeToString())
    return model


def run(model, **inputs):
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    return session.run(None, inputs)[0]


def variants():
    """Operator, attributes, what else it reads, and which output is taken."""
    for op in ("RNN", "LSTM", "GRU"):
        for direction in ("forward", "reverse", "bidirectional"):
            for extra in ("", "B"):
                for output in ("Y", "Y_h"):
                    if direction != "reverse" or output == "Y_h":
                        yield op, {"direction": direction}, extra, output
        yield op, {"direction": "bidirectional"}, "B h", "Y_h"
        yield op, {"clip": 0.75}, "B h", "Y"
    for reset in (0, 1):
        yield "GRU", {"linear_before_reset": reset}, "B h", "Y"
        yield "GRU", {"linear_before_reset": reset, "direction": "bidirectional", "clip": 0.5}, "B", "Y"
    yield "RNN", {"activations": ["Relu"]}, "B", "Y"
    yield "GRU", {"activations": ["HardSigmoid", "Softsign"], "activation_alpha": [0.2], "activation_beta": [0.5]}, "B", "Y"
    yield "LSTM", {"activations": ["Sigmoid", "Tanh", "Relu"]}, "B", "Y"
    yield "LSTM", {"activations": ["Sigmoid", "Elu", "Softsign"], "activation_alpha": [1.0]}, "B P", "Y"
    yield "LSTM", {}, "B h P", "Y_h"
    yield "LSTM", {"input_forget": 1}, "B", "Y"
    yield "LSTM", {"input_forget": 1, "clip": 0.5}, "B h P", "Y"
    yield "LSTM", {"direction": "bidirectional"}, "B h P", "Y"
    yield "LSTM", {}, "B", "Y_c"


def cell_cases():
    for seed, (op, attributes, extra, output) in enumerate(variants()):
        numbers = Numbers(500 + seed)
        d = 2 if attributes.get("direction") == "bidirectional" else 1
        g = GATES[op]
        attributes = dict(attributes)
        if d == 2 and "activations" in attributes:
            attributes["activations"] *= 2
        values = lambda *shape: numbers.values(shape).astype("float32")
        constants = {"W": values(d, g * UNITS, FEATURES), "R": values(d, g * UNITS, UNITS)}
        names = ["X", "W", "R", "", "", "", "", ""]
        if "B" in extra:
            constants["B"], names[3] = values(d, 2 * g * UNITS), "B"
        if "h" in extra:
            start = np.repeat(values(d, 1, UNITS), BATCH, 1)
            constants["h"], names[5] = start, "h"
            if op == "LSTM":
                constants["c"], names[6] = np.repeat(values(d, 1, UNITS), BATCH, 1), "c"
        if "P" in extra:
            constants["P"], names[7] = values(d, 3 * UNITS), "P"
        outputs = {"Y": ["Y"], "Y_h": ["", "Y_h"], "Y_c": ["", "", "Y_c"]}[output]
        nodes = [helper.make_node(op, names[: 8 if op == "LSTM" else 6], outputs, hidden_size=UNITS, **attributes)]
        # The rest brings the batch to the front and the directions side by side.
        perm = [2, 0, 1, 3] if output == "Y" else [1, 0, 2]
        shape = np.array([0, 0, -1] if output == "Y" else [0, -1], "int64")
        nodes.append(helper.make_node("Transpose", [output], ["turned"], perm=perm))
        nodes.append(helper.make_node("Reshape", ["turned", "shape"], ["out"]))
        constants["shape"] = shape
        name = f"{op.lower()}_{seed}"
        x = values(STEPS, BATCH, FEATURES)
        model = save(name, nodes, constants, [helper.make_tensor_value_info("X", TensorProto.FLOAT, [STEPS, BATCH, FEATURES])], "out")
        what = ", ".join([f"{k}={v}" for k, v in attributes.items()] + extra.split() + [output])
        yield {"name": f"{op} {what}", "file": f"onnx_{name}.onnx", "inputs": [array(x.transpose(1, 0, 2))], "output": array(run(model, X=x))}


def own_vectors():
    """onnx's own tests of the three operators, whose weights are made constants, one output each."""
    from onnx.backend.test.loader import load_model_tests

    for case in load_model_tests(kind="node"):
        if not any(case.name.startswith(f"test_{p}_") for p in ("rnn", "lstm", "gru", "simple_rnn")):
            continue
        model = case.model
        node = model.graph.node[0]
        tensors, results = case.data_sets[0]
        by_name = dict(zip([i.name for i in model.graph.input], tensors))
        if len(node.input) > 4 and node.input[4]: # a constant length of all steps means nothing
            del node.input[4:5]
        batch_first = any(a.name == "layout" and a.i == 1 for a in node.attribute)
        x = by_name[node.input[0]]
        constants = {k: v for k, v in by_name.items() if k != node.input[0]}
        for number, output in enumerate(model.graph.output):
            expected = np.asarray(results[number])
            is_sequence = list(node.output).index(output.name) == 0
            perm = ([0, 1, 2, 3] if batch_first else [2, 0, 1, 3]) if is_sequence else ([0, 1, 2] if batch_first else [1, 0, 2])
            constants["shape"] = np.array([0, 0, -1] if is_sequence else [0, -1], "int64")
            nodes = [node, helper.make_node("Transpose", [output.name], ["turned"], perm=perm), helper.make_node("Reshape", ["turned", "shape"], ["out"])]
            name = f"{case.name}_{number}"
            save(name, nodes, constants, [helper.make_tensor_value_info(node.input[0], TensorProto.FLOAT, list(x.shape))], "out")
            ours = expected.transpose(perm)
            ours = ours.reshape(*ours.shape[: 2 if is_sequence else 1], -1)
            refused = {"refused": "its direction is reverse"} if name.endswith("reverse_0") else {}
            yield {**refused, "name": name, "file": f"onnx_{name}.onnx", "inputs": [array(x if batch_first else x.transpose(1, 0, 2))], "output": array(ours)}


def exported():
    import torch
    from torch import nn

    from import_cases.torch_files import Last, Mean, Rnn

    class Final(nn.Module):
        """torch.cat of both directions' last states."""

        def __init__(self):
            super().__init__()
            self.lstm, self.fc = nn.LSTM(2, 3, batch_first=True, bidirectional=True), nn.Linear(6, 2)

        def forward(self, x):
            _, (h, _) = self.lstm(x)
            return torch.sigmoid(self.fc(torch.cat([h[-2], h[-1]], 1)))

    models = {
        "last": nn.Sequential(Rnn(nn.LSTM(2, 3, 2, batch_first=True)), Last(), nn.Linear(3, 1)),
        "sequence": nn.Sequential(Rnn(nn.GRU(2, 3, batch_first=True, bidirectional=True)), nn.Linear(6, 2), nn.Tanh()),
        "relu": nn.Sequential(Rnn(nn.RNN(2, 3, nonlinearity="relu", batch_first=True)), nn.LayerNorm(3), nn.Linear(3, 2), nn.Softmax(-1)),
        "mean": nn.Sequential(Rnn(nn.LSTM(2, 3, batch_first=True)), Mean(), nn.Linear(3, 2, bias=False)),
        "time_first": nn.Sequential(Rnn(nn.GRU(2, 3)), nn.Linear(3, 1)),
        "flat": nn.Sequential(nn.Linear(2, 3), nn.ReLU(), nn.Flatten(), nn.Linear(15, 2)),
        "words": nn.Sequential(nn.Embedding(9, 4), Rnn(nn.GRU(4, 3, batch_first=True)), Last(), nn.Linear(3, 2)),
        "final": Final(),
    }
    for seed, (name, model) in enumerate(models.items()):
        numbers = Numbers(700 + seed)
        model.eval()
        with torch.no_grad():
            for p in model.parameters():
                p.copy_(torch.from_numpy(numbers.values(tuple(p.shape))))
        x = torch.from_numpy(numbers.tokens((BATCH, STEPS), 9)) if name == "words" else torch.from_numpy(numbers.values((BATCH, STEPS, FEATURES))).float()
        given = x.transpose(0, 1).contiguous() if name == "time_first" else x
        output = model(given).detach()
        ours = output.transpose(0, 1) if name == "time_first" else output
        axis = 1 if name == "time_first" else 0
        for dynamic in (False, True):
            file = io.BytesIO()
            torch.onnx.export(model, (given,), file, dynamo=False, opset_version=17, input_names=["x"], output_names=["y"],
                              dynamic_axes={"x": {axis: "batch"}, "y": {axis: "batch"}} if dynamic else None)
            label = f"torch_{name}" + "_any_batch" * dynamic
            (FOLDER / f"onnx_{label}.onnx").write_bytes(file.getvalue())
            yield {"name": label, "file": f"onnx_{label}.onnx", "inputs": [array(x.numpy())], "output": array(ours.numpy())}


def write():
    cases = list(cell_cases())
    write_cases("onnx_cells", cases)
    write_cases("onnx_vectors", list(own_vectors()))
    write_cases("onnx_torch", list(exported()))
