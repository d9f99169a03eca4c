// The airline model of Box and Jenkins: monthly and yearly differences, each followed by a moving average.
#pragma once

#include <timeloom/dsl/arima/lag_equation.hpp>

namespace airline {

using namespace timeloom::dsl::lag_equation;

/// ARIMA(0,1,1)(0,1,1)12 of the logged passengers.
inline constexpr auto sarima = (1 - B) * (1 - pow<12>(B)) * y == theta<1>(B) * theta<1>(pow<12>(B)) * e;

} // namespace airline
