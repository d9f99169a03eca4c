// Penalties and norms by their definitions, next to padding that means nothing, in any number of parts.
#include "timeloom/codegen/plan/model_plan.hpp"
#include "timeloom/dsl/dsl.hpp"
#include "timeloom/runtime/parameters/norm_constraint.hpp"
#include "timeloom/runtime/parameters/regularizer.hpp"

#include <catch2/catch.hpp>

#include <bit>
#include <cmath>
#include <limits>

using namespace timeloom;
using namespace timeloom::detail;

namespace {

namespace declared {

using namespace timeloom::declaration;

/// Widths that leave padding, and one that takes more than one block; rules on some parameters only.
network ruled() {
    return describe(sequential(
        input<4>(), embedding<7, 35>(embeddings_regularizer(l2(0.5)), embeddings_constraint(max_norm(0.75))),
        gru<19>(return_sequences, kernel_regularizer(l1(0.25)), bias_regularizer(l1_l2(0.125, 2)),
                kernel_constraint(max_norm(1)), bias_constraint(max_norm(0.25))),
        lstm<3>(recurrent_regularizer(l1_l2(0.5, 0.25)), recurrent_constraint(max_norm(0.5)),
                bias_constraint(max_norm(1.5))),
        dense<5>(bias_regularizer(l1(1)), bias_constraint(max_norm(0.5)))));
}

network unruled() { return describe(sequential(input<4>(), embedding<7, 3>(), gru<5>(), dense<1>())); }

} // namespace declared

/// Padding is NaN; values have either sign, some are zero.
std::vector<float> random_parameters(const plan::Model& model) {
    std::vector<float> buffer(model.parameters_size, std::numeric_limits<float>::quiet_NaN());
    Random random(4, 2);
    for (const plan::Parameter& p : model.parameters) {
        std::vector<float> values(p.size());
        for (float& value : values) {
            value = random.uniform(-1.0f, 1.0f);
            value = std::abs(value) < 0.125f ? 0.0f : value;
        }
        pack(p, values, buffer);
    }
    return buffer;
}

std::vector<float> values_of(const plan::Parameter& p, const std::vector<float>& buffer) {
    std::vector<float> values(p.size());
    unpack(p, buffer, values);
    return values;
}

bool same_bits(const std::vector<float>& a, const std::vector<float>& b) {
    return std::ranges::equal(a, b, {}, std::bit_cast<std::uint32_t, float>,
                              std::bit_cast<std::uint32_t, float>);
}

std::vector<float> penalty_gradients(const plan::Model& model, const std::vector<float>& parameters,
                                     std::size_t parts) {
    const Regularizer regularizer(model);
    std::vector<float> gradients(model.parameters_size, 0.0f);
    for (std::size_t part = 0; part < parts; ++part) {
        regularizer.add_gradients(part, parts, parameters, gradients);
    }
    return gradients;
}

double penalty(const plan::Model& model, const std::vector<float>& parameters, std::size_t parts) {
    Regularizer regularizer(model);
    for (std::size_t part = 0; part < parts; ++part) {
        regularizer.measure(part, parts, parameters);
    }
    return regularizer.penalty();
}

std::vector<float> constrained(const plan::Model& model, std::vector<float> parameters, std::size_t parts) {
    const NormConstraint constraint(model);
    for (std::size_t part = 0; part < parts; ++part) {
        constraint.apply(part, parts, parameters);
    }
    return parameters;
}

/// Norm of a column as Keras takes it: of a vector there is one, and a GRU has its two biases in one matrix.
double norm_of(const plan::Model& model, const plan::Parameter& p, std::size_t column,
               const std::vector<float>& buffer) {
    double squares = 0;
    const plan::Parameter* const other = other_bias(model, p);
    for (const plan::Parameter* row : {&p, other}) {
        const std::vector<float> values = row == nullptr ? std::vector<float>{} : values_of(*row, buffer);
        for (std::size_t i = 0; i < values.size(); ++i) {
            const bool counts = i % static_cast<std::size_t>(p.columns) == column;
            squares += counts || (p.is_vector && other == nullptr) ? double{values[i]} * values[i] : 0;
        }
    }
    return std::sqrt(squares);
}

} // namespace

TEST_CASE("a penalty is l1 times the magnitudes and l2 times the squares, its gradient the derivative") {
    const codegen::model_plan planned(declared::ruled(), "ruled");
    const plan::Model& model = planned.plan();
    const std::vector<float> parameters = random_parameters(model);
    const std::vector<float> gradients = penalty_gradients(model, parameters, 1);
    double expected = 0;
    for (const plan::Parameter& p : model.parameters) {
        const auto [l1, l2] = p.penalty;
        const std::vector<float> w = values_of(p, parameters), g = values_of(p, gradients);
        for (std::size_t i = 0; i < w.size(); ++i) {
            expected += l1 * std::abs(double{w[i]}) + l2 * w[i] * w[i];
            const double sign = w[i] > 0 ? 1 : w[i] < 0 ? -1 : 0;
            CHECK(g[i] == Approx(l1 * sign + 2 * l2 * w[i]).epsilon(1e-6));
        }
    }
    CHECK(penalty(model, parameters, 1) == Approx(expected).epsilon(1e-12));
    for (const std::size_t parts : {2, 5, 100}) {
        CHECK(penalty(model, parameters, parts) == penalty(model, parameters, 1));
        CHECK(same_bits(penalty_gradients(model, parameters, parts), gradients));
    }
}

TEST_CASE("max_norm scales columns down to the norm and leaves the others nearly as they were") {
    const codegen::model_plan planned(declared::ruled(), "ruled");
    const plan::Model& model = planned.plan();
    const std::vector<float> before = random_parameters(model);
    const std::vector<float> after = constrained(model, before, 1);
    for (const plan::Parameter& p : model.parameters) {
        const std::vector<float> from = values_of(p, before), to = values_of(p, after);
        for (std::size_t i = 0; i < from.size(); ++i) {
            CAPTURE(p.name, i);
            const double norm = norm_of(model, p, i % static_cast<std::size_t>(p.columns), before);
            const double scale = p.max_norm == 0 ? 1 : std::min(norm, p.max_norm) / (1e-7 + norm);
            CHECK(to[i] == Approx(scale * from[i]).epsilon(3e-7));
        }
    }
    for (const std::size_t parts : {2, 5, 100}) {
        CHECK(same_bits(constrained(model, before, parts), after));
    }
}

TEST_CASE("parameters without rules cost nothing, and their padding is left alone") {
    const codegen::model_plan planned_plain(declared::unruled(), "plain"),
        planned_ruled(declared::ruled(), "ruled");
    const plan::Model &plain = planned_plain.plan(), &ruled = planned_ruled.plan();
    CHECK_FALSE(Regularizer(plain).is_active());
    CHECK_FALSE(NormConstraint(plain).is_active());
    std::vector<float> zeros(ruled.parameters_size, 0.0f), marked = zeros;
    for (const plan::Parameter& p : ruled.parameters) {
        pack(p, std::vector<float>(p.size(), 1.0f), marked);
    }
    const std::vector<float> gradients =
        penalty_gradients(ruled, std::vector<float>(ruled.parameters_size, 1.0f), 3);
    const std::vector<float> limited = constrained(ruled, std::vector<float>(ruled.parameters_size, 1.0f), 3);
    for (std::size_t i = 0; i < marked.size(); ++i) {
        if (marked[i] == 0) {
            CHECK(gradients[i] == 0);
            CHECK(limited[i] == 1);
        }
    }
}
