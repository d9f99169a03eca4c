// The plan of a declared ARIMA model, or of a family of them.
#pragma once

#include "timeloom/codegen/plan/arima_kernels.hpp"
#include "timeloom/codegen/plan/plan_storage.hpp"
#include "timeloom/dsl/arima/arima.hpp"
#include "timeloom/runtime/plan/arima.hpp"

#include <string>
#include <variant>
#include <vector>

namespace timeloom::codegen {

/// Holds all that the plan refers to. Its kernels have no code that could be called yet.
class arima_plan {
  public:
    arima_plan(const declaration::arima_description& arima, const std::vector<arima_kernel>& kernels,
               const std::string& name);

    const std::variant<plan::Arima, plan::ArimaFamily>& plan() const { return plan_; }

  private:
    plan_storage storage_;
    std::variant<plan::Arima, plan::ArimaFamily> plan_;
};

} // namespace timeloom::codegen
