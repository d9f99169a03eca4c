// A generated kernel before it is compiled: its arguments, its output Funcs, and the states that it carries
// in place.
#pragma once

#include "timeloom/runtime/plan/kernel.hpp"

#include <Halide.h>

#include <functional>
#include <string>
#include <vector>

namespace timeloom::codegen {

/// An input image that stands for what output `element` of `func` held one time step earlier. The lowering
/// pass in carry_state.hpp turns its loads into loads from the output itself: that is how a recurrence fits
/// into one pipeline.
struct carried_value {
    std::string image;
    Halide::Func func;
    int element = 0;
};

/// The pipeline of one kernel. `signature` names the buffers among the arguments in order: first the inputs,
/// then the outputs'.
struct kernel_pipeline {
    std::vector<Halide::ImageParam> inputs = {};
    std::vector<Halide::Func> outputs = {};
    std::vector<carried_value> carried = {};
    std::vector<plan::KernelArgument> signature = {};
    std::vector<Halide::Param<int>> numbers = {}; ///< arguments before all others
};

/// A kernel that can be built for any target; the schedule depends on the target, the algorithm does not.
struct kernel {
    std::string name;
    std::function<kernel_pipeline(const Halide::Target&)> build = {};
    /// Where there is no pipeline, but a function that is lowered already, to be called `function`.
    std::function<Halide::Module(const std::string& function, const Halide::Target&)> lowered = {};
};

} // namespace timeloom::codegen
