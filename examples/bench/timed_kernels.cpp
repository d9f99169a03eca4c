#include "timed_kernels.hpp"

#include "timeloom/dsl/products.hpp"
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

TimedKernels::TimedKernels(const KernelTable& kernels)
    : entries_(kernels.entries.begin(), kernels.entries.end()), table_(kernels) {
    constexpr auto timed = all_timed(std::make_index_sequence<most_kernels>());
    if (entries_.size() > most_kernels) {
        throw Error("timing the kernels of " + std::string(kernels.model) + ": there are more than " +
                    std::to_string(most_kernels) + "; raise most_kernels in timed_kernels.cpp");
    }
    for (std::size_t i = 0; i < entries_.size(); ++i) {
        timed_calls[i].kernel = std::exchange(entries_[i].call, timed[i]);
    }
    table_.entries = entries_;
    reset();
}

void TimedKernels::reset() {
    for (TimedCall& call : timed_calls) {
        call.ticks = 0;
    }
}

double TimedKernels::seconds(std::size_t entry) const {
    return std::chrono::duration<double>(Clock::duration(timed_calls.at(entry).ticks)).count();
}

double flops_per_row(const dsl::network& network, const KernelEntry& kernel) {
    const dsl::layer& layer = network.layers.at(static_cast<std::size_t>(kernel.layer));
    const dsl::graph& cell = layer.cell.step;
    const double units = layer.units;
    const auto groups = dsl::product_groups(cell);
    const auto operand_width = [&](int group) {
        return groups[group].reads_input ? layer.features : layer.units;
    };
    switch (kernel.kind) {
    case dsl::kernel_kind::forward:
    case dsl::kernel_kind::forward_ahead:
    case dsl::kernel_kind::forward_training:
    case dsl::kernel_kind::forward_looked_up: // with the products that it looks up
    case dsl::kernel_kind::forward_training_looked_up: {
        double flops = 0;
        for (int g = 0; g < groups.size(); ++g) {
            flops += 2.0 * groups[g].matrices.size() * operand_width(g) * units;
        }
        return flops;
    }
    case dsl::kernel_kind::backward:
    case dsl::kernel_kind::initial_state_gradient:
        return 2.0 * dsl::recurrent_matrices(cell).size() * units * units;
    case dsl::kernel_kind::input_gradient:
        return 2.0 * layer.cell.diff_input.products.matrices.size() * layer.features * units;
    case dsl::kernel_kind::weight_gradient: {
        const dsl::gradient_run run = dsl::gradient_runs(layer.cell)[kernel.variant];
        return 2.0 * run.count * operand_width(run.group) * units;
    }
    default:
        return 0; // sums, no products
    }
}

} // namespace timeloom::bench
