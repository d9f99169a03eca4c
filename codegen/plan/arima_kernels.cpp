#include "timeloom/codegen/plan/arima_kernels.hpp"

#include "timeloom/codegen/algorithm/lag_filter.hpp"
#include "timeloom/runtime/plan/arima_names.hpp"

namespace timeloom::codegen {

using plan::LagFilterKind;

std::vector<arima_kernel> kernels_of(const declaration::arima_description& arima, const std::string& model) {
    std::vector<arima_kernel> kernels;
    for (std::size_t i = 0; i < arima.filters.size(); ++i) {
        for (const LagFilterKind kind : {LagFilterKind::forward, LagFilterKind::adjoint,
                                         LagFilterKind::gradient, LagFilterKind::synthesis}) {
            if (kind == LagFilterKind::gradient && arima.filters[i].parameters() == 0) {
                continue;
            }
            const std::string name = model + "_" + std::to_string(i) + "_" + std::string(name_of(kind));
            const auto build = [filter = arima.filters[i], kind](const Halide::Target& target) {
                return build_lag_filter(filter, kind, target);
            };
            kernels.push_back({static_cast<int>(i), kind, {name, build}});
        }
    }
    return kernels;
}

} // namespace timeloom::codegen
