// Derived backward steps: as text where it is known, and in numbers for every kind of cell.
#include "../kernels/step_values.hpp"
#include "dsl_cells.hpp"

#include <catch2/catch.hpp>

namespace {

using namespace timeloom::tests;

static_assert(print(lstm_cell()) == "z_i = x·W_i + h·U_i + b_i\n"
                                    "z_f = x·W_f + h·U_f + b_f\n"
                                    "z_c = x·W_c + h·U_c + b_c\n"
                                    "z_o = x·W_o + h·U_o + b_o\n"
                                    "next_c = sigmoid(z_f) * c + sigmoid(z_i) * tanh(z_c)\n"
                                    "next_h = sigmoid(z_o) * tanh(next_c)\n");

static_assert(print(differentiate(simple_rnn_cell())) ==
              "z_h = x·W_h + h·U_h + b_h\n"
              "next_h = tanh(z_h)\n"
              "diff_z_h = (diff_output + diff_next_h) * (1 - next_h * next_h)\n"
              "diff_h = diff_z_h·U_hᵀ\n"
              "diff_x = diff_z_h·W_hᵀ\n"
              "diff_W_h = Σ xᵀ·diff_z_h\n"
              "diff_U_h = Σ hᵀ·diff_z_h\n"
              "diff_b_h = Σ diff_z_h\n");

static_assert(print(differentiate(dense_cell(sigmoid))) == "z_y = x·W_y + b_y\n"
                                                           "output = sigmoid(z_y)\n"
                                                           "diff_z_y = diff_output * output * (1 - output)\n"
                                                           "diff_x = diff_z_y·W_yᵀ\n"
                                                           "diff_W_y = Σ xᵀ·diff_z_y\n"
                                                           "diff_b_y = Σ diff_z_y\n");

/// True if the derived step of `cell` has this line.
constexpr bool has_line(const printed_graph& text, std::string_view line) {
    const std::size_t at = text.view().find(line);
    return at != std::string_view::npos && (at == 0 || text.view()[at - 1] == '\n') &&
           text.view()[at + line.size()] == '\n';
}

// With v1 = tanh(c'), v2 = dL/dh', v3 = dL/dc': the equations that textbooks give.
constexpr printed_graph lstm_step = print(differentiate(lstm_cell()));
static_assert(has_line(lstm_step, "v1 = tanh(next_c)"));
static_assert(has_line(lstm_step, "v2 = diff_output + diff_next_h"));
static_assert(has_line(lstm_step, "v3 = diff_next_c + v2 * a_o * (1 - v1 * v1)"));
static_assert(has_line(lstm_step, "diff_z_i = v3 * a_c * a_i * (1 - a_i)"));
static_assert(has_line(lstm_step, "diff_z_f = v3 * c * a_f * (1 - a_f)"));
static_assert(has_line(lstm_step, "diff_z_c = v3 * a_i * (1 - a_c * a_c)"));
static_assert(has_line(lstm_step, "diff_z_o = v2 * v1 * a_o * (1 - a_o)"));
static_assert(has_line(lstm_step, "diff_c = v3 * a_f"));
static_assert(has_line(lstm_step, "diff_h = diff_z_i·U_iᵀ + diff_z_f·U_fᵀ + diff_z_c·U_cᵀ + diff_z_o·U_oᵀ"));

constexpr printed_graph gru_step = print(differentiate(gru_cell()));
static_assert(has_line(gru_step, "diff_u_h = diff_z_h * a_r"));
static_assert(has_line(gru_step, "diff_z_r = diff_z_h * u_h * a_r * (1 - a_r)"));
static_assert(has_line(gru_step, "diff_U_h = Σ hᵀ·diff_u_h"));
static_assert(has_line(gru_step, "diff_b_recurrent_h = Σ diff_u_h"));

constexpr printed_graph gru_reset_before_step = print(differentiate(gru_reset_before_cell()));
static_assert(has_line(gru_reset_before_step, "v1 = a_r * h"));
static_assert(has_line(gru_reset_before_step, "v4 = diff_z_h·U_hᵀ"));
static_assert(has_line(gru_reset_before_step, "diff_z_r = v4 * h * a_r * (1 - a_r)"));
static_assert(has_line(gru_reset_before_step, "diff_U_h = Σ v1ᵀ·diff_z_h"));

constexpr printed_graph peephole_step = print(differentiate(peephole_lstm_cell));
static_assert(has_line(peephole_step, "diff_c = v3 * a_f + diff_z_f * p_f + diff_z_i * p_i"));
static_assert(has_line(peephole_step, "diff_p_i = Σ diff_z_i * c"));
static_assert(has_line(peephole_step, "diff_p_o = Σ diff_z_o * next_c"));

// The workspace holds what is costly to repeat; states and outputs are kept anyway.
static_assert(differentiate(simple_rnn_cell()).saved.empty());
static_assert(differentiate(lstm_cell()).saved.size() == 5); // i, f, g, o, tanh(c')

/// A loss whose gradients with respect to output and next states are those of the point.
double loss(const graph& g, const step_point& at) {
    const std::vector<double> values = step_values(g, at);
    double total = at.diff_output * values[static_cast<std::size_t>(g.output)];
    for (int s = 0; s < g.states.size(); ++s) {
        total +=
            at.diff_next[static_cast<std::size_t>(s)] * values[static_cast<std::size_t>(g.states[s].next)];
    }
    return total;
}

/// Gradients of a derived step in numbers.
struct step_gradients {
    double x = 0;
    std::vector<double> states, matrices, vectors;
};

step_gradients derived(const differentiated_cell& cell, const step_point& at) {
    const graph& g = cell.step;
    const std::vector<double> values = step_values(g, at, &cell);
    const auto value = [&](int id) { return values[static_cast<std::size_t>(id)]; };
    const auto operand = [&](const operand_gradient& d) {
        double total = d.pointwise >= 0 ? value(d.pointwise) : 0;
        for (const int m : d.products.matrices) {
            total += value(cell.gates[cell.gate_of_matrix[m]]) * at.matrices[static_cast<std::size_t>(m)];
        }
        return total;
    };
    step_gradients result;
    result.x = operand(cell.diff_input);
    for (const operand_gradient& d : cell.diff_state) {
        result.states.push_back(operand(d));
    }
    for (int m = 0; m < g.matrices.size(); ++m) {
        result.matrices.push_back(value(g.matrices[m].operand) * value(cell.gates[cell.gate_of_matrix[m]]));
    }
    for (int v = 0; v < g.vectors.size(); ++v) {
        result.vectors.push_back(value(cell.diff_vector[v].node));
    }
    return result;
}

/// Central differences with step 1e-5 are good to about 1e-10 times the third derivative.
void check_gradients(const graph& g) {
    INFO(g.label.view());
    const differentiated_cell cell = differentiate(g);
    for (int seed = 1; seed <= 4; ++seed) {
        step_point at = some_point(g, seed);
        const step_gradients d = derived(cell, at);
        const auto check = [&](double& variable, double expected) {
            constexpr double h = 1e-5;
            const double here = variable;
            variable = here + h;
            const double above = loss(g, at);
            variable = here - h;
            const double below = loss(g, at);
            variable = here;
            CHECK((above - below) / (2 * h) == Approx(expected).epsilon(1e-7).margin(1e-8));
        };
        const auto check_all = [&](std::vector<double>& variables, const std::vector<double>& expected) {
            REQUIRE(variables.size() == expected.size());
            for (std::size_t i = 0; i < variables.size(); ++i) {
                check(variables[i], expected[i]);
            }
        };
        check(at.x, d.x);
        check_all(at.states, d.states);
        check_all(at.matrices, d.matrices);
        check_all(at.vectors, d.vectors);
    }
}

} // namespace

TEST_CASE("derived gradients agree with central differences") {
    for (const graph& g : {simple_rnn_cell(), simple_rnn_cell(relu), lstm_cell(), lstm_cell(softplus, tanh),
                           gru_cell(), gru_reset_before_cell(), dense_cell(), dense_cell(softplus),
                           peephole_lstm_cell, delay_cell, chain_cell, shared_cell}) {
        check_gradients(g);
    }
}

TEST_CASE("cells compute their equations") {
    const auto logistic = [](double v) { return 1 / (1 + std::exp(-v)); };
    const auto value = [](const graph& g, const step_point& at, int id) {
        return step_values(g, at)[static_cast<std::size_t>(id)];
    };
    SECTION("LSTM") {
        const graph g = lstm_cell();
        const step_point at = some_point(g, 7);
        const double h = at.states[0], c = at.states[1];
        const auto z = [&](std::size_t gate) {
            return at.matrices[2 * gate] * at.x + at.matrices[2 * gate + 1] * h + at.vectors[gate];
        };
        const double c_next = logistic(z(1)) * c + logistic(z(0)) * std::tanh(z(2));
        CHECK(value(g, at, g.states[1].next) == Approx(c_next).epsilon(1e-14));
        CHECK(value(g, at, g.output) == Approx(logistic(z(3)) * std::tanh(c_next)).epsilon(1e-14));
    }
    SECTION("GRU") {
        const graph g = gru_cell();
        const step_point at = some_point(g, 8);
        const double h = at.states[0];
        const auto x_part = [&](std::size_t gate) {
            return at.matrices[2 * gate] * at.x + at.vectors[2 * gate];
        };
        const auto h_part = [&](std::size_t gate) {
            return at.matrices[2 * gate + 1] * h + at.vectors[2 * gate + 1];
        };
        const double z = logistic(x_part(0) + h_part(0)), r = logistic(x_part(1) + h_part(1));
        const double expected = z * h + (1 - z) * std::tanh(x_part(2) + r * h_part(2));
        CHECK(value(g, at, g.output) == Approx(expected).epsilon(1e-14));
    }
    SECTION("GRU with the reset gate before the product") {
        const graph g = gru_reset_before_cell();
        const step_point at = some_point(g, 9);
        const double h = at.states[0];
        const auto sum = [&](std::size_t gate, double state) {
            return at.matrices[2 * gate] * at.x + at.matrices[2 * gate + 1] * state + at.vectors[gate];
        };
        const double z = logistic(sum(0, h)), r = logistic(sum(1, h));
        const double expected = z * h + (1 - z) * std::tanh(sum(2, r * h));
        CHECK(value(g, at, g.output) == Approx(expected).epsilon(1e-14));
    }
}
