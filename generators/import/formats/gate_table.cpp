#include "timeloom/generators/import/formats/gate_table.hpp"

#include "timeloom/generators/import/description/shapes.hpp"
#include "timeloom/runtime/error.hpp"
#include "timeloom/runtime/plan/foreign_layout.hpp"

#include <algorithm>
#include <vector>

namespace timeloom::importing {

namespace {

using plan::CellType, plan::Framework;

CellType type_of(Kind cell) {
    return cell == Kind::lstm ? CellType::lstm : cell == Kind::gru ? CellType::gru : CellType::simple_rnn;
}

std::string gates_of(Framework framework, Kind cell) {
    std::string gates;
    for (const std::string_view gate : plan::foreign_cell(framework, type_of(cell)).gates)
        gates += gate;
    return gates;
}

/// A format whose gates are in the order of `as`.
GateRow row(std::string_view format, Framework as, Kind cell, Biases biases, std::string_view resets,
            std::string_view epsilon) {
    return {format, cell, gates_of(as, cell), plan::has_gates_in_rows(as), biases, resets, epsilon};
}

const std::vector<GateRow>& table() {
    static const std::vector<GateRow> rows{
        row("Keras", Framework::keras, Kind::simple_rnn, Biases::one, "", ""),
        row("Keras", Framework::keras, Kind::lstm, Biases::one, "", ""),
        row("Keras", Framework::keras, Kind::gru, Biases::rows, "before or after", ""),
        row("PyTorch", Framework::pytorch, Kind::simple_rnn, Biases::two, "", "1e-5"),
        row("PyTorch", Framework::pytorch, Kind::lstm, Biases::two, "", "1e-5"),
        row("PyTorch", Framework::pytorch, Kind::gru, Biases::two, "after", "1e-5"),
        row("ONNX", Framework::onnx, Kind::simple_rnn, Biases::two, "", "1e-5"),
        row("ONNX", Framework::onnx, Kind::lstm, Biases::two, "", "1e-5"),
        row("ONNX", Framework::onnx, Kind::gru, Biases::two, "before or after", "1e-5"),
        row("RTNeural", Framework::keras, Kind::lstm, Biases::one, "", ""),
        row("RTNeural", Framework::keras, Kind::gru, Biases::rows, "after", ""),
        row("NAM", Framework::pytorch, Kind::lstm, Biases::one, "", ""),
    };
    return rows;
}

/// Columns in the file's order of gates become columns in Keras's.
Tensor reordered(const Tensor& columns, Kind cell, std::string_view file_gates, std::size_t units) {
    Tensor result(columns.shape());
    const std::string gates = gates_of(Framework::keras, cell);
    for (std::size_t row = 0; row < columns.rows(); ++row)
        for (std::size_t g = 0; g < gates.size(); ++g)
            std::ranges::copy(columns.row(row).subspan(file_gates.find(gates[g]) * units, units),
                              result.row(row).begin() + static_cast<std::ptrdiff_t>(g * units));
    return result;
}

Tensor sum(Tensor a, const Tensor& b) {
    for (std::size_t i = 0; i < a.size(); ++i)
        a.values()[i] += b.values()[i];
    return a;
}

void require(const Layer& cell, const char* what, const Tensor& values, std::size_t columns) {
    if (values.size() == 0 || values.row_size() != columns)
        throw Error(label(cell) + ": its " + what + " has the shape " + to_string(values.shape()) +
                    ", which does not fit to " + std::to_string(cell.units) + " units");
}

} // namespace

std::span<const GateRow> gate_table() { return table(); }

std::string gate_table_text() {
    const auto biases = [](const GateRow& row) {
        return row.biases == Biases::one    ? "one"
               : row.biases == Biases::rows ? "two rows of one where it resets after, else one"
               : row.cell == Kind::gru      ? "two, added where it resets before"
                                            : "two, added";
    };
    std::string text = "| format | cell | gates | matrices | biases | a GRU resets | epsilon unless told |\n"
                       "| --- | --- | --- | --- | --- | --- | --- |\n";
    for (const GateRow& row : table()) {
        std::string gates;
        for (const char gate : row.gates)
            gates += (gates.empty() ? "" : ", ") + std::string(1, gate);
        text += "| " + std::string(row.format) + " | " + spelling(row.cell) + " | " + gates + " | " +
                (row.transposed ? "(columns, rows)" : "(rows, columns)") + " | " + biases(row) + " | " +
                (row.resets.empty() ? "" : std::string(row.resets) + " the product") + " | " +
                std::string(row.epsilon) + " |\n";
    }
    return text;
}

const GateRow& gate_row(std::string_view format, Kind cell) {
    return *std::ranges::find_if(table(),
                                 [&](const GateRow& r) { return r.format == format && r.cell == cell; });
}

Tensor transposed(const Tensor& matrix) {
    if (matrix.rank() != 2)
        throw Error("a matrix has the shape " + to_string(matrix.shape()));
    const std::size_t rows = matrix.shape()[0], columns = matrix.shape()[1];
    Tensor result({columns, rows});
    for (std::size_t r = 0; r < rows; ++r)
        for (std::size_t c = 0; c < columns; ++c)
            result.values()[c * rows + r] = matrix.values()[r * columns + c];
    return result;
}

void set_cell_weights(Layer& cell, const GateRow& row, const FileCell& file) {
    const auto units = static_cast<std::size_t>(cell.units);
    const std::size_t columns = units * static_cast<std::size_t>(gate_count(cell.kind));
    const auto in_order = [&](const char* what, const Tensor& values) {
        require(cell, what, values, columns);
        return reordered(values, cell.kind, row.gates, units);
    };
    const auto turned = [&](const Tensor& m) { return row.transposed ? transposed(m) : m; };
    cell.weights["kernel"] = in_order("kernel", turned(file.kernel));
    cell.weights["recurrent_kernel"] = in_order("recurrent kernel", turned(file.recurrent));
    cell.use_bias = file.bias.size() > 0;
    if (!cell.use_bias)
        return;
    const Tensor bias = in_order("bias", file.bias);
    const bool has_two = file.recurrent_bias.size() > 0;
    const bool keeps_two = cell.kind == Kind::gru && cell.reset_after;
    const Tensor second = has_two ? in_order("second bias", file.recurrent_bias) : Tensor(bias.shape());
    cell.weights["bias"] = keeps_two || !has_two ? bias : sum(bias, second);
    if (keeps_two)
        cell.weights["recurrent_bias"] = second;
}

} // namespace timeloom::importing
