#include "timeloom/codegen/schedule/processors.hpp"

#include <Halide.h>

#include <algorithm>
#include <array>
#include <stdexcept>

namespace timeloom::codegen {

namespace {

using Halide::Target;

struct processor {
    std::string_view name; ///< CMAKE_SYSTEM_PROCESSOR
    Target::Arch arch;
    std::vector<std::string> targets;
};

/// Never `host`: a release runs on machines that the build machine does not know. No names beyond
/// avx512_skylake, which Halide's run-time check would accept everywhere.
const std::array<processor, 3>& processors() {
    static const std::array<processor, 3> all{
        {{"x86_64",
          Target::X86,
          {"x86-64-linux-sse41-avx-f16c-fma-avx2-avx512-avx512_skylake",
           "x86-64-linux-sse41-avx-f16c-fma-avx2", "x86-64-linux"}},
         {"aarch64", Target::ARM, {"arm-64-linux"}},
         {"wasm32", Target::WebAssembly, {"wasm-32-wasmrt-wasm_simd128"}}}};
    return all;
}

template <class Key>
const std::vector<std::string>& targets_where(Key processor::*key, const Key& value, std::string_view name) {
    const auto found = std::ranges::find(processors(), value, key);
    if (found != processors().end()) {
        return found->targets;
    }
    std::string message =
        "no kernels can be generated for the processor " + std::string(name) + "; there are kernels for";
    for (const processor& p : processors()) {
        message += " " + std::string(p.name);
    }
    throw std::invalid_argument(message + ", and --targets names others");
}

} // namespace

const std::vector<std::string>& targets_of(std::string_view name) {
    return targets_where(&processor::name, name, name);
}

const std::vector<std::string>& default_targets() {
    return targets_where(&processor::arch, Halide::get_host_target().arch, "of this machine");
}

} // namespace timeloom::codegen
