// The plan of a declared model.
#pragma once

#include "timeloom/codegen/plan/network_kernels.hpp"
#include "timeloom/codegen/plan/plan_storage.hpp"
#include "timeloom/dsl/network/network.hpp"
#include "timeloom/runtime/plan/model.hpp"

#include <span>
#include <string>
#include <vector>

namespace timeloom::codegen {

/// Holds all that the plan refers to.
class model_plan {
  public:
    model_plan(const declaration::network& network, const std::string& name);

    const plan::Model& plan() const { return plan_; }
    /// Describes them in the plan, where they have no code that could be called yet. Builds their pipelines,
    /// each once.
    void add_kernels(const std::vector<network_kernel>& kernels);
    /// Puts kernels that can be called in the place of those that add_kernels() described. They must outlive
    /// the plan.
    void set_kernels(std::span<const plan::Kernel> kernels) { plan_.kernels = kernels; }

  private:
    void add_inputs(const declaration::network& network);
    void add_layers(const declaration::network& network);
    void place_transposed(std::vector<plan::Layer>& layers);

    plan_storage storage_;
    plan::Model plan_;
};

} // namespace timeloom::codegen
