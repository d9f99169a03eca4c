#include "timed_kernels.hpp"

#include "timeloom/runtime/error.hpp"

#include <array>
#include <atomic>
#include <chrono>
#include <utility>

namespace timeloom::bench {

namespace {

using Clock = std::chrono::steady_clock;
using Call = int (*)(void**);

constexpr std::size_t most_kernels = 128;

struct alignas(64) TimedCall {
    Call kernel = nullptr;
    std::atomic<Clock::rep> ticks = 0;
};
std::array<TimedCall, most_kernels> timed_calls;

template <std::size_t I>
int call_timed(void** arguments) {
    const Clock::time_point start = Clock::now();
    const int code = timed_calls[I].kernel(arguments);
    timed_calls[I].ticks.fetch_add((Clock::now() - start).count(), std::memory_order_relaxed);
    return code;
}

template <std::size_t... I>
constexpr std::array<Call, sizeof...(I)> all_timed(std::index_sequence<I...>) {
    return {call_timed<I>...};
}

} // namespace

TimedKernels::TimedKernels(const plan::Model& plan)
    : kernels_(plan.kernels.begin(), plan.kernels.end()), plan_(plan) {
    constexpr auto timed = all_timed(std::make_index_sequence<most_kernels>());
    if (kernels_.size() > most_kernels) {
        throw Error("timing the kernels of " + std::string(plan.name) + ": there are more than " +
                    std::to_string(most_kernels) + "; raise most_kernels in timed_kernels.cpp");
    }
    for (std::size_t i = 0; i < kernels_.size(); ++i) {
        timed_calls[i].kernel = std::exchange(kernels_[i].call, timed[i]);
    }
    plan_.kernels = kernels_;
    reset();
}

void TimedKernels::reset() {
    for (TimedCall& call : timed_calls) {
        call.ticks = 0;
    }
}

double TimedKernels::seconds(std::size_t number) const {
    return std::chrono::duration<double>(Clock::duration(timed_calls.at(number).ticks)).count();
}

double flops_per_row(const plan::Model& plan, const plan::Kernel& kernel) {
    const plan::Layer& layer = plan.layers[static_cast<std::size_t>(kernel.layer)];
    const plan::Cell& cell = layer.cell;
    const double units = layer.units;
    const auto operand_width = [&](const plan::Product& product) {
        return product.reads_input() ? layer.features : layer.units;
    };
    switch (kernel.kind) {
    case plan::KernelKind::forward:
    case plan::KernelKind::forward_ahead:
    case plan::KernelKind::forward_training:
    case plan::KernelKind::forward_looked_up: // with the products that it looks up
    case plan::KernelKind::forward_training_looked_up: {
        double flops = 0;
        for (const plan::Product& product : cell.products) {
            flops += 2.0 * product.gates * operand_width(product) * units;
        }
        return flops;
    }
    case plan::KernelKind::backward:
    case plan::KernelKind::initial_state_gradient:
        return 2.0 * static_cast<double>(cell.recurrent.matrices.size()) * units * units;
    case plan::KernelKind::input_gradient:
        return 2.0 * static_cast<double>(cell.input.matrices.size()) * layer.features * units;
    case plan::KernelKind::weight_gradient: {
        const plan::GradientRun& run = cell.gradient_runs[static_cast<std::size_t>(kernel.variant)];
        return 2.0 * run.count * operand_width(cell.products[static_cast<std::size_t>(run.product)]) * units;
    }
    default:
        return 0; // sums, no products
    }
}

} // namespace timeloom::bench
