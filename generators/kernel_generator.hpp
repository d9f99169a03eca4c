// A Halide generator for any kernel of a model.
#pragma once

#include "timeloom/codegen/kernel.hpp"

#include <Halide.h>

namespace timeloom::generators {

/// Builds one kernel for the target of its context. Unlike Halide::Generator<>, its inputs and outputs are
/// not members but whatever the kernel's pipeline declares.
class KernelGenerator final : public Halide::Internal::AbstractGenerator {
  public:
    KernelGenerator(codegen::kernel kernel, const Halide::GeneratorContext& context);

    std::string name() override { return kernel_.name; }
    Halide::GeneratorContext context() const override { return context_; }
    std::vector<ArgInfo> arginfos() override;
    Halide::Pipeline build_pipeline() override;
    std::vector<Halide::Parameter> input_parameter(const std::string& name) override;
    std::vector<Halide::Func> output_func(const std::string& name) override;

    // A kernel has no parameters to set, no inputs to rebind and no stubs.
    void set_generatorparam_value(const std::string& name, const std::string& value) override;
    void set_generatorparam_value(const std::string& name, const Halide::LoopLevel& level) override;
    void bind_input(const std::string& name, const std::vector<Halide::Parameter>& v) override;
    void bind_input(const std::string& name, const std::vector<Halide::Func>& v) override;
    void bind_input(const std::string& name, const std::vector<Halide::Expr>& v) override;
    bool emit_cpp_stub(const std::string&) override { return false; }
    bool emit_hlpipe(const std::string&) override { return false; }
    bool allow_out_of_order_inputs_and_outputs() const override { return false; }

  private:
    codegen::kernel kernel_;
    Halide::GeneratorContext context_;
    codegen::kernel_pipeline pipeline_;
};

} // namespace timeloom::generators
