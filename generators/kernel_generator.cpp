#include "timeloom/generators/kernel_generator.hpp"

#include "timeloom/codegen/passes/carry_state.hpp"
#include "timeloom/codegen/passes/row_vectors.hpp"
#include "timeloom/codegen/passes/vector_exp.hpp"
#include "timeloom/codegen/schedule/turning_loops.hpp"

#include <stdexcept>

namespace timeloom::generators {

using namespace Halide;
using Internal::ArgInfoDirection;
using Internal::ArgInfoKind;

namespace {

[[noreturn]] void not_supported(const std::string& name) {
    throw std::logic_error("timeloom: kernels have no generator parameters and no inputs to rebind (" + name +
                           ")");
}

} // namespace

KernelGenerator::KernelGenerator(codegen::kernel kernel, const GeneratorContext& context)
    : kernel_(std::move(kernel)), context_(context), pipeline_(kernel_.build(context.target())) {}

std::vector<KernelGenerator::ArgInfo> KernelGenerator::arginfos() {
    std::vector<ArgInfo> infos;
    for (const Param<int>& number : pipeline_.numbers) {
        infos.push_back({number.name(), ArgInfoDirection::Input, ArgInfoKind::Scalar, {number.type()}, 0});
    }
    for (const ImageParam& input : pipeline_.inputs) {
        infos.push_back(
            {input.name(), ArgInfoDirection::Input, ArgInfoKind::Buffer, {input.type()}, input.dimensions()});
    }
    for (const Func& output : pipeline_.outputs) {
        infos.push_back({output.name(), ArgInfoDirection::Output, ArgInfoKind::Buffer, output.types(),
                         output.dimensions()});
    }
    return infos;
}

Pipeline KernelGenerator::build_pipeline() {
    Pipeline pipeline(pipeline_.outputs);
    codegen::carry_states(pipeline, pipeline_);
    codegen::access_rows_apart(pipeline);
    codegen::expand_exp(pipeline);
    codegen::let_loops_turn(pipeline, pipeline_);
    return pipeline;
}

std::vector<Parameter> KernelGenerator::input_parameter(const std::string& name) {
    for (const Param<int>& number : pipeline_.numbers) {
        if (number.name() == name) {
            return {number.parameter()};
        }
    }
    for (const ImageParam& input : pipeline_.inputs) {
        if (input.name() == name) {
            return {input.parameter()};
        }
    }
    not_supported(name);
}

std::vector<Func> KernelGenerator::output_func(const std::string& name) {
    for (const Func& output : pipeline_.outputs) {
        if (output.name() == name) {
            return {output};
        }
    }
    not_supported(name);
}

void KernelGenerator::set_generatorparam_value(const std::string& name, const std::string&) {
    not_supported(name);
}
void KernelGenerator::set_generatorparam_value(const std::string& name, const LoopLevel&) {
    not_supported(name);
}
void KernelGenerator::bind_input(const std::string& name, const std::vector<Parameter>&) {
    not_supported(name);
}
void KernelGenerator::bind_input(const std::string& name, const std::vector<Func>&) { not_supported(name); }
void KernelGenerator::bind_input(const std::string& name, const std::vector<Expr>&) { not_supported(name); }

} // namespace timeloom::generators
