// Emits all kernels of a model: one archive, and one header with the plan.
#pragma once

#include "timeloom/dsl/arima/arima.hpp"
#include "timeloom/dsl/network/network.hpp"
#include "timeloom/generators/kernel_archive.hpp"

#include <functional>
#include <string>

namespace timeloom::generators {

/// True if a network's kernel of this kind and variant is to be emitted. For tests, which need few of them.
using wanted_kernel = std::function<bool(plan::KernelKind, int)>;

/// Builds every kernel for every target. Throws std::runtime_error when Halide refuses one, naming it.
void emit_model(const declaration::network& network, const emit_options& options,
                const wanted_kernel& wanted = {});
void emit_model(const declaration::arima_description& arima, const emit_options& options);

/// Prints the plan as tables instead.
void print_plan(const declaration::network& network, const emit_options& options);
void print_plan(const declaration::arima_description& arima, const emit_options& options);

/// main() of a model's generator program: --out DIRECTORY [--batch ROWS] [--jobs N] [--targets a,b]
/// [--listings] [--check-arguments] [--verbose], or --plan, which prints the plan and makes nothing.
int emit_main(int argc, char** argv, const declaration::network& network, const std::string& model);
int emit_main(int argc, char** argv, const declaration::arima_description& arima, const std::string& model);

} // namespace timeloom::generators
