// The plan of an ARIMA model or family as tables that a person reads.
#pragma once

#include "timeloom/runtime/plan/arima.hpp"

#include <string>

namespace timeloom::generators {

/// Orders and trend; filters with their polynomials; and the kernels of each, with the arguments of each.
std::string plan_table(const plan::Arima& model);
std::string plan_table(const plan::ArimaFamily& family);

} // namespace timeloom::generators
