#include "timeloom/codegen/kernels/arima_kernels.hpp"

#include "timeloom/codegen/algorithm/lag_filter.hpp"

#include <array>

namespace timeloom::codegen {

using dsl::lag_filter_kind;

std::vector<arima_kernel> kernels_of(const dsl::arima_description& arima, const std::string& model) {
    constexpr std::array kinds{
        std::pair(lag_filter_kind::forward, "forward"), std::pair(lag_filter_kind::adjoint, "adjoint"),
        std::pair(lag_filter_kind::gradient, "gradient"), std::pair(lag_filter_kind::synthesis, "synthesis")};
    std::vector<arima_kernel> kernels;
    for (std::size_t i = 0; i < arima.filters.size(); ++i) {
        for (const auto& [kind, name] : kinds) {
            if (kind == lag_filter_kind::gradient && arima.filters[i].parameters() == 0) {
                continue;
            }
            const auto build = [filter = arima.filters[i], kind = kind](const Halide::Target& target) {
                return build_lag_filter(filter, kind, target);
            };
            kernels.push_back(
                {static_cast<int>(i), kind, {model + "_" + std::to_string(i) + "_" + name, build}});
        }
    }
    return kernels;
}

} // namespace timeloom::codegen
