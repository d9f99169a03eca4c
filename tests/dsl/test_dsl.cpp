// Declarations of cells and models: parameter counts, shapes, options, and the graphs they build. What the
// compiler can check is checked by it.
#include "../support/golden_file.hpp"
#include "dsl_cells.hpp"

#include "timeloom/dsl/models/describe.hpp"
#include "timeloom/dsl/network/fingerprint.hpp"

#include <catch2/catch.hpp>

#include <type_traits>

namespace {

using namespace timeloom::tests;

// ---- Parameter counts ----

constexpr auto lstm_stack = sequential(input<200>(), embedding<10000, 100>(), lstm<64>(return_sequences),
                                       lstm<64>(), dense<1>(sigmoid));
constexpr auto gru_stack = sequential(input<200>(), embedding<10000, 100>(), gru<64>(return_sequences),
                                      gru<64>(), dense<1>(sigmoid));
constexpr auto gru_reset_before_stack =
    sequential(input<200>(), embedding<10000, 100>(), gru<64>(return_sequences, reset_after(false)),
               gru<64>(reset_after(false)), dense<1>(sigmoid));
constexpr auto simple_rnn_stack =
    sequential(input<200>(), embedding<10000, 100>(), simple_rnn<64>(return_sequences), simple_rnn<64>(),
               dense<1>(sigmoid));

static_assert(lstm_stack.parameters(0) == 1'000'000);
static_assert(lstm_stack.parameters(1) == 42'240);
static_assert(lstm_stack.parameters(2) == 33'024);
static_assert(lstm_stack.parameters(3) == 65);
static_assert(lstm_stack.parameters() == 1'075'329);
static_assert(gru_stack.parameters() == 1'056'897);
static_assert(gru_reset_before_stack.parameters() == 1'056'513);
static_assert(simple_rnn_stack.parameters() == 1'018'881);
static_assert(sequential(input<10, 128>(), lstm<64>()).parameters() == 49'408);
static_assert(count_parameters(peephole_lstm_cell, 100, 64) == 42'240 + 3 * 64);

template <class Model>
void check_counts(const Model& model, const std::string& name) {
    INFO(name);
    const nlohmann::json file = timeloom::golden::read("keras_counts.json");
    for (const auto& c : file.at("cases")) {
        if (c.at("name") == name) {
            for (std::size_t i = 0; i < c.at("layers").size(); ++i) {
                CHECK(model.parameters(static_cast<int>(i)) == c.at("layers")[i].at("count").get<long>());
            }
            CHECK(model.parameters() == c.at("total").get<long>());
            return;
        }
    }
    FAIL("golden/keras_counts.json has no such case");
}

// ---- Shapes ----

template <class Expected>
constexpr bool gives(const auto& model) {
    return std::is_same_v<typename std::remove_cvref_t<decltype(model)>::output, Expected>;
}

constexpr auto words = input<5>();
constexpr auto series = input<5, 3>();

static_assert(gives<sequence<5, 8>>(sequential(words, embedding<100, 8>())));
static_assert(gives<sequence<5, 4>>(sequential(series, lstm<4>(return_sequences))));
static_assert(gives<timeloom::declaration::vector<4>>(sequential(series, lstm<4>())));
static_assert(gives<timeloom::declaration::vector<2>>(sequential(series, gru<4>(), dense<2>())));
static_assert(gives<sequence<5, 2>>(sequential(series, dense<2>())));
static_assert(gives<sequence<5, 3>>(sequential(series, dropout(0.5))));
static_assert(gives<timeloom::declaration::vector<2>>(sequential(series, lstm<4>(), dense<2>(), softmax)));
static_assert(hana::size(lstm_stack.shapes()) == hana::size_c<5>);

// ---- Options ----

template <int Position>
constexpr const auto& layer_at(const auto& model) {
    return hana::at_c<Position + 1>(model.elements).layer;
}

constexpr auto both_ways = sequential(series, bidirectional(lstm<4>(return_sequences)),
                                      lstm<4>(return_sequences), bidirectional(gru<3>(stateful), merge::mul));

static_assert(both_ways.parameters(0) == 2 * sequential(series, lstm<4>()).parameters());
static_assert(gives<sequence<5, 8>>(sequential(series, bidirectional(lstm<4>(return_sequences)))));
static_assert(gives<timeloom::declaration::vector<8>>(sequential(series, bidirectional(lstm<4>()))));
static_assert(gives<sequence<5, 4>>(sequential(series,
                                               bidirectional(lstm<4>(return_sequences), merge::ave))));
static_assert(gives<timeloom::declaration::vector<3>>(both_ways));
static_assert(gives<sequence<4, 2>>(sequential(series, lstm<2>(), repeat_vector<4>())));
static_assert(gives<timeloom::declaration::vector<15>>(sequential(series, activation(tanh), flatten())));
static_assert(gives<sequence<5, 2>>(sequential(series, time_distributed(dense<2>()))));
static_assert(layer_at<2>(both_ways).inner.keeps_states && !layer_at<1>(both_ways).keeps_states);

constexpr bool same(const graph& a, const graph& b) { return print(a) == print(b); }

constexpr auto options =
    sequential(series, lstm<4>(return_sequences, activation(relu), recurrent_activation(softplus), unroll(5)),
               dropout(0.25), gru<4>(dropout(0.5)));

static_assert(same(layer_at<0>(options).cell, lstm_cell(relu, softplus)));
static_assert(!same(layer_at<0>(options).cell, lstm_cell()));
static_assert(layer_at<0>(options).unrolled == 5 && layer_at<0>(options).input_dropout == 0);
static_assert(layer_at<1>(options).rate == 0.25);
static_assert(layer_at<2>(options).input_dropout == 0.5 && layer_at<2>(options).unrolled == 1);
static_assert(same(layer_at<1>(gru_reset_before_stack).cell, gru_reset_before_cell()));
static_assert(same(layer_at<1>(gru_stack).cell, gru_cell()));

/// Any function of expressions is an activation.
constexpr expr own_activation(const expr& x) { return x / (1 + abs(x)); }
static_assert(print(dense_cell(own_activation)) == "z_y = x·W_y + b_y\n"
                                                   "output = z_y / (1 + abs(z_y))\n");

// ---- Graphs ----

/// The equation as it is printed, whether or not it reads all of its operands.
template <class Equation>
constexpr printed_graph pointwise(const Equation& equation) {
    graph g;
    const inputs x(g);
    const weights<"p"> p(g);
    g.output = equation(x, p).in(g);
    return print(compact(g));
}

static_assert(pointwise([](expr x, expr) { return x * 1; }) == "output = x\n");
static_assert(pointwise([](expr x, expr) { return 1 * x; }) == "output = x\n");
static_assert(pointwise([](expr x, expr) { return x * 0; }) == "output = 0\n");
static_assert(pointwise([](expr x, expr) { return -1 * x; }) == "output = -x\n");
static_assert(pointwise([](expr x, expr) { return x + 0; }) == "output = x\n");
static_assert(pointwise([](expr x, expr) { return x - 0; }) == "output = x\n");
static_assert(pointwise([](expr x, expr) { return 0 - x; }) == "output = -x\n");
static_assert(pointwise([](expr x, expr) { return -(-x); }) == "output = x\n");
static_assert(pointwise([](expr x, expr p) { return x + -p; }) == "output = x - p\n");
static_assert(pointwise([](expr x, expr p) { return x - -p; }) == "output = x + p\n");
static_assert(pointwise([](expr x, expr p) { return x - (p - x); }) == "output = x - (p - x)\n");
static_assert(pointwise([](expr x, expr p) { return (x + p) * -0.125; }) == "output = (x + p) * -0.125\n");
static_assert(pointwise([](expr x, expr p) { return x / (p / x); }) == "output = x / (p / x)\n");
static_assert(pointwise([](expr x, expr p) { return x * (p / x); }) == "output = x * (p / x)\n");
static_assert(pointwise([](expr x, expr p) { return x * (p * x); }) == "output = x * p * x\n");
static_assert(pointwise([](expr x, expr p) { return max(x, 2.5 * p); }) == "output = max(x, 2.5 * p)\n");

// What is written twice is computed once.
static_assert(pointwise([](expr x, expr p) { return tanh(x + p) * exp(tanh(x + p)); }) ==
              "v1 = tanh(x + p)\n"
              "output = v1 * exp(v1)\n");

// Sums of products are one sum, unless a matrix would stand in it twice.
static_assert(print(cell<"merged">([](inputs x, state<"h"> h) {
                  return next(h = tanh(product<"a">(x) + (affine<"b">(h) + affine<"c">(x))));
              })) == "z_a = x·W_a + h·U_b + x·W_c + b_recurrent_b + b_c\n"
                     "next_h = tanh(z_a)\n");
static_assert(print(cell<"twice">([](inputs x, state<"h"> h) {
                  return next(h = affine<"a">(x, h) + product<"a">(x));
              })) == "z_a = x·W_a + h·U_a + b_a\n"
                     "z_a_2 = x·W_a\n"
                     "next_h = z_a + z_a_2\n");

// What no result needs is dropped. (A product or weights<> that nothing reads is a compile error.)
constexpr graph with_dead_code = cell<"with_dead_code">([](inputs x, state<"h"> h) {
    [[maybe_unused]] const auto dead = exp(x + h) * 3;
    return next(h = tanh(affine<"h">(x, h)));
});
static_assert(with_dead_code.nodes.size() == 4 && with_dead_code.affines.size() == 1);
static_assert(with_dead_code.matrices.size() == 2 && with_dead_code.vectors.size() == 1);
static_assert(same(with_dead_code, simple_rnn_cell()));

// States keep the order of their declaration; the first that next() names is the output.
static_assert(delay_cell.states[0].label == "a" && delay_cell.states[3].label == "d");
static_assert(print(delay_cell) == "z_a = x·W_a + d·U_a + b_a\n"
                                   "next_a = tanh(z_a)\n"
                                   "next_b = a\n"
                                   "next_c = b\n"
                                   "next_d = c\n"
                                   "output = b\n");
static_assert(print(chain_cell) == "z_first = x·W_first + h·U_first + b_first\n"
                                   "u_second = relu(z_first)·U_second + b_recurrent_second\n"
                                   "a_second = tanh(u_second)\n"
                                   "u_third = a_second·U_third + h·U_third_2\n"
                                   "output = sigmoid(u_third) * a_second\n"
                                   "next_h = 0.5 * h + a_second\n");

// Parameters stand gate by gate, a gate's kernel before its recurrent kernel, whatever the order of
// evaluation.
constexpr graph gru = gru_cell();
static_assert(gru.matrices.size() == 6 && gru.vectors.size() == 6);
static_assert(gru.matrices[0].gate == "z" && gru.nodes[gru.matrices[0].operand].kind == node_kind::input);
static_assert(gru.matrices[1].gate == "z" && gru.nodes[gru.matrices[1].operand].kind == node_kind::state);
static_assert(gru.matrices[2].gate == "r" && gru.matrices[4].gate == "h");
static_assert(gru.vectors[4].kind == vector_parameter::role::bias &&
              gru.vectors[5].kind == vector_parameter::role::recurrent_bias);

// Only a forget gate's bias starts at one.
constexpr graph lstm_graph = lstm_cell();
static_assert(lstm_graph.vectors[0].initial == 0 && lstm_graph.vectors[1].initial == 1);

// An input that is used pointwise must be as wide as the cell.
static_assert(!uses_input_pointwise(lstm_graph) && uses_input_pointwise(shared_cell));
static_assert(uses_input_pointwise(cell<"copy">([](inputs x, state<"h"> h) {
    return output(x, next(h = h));
})));

} // namespace

TEST_CASE("parameter counts are Keras's") {
    check_counts(lstm_stack, "lstm_stack");
    check_counts(gru_stack, "gru_stack");
    check_counts(gru_reset_before_stack, "gru_reset_before_stack");
    check_counts(simple_rnn_stack, "simple_rnn_stack");
}

TEST_CASE("layers are named as in Keras") {
    const network n = describe(lstm_stack);
    REQUIRE(n.layers.size() == 4);
    CHECK(n.layers[0].name == "embedding");
    CHECK(n.layers[1].name == "lstm");
    CHECK(n.layers[2].name == "lstm_1");
    CHECK(n.layers[3].name == "dense");
    CHECK(n.layers[1].return_sequences);
    CHECK_FALSE(n.layers[2].return_sequences);
    CHECK(n.inputs[0].timesteps == 200);
    CHECK(n.layers[1].features == 100);
}

TEST_CASE("names that are given stay; others get out of their way") {
    const network n = describe(functional(input<7, 3>(), lstm<4>(return_sequences), named<"lstm">(lstm<4>()),
                                          named<"dense_1">(dense<2>()), dense<2>(), dense<2>()));
    std::vector<std::string> names;
    for (const layer& l : n.layers) {
        names.push_back(l.name);
    }
    CHECK(names == std::vector<std::string>{"lstm_1", "lstm", "dense_1", "dense", "dense_2"});
}

TEST_CASE("a bidirectional layer is named after the layer that it wraps") {
    const network n = describe(both_ways);
    std::vector<std::string> names;
    for (const layer& l : n.layers) {
        names.push_back(l.name);
    }
    CHECK(names == std::vector<std::string>{"bidirectional/forward_lstm", "bidirectional/backward_lstm",
                                            "bidirectional", "lstm_1", "bidirectional_1/forward_gru",
                                            "bidirectional_1/backward_gru", "bidirectional_1"});
    CHECK(n.layers[1].go_backwards);
    CHECK_FALSE(n.layers[0].go_backwards);
    CHECK(n.layers[2].output_timesteps() == 5);
    CHECK(n.layers[6].output_timesteps() == 1);
    CHECK(n.layers[3].features == 8);
}

TEST_CASE("a layer for every time step counts as one of its kind") {
    const network n = describe(sequential(series, time_distributed(dense<4>()), flatten(), dense<2>()));
    CHECK(n.layers[0].name == "time_distributed/dense");
    CHECK(n.layers[1].name == "flatten");
    CHECK(n.layers[2].name == "dense_1");
    CHECK(n.layers[2].features == 20);
}

TEST_CASE("what only a run tells of a cell is an Error with the same sentence") {
    const double two = 2; // captured, so that the equations are read when the program runs
    const auto forgetful = [two](inputs x, state<"h"> h, state<"c">) {
        return next(h = two * tanh(affine<"g">(x, h)));
    };
    CHECK_THROWS_AS(cell<"forgetful">(forgetful), timeloom::Error);
    CHECK_THROWS_WITH(
        cell<"forgetful">(forgetful),
        "cell \"forgetful\": next(...) leaves out state \"c\": it names the value of every state");
}

TEST_CASE("the fingerprint tells declarations apart") {
    const auto of = [](const auto& model) { return timeloom::declaration::fingerprint(describe(model), 6); };
    const auto base = of(sequential(series, lstm<4>()));
    CHECK(base == of(sequential(series, lstm<4>())));
    CHECK(base != of(sequential(series, lstm<5>())));
    CHECK(base != of(sequential(series, lstm<4>(return_sequences))));
    CHECK(base != of(sequential(series, lstm<4>(activation(relu)))));
    CHECK(base != of(sequential(series, recurrent<4>(peephole_lstm_cell))));
    CHECK(base != of(sequential(series, lstm<4>(unroll(2)))));
    CHECK(of(sequential(series, bidirectional(lstm<4>()))) !=
          of(sequential(series, bidirectional(lstm<4>(), merge::sum))));
}
