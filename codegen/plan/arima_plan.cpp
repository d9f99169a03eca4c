#include "timeloom/codegen/plan/arima_plan.hpp"

#include "timeloom/codegen/algorithm/lag_filter_arguments.hpp"

namespace timeloom::codegen {

arima_plan::arima_plan(const declaration::arima_description& arima, const std::vector<arima_kernel>& kernels,
                       const std::string& name) {
    std::vector<std::vector<plan::LagKernel>> described(arima.filters.size());
    for (const arima_kernel& k : kernels) {
        const auto filter = static_cast<std::size_t>(k.filter);
        described[filter].push_back(
            {.kind = k.kind,
             .name = storage_.keep(k.code.name),
             .signature = storage_.keep(lag_filter_arguments(arima.filters[filter], k.kind))});
    }
    std::vector<plan::LagFilterKernels> filters;
    for (std::size_t i = 0; i < described.size(); ++i) {
        filters.push_back({arima.filters[i], storage_.keep(std::move(described[i]))});
    }
    const plan::ArimaFilters common{storage_.keep(name), arima.orders, storage_.keep(std::move(filters))};
    if (arima.family) {
        plan_ = plan::ArimaFamily{common};
    } else {
        plan_ = plan::Arima{common, arima.trend};
    }
}

} // namespace timeloom::codegen
