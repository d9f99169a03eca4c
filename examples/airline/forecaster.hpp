// The forecaster of the airline example: two years of monthly growth in, the next month's out.
#pragma once

#include <timeloom/dsl/dsl.hpp>

namespace airline {

using namespace timeloom::dsl;

inline constexpr int window = 24;
inline constexpr auto forecaster = sequential(input<window, 1>(), lstm<32>(), dense<1>());

} // namespace airline
