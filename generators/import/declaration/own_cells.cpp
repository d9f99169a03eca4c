#include "timeloom/generators/import/declaration/own_cells.hpp"

#include "timeloom/generators/import/declaration/declaration_words.hpp"
#include "timeloom/runtime/base/crc32.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <span>

namespace timeloom::importing {

namespace {

constexpr std::size_t longest_name = 40; // of a cell

std::string checksum(const std::string& text) {
    std::array<char, 8> digits;
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(),
                                   crc32(std::as_bytes(std::span(text))), 16);
    return {digits.data(), end.ptr};
}

bool couples(const Layer& layer) { return layer.kind == Kind::lstm && layer.extras.couples_gates; }

/// The equations of one cell, line by line.
class OwnCell {
  public:
    explicit OwnCell(const Layer& layer) : layer_(layer), name_(own_cell_name(layer)) {}

    std::string text() const {
        std::string result = "/// " + comment() + "\ninline constexpr auto " + name_ + " = cell<\"" + name_ +
                             "\">(" + gates() + "\n    [](" + parameters() + ") {\n";
        if (layer_.has("initial_h"))
            result += line("h_before = h + initial_h");
        if (layer_.has("initial_c"))
            result += line("c_before = c + initial_c");
        result += layer_.kind == Kind::lstm ? lstm() : layer_.kind == Kind::gru ? gru() : simple_rnn();
        return result + "});\n";
    }

  private:
    static std::string line(const std::string& equation) { return "    const auto " + equation + ";\n"; }

    std::string comment() const {
        std::string what = layer_.kind == Kind::lstm  ? "An LSTM"
                           : layer_.kind == Kind::gru ? "A GRU"
                                                      : "A simple RNN";
        if (layer_.has("initial_h") || layer_.has("initial_c"))
            what += " whose states begin with values that it was trained to: those kept here are what they "
                    "differ by.";
        else
            what += " that Keras does not have.";
        return what;
    }
    std::string gates() const {
        if (layer_.kind == Kind::lstm)
            return couples(layer_) ? "gates<\"i\", \"c\", \"o\">," : "gates<\"i\", \"f\", \"c\", \"o\">,";
        return layer_.kind == Kind::gru ? "gates<\"z\", \"r\", \"h\">," : "";
    }
    std::string parameters() const {
        std::string result = "inputs x, state<\"h\"> h";
        if (layer_.kind == Kind::lstm)
            result += ", state<\"c\"> c";
        for (const char* role : {"initial_h", "initial_c", "peephole_i", "peephole_f", "peephole_o"})
            if (layer_.has(role) && own_cell_reads(layer_, role))
                result += ", weights<\"" + std::string(role) + "\"> " + role;
        return result;
    }

    std::string h() const { return layer_.has("initial_h") ? "h_before" : "h"; }
    std::string c() const { return layer_.has("initial_c") ? "c_before" : "c"; }
    /// The state that is kept of this value.
    std::string kept(const std::string& value, const char* state) const {
        const std::string start = std::string("initial_") + state;
        return std::string(state) + " = " + value + (layer_.has(start) ? " - " + start : "");
    }
    std::string result(const std::string& output, const std::string& states) const {
        return layer_.has("initial_h") ? "    return output(" + output + ", next(" + states + "));\n"
                                       : "    return next(" + states + ");\n";
    }
    std::string product(const std::string& gate, const std::string& operands) const {
        return (layer_.use_bias ? "affine<\"" : "product<\"") + gate + "\">(" + operands + ")";
    }
    std::string clipped(const std::string& sum) const {
        if (layer_.extras.clip == 0)
            return sum;
        const std::string bound = number(layer_.extras.clip);
        return "max(min(" + sum + ", " + bound + "), -" + bound + ")";
    }
    std::string applied(const std::string& function, const std::string& sum) const {
        const std::string inside = clipped(sum);
        return function == "linear" ? inside : function + "(" + inside + ")";
    }
    std::string gate(const std::string& sum) const { return applied(layer_.recurrent_activation, sum); }
    std::string peephole(const char* name, const std::string& state) const {
        const std::string role = std::string("peephole_") + name;
        return layer_.has(role) ? " + " + role + " * " + state : "";
    }

    std::string simple_rnn() const {
        return line("h_next = " + applied(layer_.activation, product("h", "x, " + h()))) +
               result("h_next", kept("h_next", "h"));
    }

    std::string lstm() const {
        const std::string both = "x, " + h();
        const std::string outer =
            layer_.extras.output_activation.empty() ? layer_.activation : layer_.extras.output_activation;
        std::string lines = line("i = " + gate(product("i", both) + peephole("i", c())));
        lines += line("f = " + (couples(layer_) ? "1 - i" : gate(product("f", both) + peephole("f", c()))));
        lines += line("c_next = f * " + c() + " + i * " + applied(layer_.activation, product("c", both)));
        lines += line("o = " + gate(product("o", both) + peephole("o", "c_next")));
        lines += line("h_next = o * " + applied(outer, "c_next"));
        return lines + result("h_next", kept("h_next", "h") + ", " + kept("c_next", "c"));
    }

    std::string gru() const {
        const std::string state = h();
        const auto sums = [&](const char* name) {
            return layer_.reset_after ? product(name, "x") + " + " + product(name, state)
                                      : product(name, "x, " + state);
        };
        std::string lines = line("z = " + gate(sums("z"))) + line("r = " + gate(sums("r")));
        const std::string candidate = layer_.reset_after ? product("h", "x") + " + r * " + product("h", state)
                                                         : product("h", "x, r * " + state);
        lines += line("candidate = " + applied(layer_.activation, candidate));
        lines += line("h_next = z * " + state + " + (1 - z) * candidate");
        return lines + result("h_next", kept("h_next", "h"));
    }

    const Layer& layer_;
    std::string name_;
};

} // namespace

std::string own_cell_name(const Layer& layer) {
    if (!layer.is_own_cell())
        return "";
    std::string name = spelling(layer.kind);
    const auto add = [&](bool has, const std::string& what) { name += has ? "_" + what : ""; };
    add(layer.has("initial_h") || layer.has("initial_c"), "started");
    add(layer.has("peephole_i") || layer.has("peephole_f") || layer.has("peephole_o"), "peephole");
    add(couples(layer), "coupled");
    add(layer.kind == Kind::gru && !layer.reset_after, "reset_before");
    add(!layer.use_bias, "unbiased");
    add(layer.activation != "tanh", layer.activation);
    add(layer.kind != Kind::simple_rnn && layer.recurrent_activation != "sigmoid",
        "gates_" + layer.recurrent_activation);
    add(!layer.extras.output_activation.empty(), "output_" + layer.extras.output_activation);
    if (layer.extras.clip > 0) {
        std::string bound = number(layer.extras.clip);
        for (char& c : bound)
            c = c == '.' || c == '-' || c == '+' ? '_' : c;
        name += "_clip_" + bound;
    }
    return name.size() <= longest_name ? name : std::string(spelling(layer.kind)) + "_" + checksum(name);
}

std::string own_cell_text(const Layer& layer) { return OwnCell(layer).text(); }

bool own_cell_reads(const Layer& layer, const std::string& role) {
    return !(couples(layer) && role == "peephole_f");
}

Tensor as_own_cell_has_it(const Layer& layer, const std::string& role, const Tensor& values) {
    const bool is_gates = role == "kernel" || role == "recurrent_kernel" || role == "bias";
    if (!couples(layer) || !is_gates)
        return values;
    const auto units = static_cast<std::size_t>(layer.units);
    const std::size_t rows = values.rows();
    Tensor result(values.rank() == 1 ? Shape{3 * units} : Shape{rows, 3 * units});
    for (std::size_t r = 0; r < rows; ++r) { // all gates but f, the second
        std::ranges::copy(values.row(r).first(units), result.row(r).begin());
        std::ranges::copy(values.row(r).subspan(2 * units), result.row(r).subspan(units).begin());
    }
    return result;
}

} // namespace timeloom::importing
