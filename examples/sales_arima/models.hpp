// The model of the sales examples: ARIMA(5,1,0) whose constant is the mean of the monthly growth.
#pragma once

#include <timeloom/dsl/arima/arima.hpp>

namespace sales {

using namespace timeloom::dsl;

inline constexpr auto monthly_sales = arima(order<5, 1, 0>, trend::differenced_mean);

} // namespace sales
