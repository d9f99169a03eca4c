// What layers say about their parameters: counts, initial values, rules, and what of it kernels depend on.
#include "timeloom/dsl/dsl.hpp"
#include "timeloom/dsl/network/fingerprint.hpp"

#include <catch2/catch.hpp>

namespace {

using namespace timeloom::declaration;

constexpr auto series = input<5, 3>();

template <class... Layers>
constexpr long count(const Layers&... layers) {
    return sequential(series, layers...).parameters();
}

constexpr bool same(const graph& a, const graph& b) { return print(a) == print(b); }

// ---- use_bias and unit_forget_bias ----

static_assert(count(lstm<4>(use_bias(false))) == 4 * 4 * (3 + 4));
static_assert(count(gru<4>(use_bias(false))) == 3 * 4 * (3 + 4));
static_assert(count(gru<4>(use_bias(false), reset_after(false))) == 3 * 4 * (3 + 4));
static_assert(count(simple_rnn<4>(use_bias(false))) == 4 * (3 + 4));
static_assert(count(dense<4>(use_bias(false))) == 3 * 4);
static_assert(count(dense<4>(use_bias(true))) == 3 * 4 + 4);

static_assert(print(simple_rnn_cell(tanh, use_bias(false))) == "z_h = x·W_h + h·U_h\n"
                                                               "next_h = tanh(z_h)\n");
static_assert(print(gru_cell(tanh, sigmoid, use_bias(false))) == "z_z = x·W_z + h·U_z\n"
                                                                 "a_z = sigmoid(z_z)\n"
                                                                 "z_r = x·W_r + h·U_r\n"
                                                                 "z_h = x·W_h\n"
                                                                 "u_h = h·U_h\n"
                                                                 "next_h = a_z * h + (1 - a_z) * "
                                                                 "tanh(z_h + sigmoid(z_r) * u_h)\n");

static_assert(lstm<4>().cell.vectors[1].initial == 1);
static_assert(lstm<4>(unit_forget_bias(true)).cell.vectors[1].initial == 1);
static_assert(lstm<4>(unit_forget_bias(false)).cell.vectors[1].initial == 0);
static_assert(lstm<4>(unit_forget_bias(true), use_bias(false)).cell.vectors.empty());

// ---- The activation of a dense layer stands first or nowhere ----

constexpr expr own_activation(const expr& x) { return x / (1 + abs(x)); }
static_assert(same(dense<2>().cell, dense_cell(linear)));
static_assert(same(dense<2>(sigmoid).cell, dense_cell(sigmoid)));
static_assert(same(dense<2>(activation(sigmoid)).cell, dense_cell(sigmoid)));
static_assert(same(dense<2>(own_activation, kernel_initializer(ones)).cell, dense_cell(own_activation)));
static_assert(same(dense<2>(tanh, use_bias(false)).cell, dense_cell(tanh, use_bias(false))));
static_assert(same(dense<2>(kernel_initializer(ones)).cell, dense_cell(linear)));

// ---- Rules ----

constexpr auto ruled = lstm<4>(return_sequences, kernel_initializer(he_normal), kernel_regularizer(l1(0.25)),
                               recurrent_regularizer(l1_l2(1, 2)), recurrent_constraint(max_norm(3)),
                               bias_initializer(constant(0.5)), bias_constraint(max_norm()));
static_assert(ruled.rules.kernel == parameter_rules{he_normal, {.l1 = 0.25}, 0});
static_assert(ruled.rules.recurrent == parameter_rules{{}, {.l1 = 1, .l2 = 2}, 3});
static_assert(ruled.rules.bias == parameter_rules{constant(0.5), {}, 2});
static_assert(gru<4>().rules == layer_rules{});
static_assert(l2() == regularizer{0, 0.01});
static_assert(initializer(random_uniform) == random_uniform(-0.05, 0.05));
static_assert(initializer(random_normal) == random_normal(0, 0.05));
static_assert(initializer(orthogonal) == orthogonal(1));
static_assert(recurrent<4>(lstm_cell(), kernel_regularizer(l2(0.5))).rules.kernel.penalty.l2 == 0.5);
static_assert(embedding<7, 3>(embeddings_constraint(max_norm(4))).rules.max_norm == 4);

// ---- layer_normalization ----

static_assert(count(layer_normalization()) == 6);
static_assert(count(layer_normalization(center(false))) == 3);
static_assert(count(layer_normalization(1e-5, center(false), scale(false))) == 0);
static_assert(layer_normalization().options.epsilon == 1e-3);
static_assert(layer_normalization(1e-5, gamma_regularizer(l2(0.5))).rules.kernel.penalty.l2 == 0.5);
static_assert(layer_normalization(beta_initializer(ones)).rules.bias.start == ones);

} // namespace

TEST_CASE("rules reach the plain data of a layer, and both copies in a bidirectional one") {
    const network n =
        describe(sequential(series, bidirectional(ruled), layer_normalization(0.5, scale(false)),
                            time_distributed(dense<2>(kernel_constraint(max_norm(2)))), flatten()));
    CHECK(n.layers[0].rules == ruled.rules);
    CHECK(n.layers[1].rules == ruled.rules);
    CHECK(n.layers[3].name == "layer_normalization");
    CHECK(n.layers[3].normalized.epsilon == 0.5);
    CHECK(n.layers[3].normalized.center);
    CHECK_FALSE(n.layers[3].normalized.scale);
    CHECK(n.layers[4].rules.kernel.max_norm == 2);
}

TEST_CASE("kernels depend on biases, but not on the rules of parameters") {
    const auto of = [](const auto& layer) { return fingerprint(describe(sequential(series, layer)), 6); };
    CHECK(of(lstm<4>()) != of(lstm<4>(use_bias(false))));
    CHECK(of(dense<4>()) != of(dense<4>(use_bias(false))));
    CHECK(of(lstm<4>()) == of(lstm<4>(unit_forget_bias(false))));
    CHECK(of(lstm<4>()) == of(lstm<4>(kernel_regularizer(l2(0.5)), bias_constraint(max_norm(2)))));
}
