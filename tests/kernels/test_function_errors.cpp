// exp, sigmoid and tanh as kernels compute them: their errors are those that the documentation states.
#include "compiled_network.hpp"

#include "timeloom/dsl/dsl.hpp"
#include "timeloom/dsl/models/describe.hpp"
#include "timeloom/runtime/model/model.hpp"
#include "timeloom/runtime/simd/random.hpp"

#include <catch2/catch.hpp>

#include <cmath>
#include <functional>

using namespace timeloom;
using declaration::describe;
using dsl::activation;
using dsl::input;
using dsl::sequential;

namespace {

constexpr std::size_t rows = 1200, steps = 64, width = 16;

/// From -range to range, half of them evenly and half of them near zero.
Tensor arguments(float range) {
    Random random(1);
    Tensor x(Shape{rows, steps, width});
    for (std::size_t i = 0; i < x.size(); ++i) {
        const float u = random.uniform(-1, 1);
        x.data()[i] = range * (i % 2 == 0 ? u : u * std::exp(-20 * std::abs(random.uniform(-1, 1))));
    }
    return x;
}

struct errors {
    double absolute = 0, relative = 0;
};

errors largest_errors(const declaration::network& network, const std::string& target, float range,
                      const std::function<double(double)>& expected) {
    const tests::CompiledNetwork kernels(network, {target});
    Model model(kernels.plan(), {.threads = 2});
    const Tensor x = arguments(range), y = model.predict(x, rows);
    errors largest;
    for (std::size_t i = 0; i < x.size(); ++i) {
        const double exact = expected(x.data()[i]), error = std::abs(y.data()[i] - exact);
        largest.absolute = std::max(largest.absolute, error);
        largest.relative = std::max(largest.relative, error / std::abs(exact));
    }
    return largest;
}

} // namespace

TEST_CASE("exp, sigmoid and tanh keep the errors that are stated") {
    const auto one = [](auto function) {
        return describe(sequential(input<64, 16>(), activation(function)));
    };
    const declaration::network tanh = one(dsl::tanh), sigmoid = one(dsl::sigmoid), exp = one(dsl::exp);
    const auto logistic = [](double x) { return 1 / (1 + std::exp(-x)); };
    const auto tanh_of = [](double x) { return std::tanh(x); };
    const auto exp_of = [](double x) { return std::exp(x); };
    for (const std::string& target : tests::runnable_targets()) {
        const bool has_fma = target.find("fma") != std::string::npos;
        CAPTURE(target);
        CHECK(largest_errors(tanh, target, 12, tanh_of).absolute < 1.5e-7);
        CHECK(largest_errors(tanh, target, 1000, tanh_of).absolute < 1.5e-7);
        CHECK(largest_errors(sigmoid, target, 20, logistic).absolute < 1e-7);
        CHECK(largest_errors(sigmoid, target, 1000, logistic).absolute < 1e-7);
        CHECK(largest_errors(exp, target, 10, exp_of).relative < (has_fma ? 1.5e-7 : 6e-7));
        CHECK(largest_errors(exp, target, 87, exp_of).relative < (has_fma ? 4e-7 : 4.2e-6));
    }
}
