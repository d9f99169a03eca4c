// The special cases of ARIMA, and an equation.
#pragma once

#include <timeloom/dsl/arima/lag_equation.hpp>

namespace arima_models {

using namespace timeloom::dsl;
using namespace timeloom::dsl::lag_equation;

inline constexpr auto lake_ar = ar<2>();
inline constexpr auto simulated_ma = ma<1>();
inline constexpr auto lake_arma = arma<1, 1>();
inline constexpr auto web_arima = phi<1>(B) * (1 - B) * y == theta<1>(B) * e;

} // namespace arima_models
