// The processors that kernels are generated for.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace timeloom::codegen {

/// Halide targets, best first, of a processor by CMake's name for it: AVX-512, AVX2 with FMA and baseline of
/// x86_64, NEON of aarch64, SIMD of wasm32. Throws std::invalid_argument, which lists them, for any other.
const std::vector<std::string>& targets_of(std::string_view processor);

/// What kernels are made for unless targets are named: those of the processor that this runs on.
const std::vector<std::string>& default_targets();

} // namespace timeloom::codegen
