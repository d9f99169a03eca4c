"""Times the inference cases of bench_rnn in onnxruntime."""

import numpy as np
import onnxruntime as ort
from onnx import TensorProto, helper, numpy_helper

from peer_case import converse, fastest, read_arguments

OPERATORS = {"lstm": "LSTM", "gru": "GRU", "gru_before": "GRU", "simple_rnn": "RNN"}
# Positions of ONNX's gates among Keras's: LSTM i o f c, GRU z r h.
GATES = {"lstm": (0, 3, 1, 2), "gru": (0, 1, 2), "gru_before": (0, 1, 2), "simple_rnn": (0,)}


def layer_weights(case, kernel, recurrent, bias):
    """W (1, gates, inputs), R (1, gates, units), B (1, 2 gates)."""

    def by_gate(array):
        blocks = np.split(array[..., :len(GATES[case.cell]) * case.units], len(GATES[case.cell]), -1)
        return np.concatenate([blocks[g] for g in GATES[case.cell]], -1)

    second = np.zeros_like(by_gate(bias))
    if case.cell == "gru":
        second[2 * case.units:] = bias[3 * case.units:]
    both = np.concatenate((by_gate(bias), second))
    return by_gate(kernel).T[None], by_gate(recurrent).T[None], both[None]


def model(case):
    """Layers read (timesteps, batch, features)."""
    weights = case.weights()
    nodes, constants = [], []

    def constant(name, value):
        constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    value = "x"
    if case.vocabulary:
        nodes.append(helper.make_node("Gather", [constant("embedding", weights.pop(0)), "x"], ["embedded"]))
        value = "embedded"
    states = ["h", "c"] if case.cell == "lstm" else ["h"]
    for l in range(case.layers):
        w, r, b = layer_weights(case, weights.pop(0), weights.pop(0), weights.pop(0))
        inputs = [value, constant(f"W{l}", w), constant(f"R{l}", r), constant(f"B{l}", b)]
        outputs = [f"all{l}", f"last{l}"]
        if case.work == "step":
            inputs += [""] + states
            outputs = ["", "h_after"] + ["c_after"] * (len(states) - 1)
        options = {"linear_before_reset": 1} if case.cell == "gru" else {}
        nodes.append(helper.make_node(OPERATORS[case.cell], inputs, outputs, hidden_size=case.units, **options))
        nodes.append(helper.make_node("Squeeze", [f"all{l}", constant(f"axis{l}", np.array([1]))], [f"y{l}"]))
        value = f"y{l}"
        if case.work == "step":
            nodes.pop()
            constants.pop()
    outputs = [value]
    if case.work == "step":
        outputs = [state + "_after" for state in states]
    elif case.dense:
        nodes.append(helper.make_node("Squeeze", [f"last{l}", constant("axis", np.array([0]))], ["last"]))
        nodes.append(helper.make_node("Gemm", ["last", constant("dense", weights[0]), constant("bias", weights[1])],
                                      ["logits"]))
        outputs = ["logits"]
    x_type = TensorProto.INT32 if case.vocabulary else TensorProto.FLOAT
    inputs = [helper.make_tensor_value_info("x", x_type, None)]
    if case.work == "step":
        inputs += [helper.make_tensor_value_info(state, TensorProto.FLOAT, [1, 1, case.units]) for state in states]
    values = [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in outputs]
    graph = helper.make_graph(nodes, "case", inputs, values, constants)
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    made.ir_version = 9
    return made.SerializeToString()


class Run:
    """A session with its inputs and outputs bound, so that nothing is copied."""

    def __init__(self, case, serialized, threads, spinning):
        self.case, self.settings = case, "bound, spinning " + ("on" if spinning else "off")
        options = ort.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.add_session_config_entry("session.intra_op.allow_spinning", str(int(spinning)))
        self.session = ort.InferenceSession(serialized, options, providers=["CPUExecutionProvider"])
        self.binding = self.session.io_binding()
        x = np.ascontiguousarray(np.swapaxes(case.x(), 0, 1))
        self.binding.bind_cpu_input("x", x)
        self.states = {}
        if case.work == "step": # in place: the outputs are the next step's inputs
            for name in (i.name for i in self.session.get_inputs() if i.name != "x"):
                state = ort.OrtValue.ortvalue_from_numpy(np.zeros((1, 1, case.units), np.float32))
                after = ort.OrtValue.ortvalue_from_numpy(np.zeros((1, 1, case.units), np.float32))
                self.states[name] = [state, after]
            self.bind_states()
        else:
            self.binding.bind_output(self.session.get_outputs()[0].name, "cpu")

    def bind_states(self):
        for name, (state, after) in self.states.items():
            self.binding.bind_ortvalue_input(name, state)
            self.binding.bind_ortvalue_output(name + "_after", after)

    def work(self):
        self.session.run_with_iobinding(self.binding)
        if self.states:
            for pair in self.states.values():
                pair.reverse()
            self.bind_states()

    def check(self):
        self.work()
        if self.case.work == "step":
            self.work()
            return [np.abs(self.states["h"][0].numpy()).mean()]
        return [np.abs(self.binding.copy_outputs_to_cpu()[0]).mean()]


def main():
    case, threads = read_arguments()
    serialized = model(case)
    runs = [Run(case, serialized, threads, spinning) for spinning in ((False, True) if threads > 1 else (False,))]
    check = runs[0].check()
    settings, work = fastest([(run.settings, run.work) for run in runs], case.repeat)
    converse(ort.__version__, settings, check, work, case.repeat)


if __name__ == "__main__":
    main()
