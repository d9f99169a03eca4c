#include "kernel_report.hpp"

#include <set>

namespace timeloom::bench {

namespace {

constexpr int all_recurrent = 1000; // stands for a layer behind every layer

KernelPart part_of(plan::KernelKind kind) {
    switch (kind) {
    case plan::KernelKind::forward:
    case plan::KernelKind::forward_ahead:
    case plan::KernelKind::forward_training:
    case plan::KernelKind::forward_looked_up:
    case plan::KernelKind::forward_training_looked_up:
    case plan::KernelKind::row_products:
        return KernelPart::forward;
    case plan::KernelKind::backward:
        return KernelPart::backward_through_time;
    case plan::KernelKind::weight_gradient:
        return KernelPart::weight_gradients;
    case plan::KernelKind::vector_gradient:
        return KernelPart::bias_gradients;
    case plan::KernelKind::input_gradient:
        return KernelPart::input_gradient;
    default:
        return KernelPart::initial_state_gradient;
    }
}

std::string to_string(KernelPart part) {
    switch (part) {
    case KernelPart::forward:
        return "forward";
    case KernelPart::backward_through_time:
        return "BPTT";
    case KernelPart::weight_gradients:
        return "weight gradients";
    case KernelPart::bias_gradients:
        return "bias gradients";
    case KernelPart::input_gradient:
        return "input gradient";
    case KernelPart::initial_state_gradient:
        return "initial state gradient";
    default:
        return "backward";
    }
}

} // namespace

KernelReport::KernelReport(const RnnCase& c, std::size_t threads)
    : case_(c), threads_(threads), kernels_(c.plan), run_(c, kernels_.plan(), threads) {}

void KernelReport::run(int count) {
    kernels_.reset();
    run_.run(count);
    std::map<Key, Part> now;
    std::map<Key, double> seconds;
    std::set<std::pair<int, plan::KernelKind>> counted;
    for (std::size_t i = 0; i < kernels_.plan().kernels.size(); ++i) {
        const plan::Kernel& kernel = kernels_.plan().kernels[i];
        const double spent = kernels_.seconds(i) / (count * static_cast<double>(case_.repeat));
        if (spent == 0 || kernel.layer < 0) {
            continue;
        }
        const plan::Layer& layer = case_.plan.layers[static_cast<std::size_t>(kernel.layer)];
        // Rows are shared out between the kernels for whole tiles and for single rows.
        const bool is_new = kernel.kind == plan::KernelKind::weight_gradient ||
                            counted.emplace(kernel.layer, kernel.kind).second;
        const double flops = is_new ? flops_per_row(case_.plan, kernel) * static_cast<double>(case_.batch) *
                                          static_cast<double>(layer.timesteps)
                                    : 0;
        std::vector<Key> keys{{kernel.layer, part_of(kernel.kind)}};
        if (!layer.cell.states.empty()) {
            const bool forward = part_of(kernel.kind) == KernelPart::forward;
            keys.push_back({all_recurrent, forward ? KernelPart::forward : KernelPart::whole_backward});
        }
        for (const Key& key : keys) {
            now[key].flops += flops;
            seconds[key] += spent;
        }
    }
    for (auto& [key, part] : now) {
        parts_[key].flops = part.flops;
        parts_[key].seconds.add(seconds[key]);
    }
}

std::vector<KernelRow> KernelReport::rows() const {
    std::vector<KernelRow> rows;
    for (const auto& [key, part] : parts_) {
        const auto& [layer, kernel_part] = key;
        const double seconds = part.seconds.min();
        rows.push_back({layer == all_recurrent
                            ? "all recurrent"
                            : std::string(case_.plan.layers[static_cast<std::size_t>(layer)].name),
                        to_string(kernel_part), layer == all_recurrent,
                        1e3 * seconds / static_cast<double>(threads_), part.flops / seconds / 1e9});
    }
    return rows;
}

} // namespace timeloom::bench
