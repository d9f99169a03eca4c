#include "timeloom/runtime/arima/parameters/parameter_order.hpp"

#include "timeloom/runtime/arima/data/trend_columns.hpp"

namespace timeloom::detail {

std::vector<std::size_t> statsmodels_places(const plan::LagFilter& f) {
    std::vector<std::size_t> places;
    const auto add = [&](int first, int count) {
        for (int i = 0; i < count; ++i) {
            places.push_back(static_cast<std::size_t>(first + i));
        }
    };
    const int seasonal = f.p + f.q, second = seasonal + f.seasonal_p + f.seasonal_q;
    add(0, f.p);
    add(seasonal, f.seasonal_p);
    add(second, f.second_p);
    add(f.p, f.q);
    add(seasonal + f.seasonal_p, f.seasonal_q);
    add(second + f.second_p, f.second_q);
    return places;
}

std::vector<double> to_statsmodels_order(const plan::LagFilter& filter,
                                         std::span<const double> coefficients) {
    std::vector<double> params(coefficients.size());
    const std::vector<std::size_t> places = statsmodels_places(filter);
    for (std::size_t k = 0; k < coefficients.size(); ++k) {
        params[places[k]] = coefficients[k];
    }
    return params;
}

std::vector<double> to_kernel_order(const plan::LagFilter& filter, std::span<const double> params) {
    std::vector<double> coefficients(params.size());
    const std::vector<std::size_t> places = statsmodels_places(filter);
    for (std::size_t k = 0; k < params.size(); ++k) {
        coefficients[k] = params[places[k]];
    }
    return coefficients;
}

std::vector<std::string> parameter_names(const plan::ArimaOrders& orders, plan::Trend trend,
                                         std::size_t exog_columns) {
    std::vector<std::string> names = regressor_names(trend, exog_columns);
    const auto add = [&](const char* prefix, int count, int lag) {
        for (int i = 1; i <= count; ++i) {
            names.push_back(prefix + std::to_string(i * lag));
        }
    };
    add("ar.L", orders.p, 1);
    add("ma.L", orders.q, 1);
    add("ar.S.L", orders.seasonal_p, orders.seasonal_period);
    add("ma.S.L", orders.seasonal_q, orders.seasonal_period);
    add("ar.S.L", orders.second_p, orders.second_period);
    add("ma.S.L", orders.second_q, orders.second_period);
    return names;
}

} // namespace timeloom::detail
