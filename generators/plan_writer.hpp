// Writes the parts of a plan as C++.
#pragma once

#include "timeloom/runtime/plan/model.hpp"

#include <ostream>
#include <span>
#include <string>
#include <vector>

namespace timeloom::generators {

/// Arrays come before what refers to them. Members that have their default are left out.
class plan_writer {
  public:
    explicit plan_writer(std::ostream& out) : out_(out) {}

    void write_inputs(const plan::Model& model);
    void write_layers(const plan::Model& model);
    void write_equations(const plan::Model& model);
    void write_parameters(const plan::Model& model);
    void write_array(const std::string& name, std::span<const plan::KernelArgument> arguments);

    /// A kernel that `call` and the array `arguments` belong to, as an element of write_kernels().
    std::string described(const plan::Kernel& kernel, const std::string& call,
                          const std::string& arguments) const;
    void write_kernels(const std::string& name, const std::vector<std::string>& described);
    /// The variable `name`, which refers to what was written into namespace `detail`.
    void write_model(const plan::Model& model, const std::string& name, const std::string& detail,
                     const std::string& kernels);

  private:
    std::string described_cell(const plan::Cell& cell, const std::string& prefix);
    std::string described_equations(const plan::Equations& equations, const std::string& prefix);
    template <class T>
    std::string array(const std::string& name, std::span<const T> values);
    void write_lines(const std::string& type, const std::string& name,
                     const std::vector<std::string>& elements);

    std::ostream& out_;
};

} // namespace timeloom::generators
