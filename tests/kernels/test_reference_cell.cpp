// The reference itself: the interpreted graph against equations written out by hand, the tape against finite
// differences.
#include "named_cells.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace timeloom;
using namespace timeloom::tests;

namespace {

const cell_shape small_shape{.features = 3, .units = 4, .timesteps = 5, .rows = 2, .return_sequences = true};

/// All gradients of a solution beside the numbers of the problem that they belong to.
std::vector<std::pair<values*, const values*>> gradients_of(cell_problem& p, const cell_solution& s) {
    std::vector<std::pair<values*, const values*>> pairs{{&p.input, &s.diff_input}};
    for (std::size_t i = 0; i < p.matrices.size(); ++i) {
        pairs.emplace_back(&p.matrices[i], &s.diff_matrices[i]);
    }
    for (std::size_t i = 0; i < p.vectors.size(); ++i) {
        pairs.emplace_back(&p.vectors[i], &s.diff_vectors[i]);
    }
    for (std::size_t i = 0; i < p.initial.size(); ++i) {
        pairs.emplace_back(&p.initial[i], &s.diff_initial[i]);
    }
    return pairs;
}

/// Central difference: its error is of order step² from the curvature and 1e-16 / step from rounding.
double finite_difference(const cell_problem& p, double& x) {
    constexpr double step = 1e-5;
    const double before = x;
    x = before + step;
    const double above = loss_of(p);
    x = before - step;
    const double below = loss_of(p);
    x = before;
    return (above - below) / (2 * step);
}

} // namespace

TEST_CASE("interpreted graphs agree with equations written out by hand") {
    for (const named_cell& c : named_cells()) {
        for (const bool return_sequences : {true, false}) {
            INFO(c.name << (return_sequences ? ", all outputs" : ", last output"));
            cell_shape shape = small_shape;
            shape.return_sequences = return_sequences;
            cell_problem p = random_problem(c.graph, shape, 1);
            const cell_solution interpreted = solve(p);
            const cell_solution by_hand = solve_by_hand(c.name, p);
            CHECK(interpreted.loss == Approx(by_hand.loss).epsilon(1e-12));
            CHECK(largest_difference(interpreted.output, by_hand.output) < 1e-13);
            for (std::size_t s = 0; s < p.initial.size(); ++s) {
                CHECK(largest_difference(interpreted.states[s], by_hand.states[s]) < 1e-13);
            }
            const auto left = gradients_of(p, interpreted);
            const auto right = gradients_of(p, by_hand);
            for (std::size_t i = 0; i < left.size(); ++i) {
                CHECK(largest_difference(*left[i].second, *right[i].second) < 1e-12);
            }
        }
    }
}

TEST_CASE("the tape's gradients are finite differences of the loss") {
    for (const named_cell& c : named_cells()) {
        cell_problem p = random_problem(c.graph, small_shape, 2);
        const cell_solution s = solve(p);
        CHECK(s.loss == Approx(loss_of(p)).epsilon(1e-12));
        double worst = 0;
        for (const auto& [numbers, gradient] : gradients_of(p, s)) {
            for (std::size_t i = 0; i < numbers->data.size(); ++i) {
                const double difference = finite_difference(p, numbers->data[i]);
                worst = std::max(worst, std::abs(difference - gradient->data[i]));
            }
        }
        INFO(c.name);
        CHECK(worst < 1e-8);
    }
}

TEST_CASE("the tape knows the derivative of every operation of the table") {
    using namespace timeloom::declaration;
    constexpr graph all = cell<"all_operations">([](inputs x, state<"h"> h, weights<"w"> w) {
        const auto a = affine<"a">(x);
        const auto b = product<"b">(h);
        const auto quotient = (exp(-abs(a)) + w) / sqrt(1 + b * b);
        const auto kinks = min(a, b) - max(a, w) + relu(b) * greater(a, w);
        return next(h = tanh(quotient) + log(1 + abs(h)) - 0.1 * softplus(a) + 0.2 * kinks * sigmoid(b));
    });
    cell_problem p = random_problem(all, small_shape, 3);
    const cell_solution s = solve(p);
    REQUIRE(s.kink_distance > 1e-4);
    for (const auto& [numbers, gradient] : gradients_of(p, s)) {
        for (std::size_t i = 0; i < numbers->data.size(); ++i) {
            CHECK(finite_difference(p, numbers->data[i]) == Approx(gradient->data[i]).margin(1e-7));
        }
    }
}
