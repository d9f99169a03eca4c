// What is checked of targets and weights before a pass: those under a mask of the output count for nothing.
#pragma once

#include "timeloom/runtime/base/function_ref.hpp"
#include "timeloom/runtime/pass/batch_pass.hpp"

#include <map>
#include <string>
#include <vector>

namespace timeloom::detail {

class ExampleChecks {
  public:
    /// For targets of this loss. Which rows a mask leaves out is found by a pass, where it matters, for which
    /// the parameters must be up to date.
    ExampleChecks(const plan::Model& plan, BatchPass& batch, Loss loss)
        : plan_(plan), batch_(batch), loss_(loss) {}

    /// Throws Error for inputs, targets or weights that do not fit the model or each other.
    Examples checked(const Inputs& x, const Tensor& y, const Tensor& sample_weight);
    /// Weights of the rows of `y` by their classes. Throws Error for weights of impossible classes.
    std::vector<float> weights_of_classes(const Tensor& y, const std::map<int, double>& class_weight) const;

  private:
    void check_targets(const Inputs& x, const Tensor& y);
    void check_weights(const Inputs& x, const Tensor& sample_weight);
    void check_class_weight(const std::map<int, double>& class_weight) const;
    bool fits_loss(float target) const;
    bool all_fit_loss(std::span<const float> targets) const;
    void require_where_counted(const Inputs& x, function_ref<bool(std::size_t)> fits,
                               function_ref<std::string(std::size_t)> complaint);
    std::vector<bool> counted_rows(const Inputs& x, const std::vector<std::size_t>& samples);

    const plan::Model& plan_;
    BatchPass& batch_;
    Loss loss_;
};

} // namespace timeloom::detail
