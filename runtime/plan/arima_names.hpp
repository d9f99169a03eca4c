// The names of an ARIMA plan's enumerators, as they are written in C++, and of orders.
#pragma once

#include "timeloom/runtime/plan/arima.hpp"

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

namespace timeloom::plan {

constexpr std::string_view name_of(Trend trend) {
    constexpr std::array<std::string_view, 5> names{"n", "c", "t", "ct", "differenced_mean"};
    return names[static_cast<std::size_t>(trend)];
}

constexpr std::string_view name_of(LagFilterKind kind) {
    constexpr std::array<std::string_view, 4> names{"forward", "adjoint", "gradient", "synthesis"};
    return names[static_cast<std::size_t>(kind)];
}

constexpr std::string_view name_of(LagArgumentRole role) {
    constexpr std::array<std::string_view, 7> names{
        "period", "coefficients", "series", "after", "diff_residuals", "before", "diff_coefficients"};
    return names[static_cast<std::size_t>(role)];
}

/// ARIMA(0, 1, 1)(0, 1, 1)12; a period told at run time is s.
inline std::string name_of(const ArimaOrders& o) {
    const auto part = [](int p, int d, int q) {
        return "(" + std::to_string(p) + ", " + std::to_string(d) + ", " + std::to_string(q) + ")";
    };
    std::string name = "ARIMA" + part(o.p, o.d, o.q);
    if (o.seasonal_p + o.seasonal_d + o.seasonal_q > 0) {
        name += part(o.seasonal_p, o.seasonal_d, o.seasonal_q) +
                (o.seasonal_period == any_period ? "s" : std::to_string(o.seasonal_period));
    }
    if (o.second_p + o.second_d + o.second_q > 0) {
        name += part(o.second_p, o.second_d, o.second_q) + std::to_string(o.second_period);
    }
    return name;
}

} // namespace timeloom::plan
