// recurrent_dropout in a whole model: a training step by hand, with the mask's known numbers.
#include "../support/training_data.hpp"
#include "generated_cell.hpp"

#include "timeloom/dsl/dsl.hpp"
#include "timeloom/runtime/error.hpp"
#include "timeloom/runtime/layers/dropout_mask.hpp"

#include <catch2/catch.hpp>

using namespace timeloom;
using namespace timeloom::detail;
using namespace timeloom::tests;

namespace {

constexpr double rate = 0.5, learning_rate = 0.25;
constexpr std::uint64_t seed = 3;
constexpr cell_shape shape{.features = 2, .units = 5, .timesteps = 4, .rows = 7, .return_sequences = false};

declaration::network dropping() {
    return declaration::describe(
        dsl::sequential(dsl::input<4, 2>(), dsl::simple_rnn<5>(dsl::recurrent_dropout(rate))));
}

values as_values(const Tensor& t, int timesteps, int rows) {
    values v(timesteps, rows, static_cast<int>(t.size()) / timesteps / rows);
    std::ranges::copy(t.values(), v.data.begin());
    return v;
}

/// (batch, timesteps, features) in the reference's order.
values over_time(const Tensor& t) {
    values v(shape.timesteps, shape.rows, shape.features);
    std::size_t next = 0;
    for (int b = 0; b < v.rows; ++b) {
        for (int step = 0; step < v.timesteps; ++step) {
            for (int k = 0; k < v.width; ++k) {
                v.at(step, b, k) = t.values()[next++];
            }
        }
    }
    return v;
}

/// The model's weights and data; `step`: of training, whose mask is drawn, or -1.
cell_problem problem_of(const Model& model, const Tensor& x, int step) {
    cell_problem p = random_problem(dsl::simple_rnn_cell(), shape, 1);
    p.input = over_time(x);
    p.matrices = {as_values(model.get_weights("simple_rnn/kernel"), 1, shape.features),
                  as_values(model.get_weights("simple_rnn/recurrent_kernel"), 1, shape.units)};
    p.vectors = {as_values(model.get_weights("simple_rnn/bias"), 1, 1)};
    p.initial = {values(1, shape.rows, shape.units)};
    p.diff_final = {values(1, shape.rows, shape.units)};
    if (step >= 0) {
        p.recurrent_mask = values(1, shape.rows, shape.units);
        std::vector<float> row(static_cast<std::size_t>(plan::padded(shape.units)));
        for (int b = 0; b < shape.rows; ++b) {
            fill_dropout_mask({.training = true, .seed = seed, .step = static_cast<std::uint64_t>(step)},
                              1 << 14, rate, static_cast<std::size_t>(b) * row.size(), row);
            std::copy_n(row.begin(), shape.units, &p.recurrent_mask.at(0, b, 0));
        }
    }
    return p;
}

/// The last outputs.
values outputs_of(const cell_problem& p) {
    const cell_solution s = solve(p);
    values last(1, shape.rows, shape.units);
    std::copy_n(s.output.data.end() - static_cast<std::ptrdiff_t>(last.data.size()), last.data.size(),
                last.data.begin());
    return last;
}

void check_close(const Tensor& got, const values& expected) {
    REQUIRE(got.size() == expected.data.size());
    for (std::size_t i = 0; i < got.size(); ++i) {
        CHECK(got.values()[i] == Approx(expected.data[i]).margin(2e-6));
    }
}

void check_step(Model& model, const Tensor& x, const Tensor& y, int step) {
    check_close(model.predict(x), outputs_of(problem_of(model, x, -1)));

    cell_problem p = problem_of(model, x, step);
    const values output = outputs_of(p);
    const auto count = static_cast<double>(output.data.size());
    double loss = 0;
    for (std::size_t i = 0; i < output.data.size(); ++i) {
        const double error = output.data[i] - static_cast<double>(y.values()[i]);
        loss += error * error / count;
        p.diff_output.data[i] = 2 * error / count;
    }
    const cell_solution gradients = solve(p);
    const auto after = [](values weights, const values& gradient) {
        for (std::size_t i = 0; i < weights.data.size(); ++i) {
            weights.data[i] -= learning_rate * gradient.data[i];
        }
        return weights;
    };
    FitOptions one_step;
    one_step.batch_size = static_cast<std::size_t>(shape.rows);
    one_step.shuffle = false;
    CHECK(model.fit(x, y, one_step)[0].training.loss == Approx(loss).epsilon(2e-6));
    check_close(model.get_weights("simple_rnn/kernel"), after(p.matrices[0], gradients.diff_matrices[0]));
    check_close(model.get_weights("simple_rnn/recurrent_kernel"),
                after(p.matrices[1], gradients.diff_matrices[1]));
    check_close(model.get_weights("simple_rnn/bias"), after(p.vectors[0], gradients.diff_vectors[0]));
}

} // namespace

TEST_CASE("training drops the same state values at all steps of a sequence, inference none") {
    const CompiledNetwork compiled(dropping(), {best_target()});
    const Tensor x = random_tensor({7, 4, 2}, 1), y = random_tensor({7, 5}, 2);
    const auto train = [&](std::size_t threads) {
        Model model(compiled.plan(), {.seed = seed, .threads = threads});
        model.compile(SGD{.learning_rate = learning_rate}, Loss::mean_squared_error);
        for (int step = 0; step < 3; ++step) {
            CAPTURE(threads, step);
            check_step(model, x, y, step);
        }
        return all_weights(model);
    };
    for (const std::size_t threads : {1, 2}) {
        CHECK(train(threads) == train(threads));
    }
}
