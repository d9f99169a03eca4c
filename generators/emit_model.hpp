// Emits all kernels of a model: one archive, and one header with the kernel table.
#pragma once

#include "timeloom/dsl/network.hpp"

#include <functional>
#include <string>
#include <vector>

namespace timeloom::generators {

/// What kernels are made for unless targets are named, best first: AVX-512, AVX2 with FMA, baseline x86-64.
const std::vector<std::string>& default_targets();

struct emit_options {
    std::string model;                ///< name of the model: prefix of every symbol
    std::string directory;            ///< where <model>.a and <model>.timeloom.hpp go
    std::vector<std::string> targets; ///< Halide targets, best first; empty: default_targets()
    int batch = 0;                    ///< rows handed over at a time, 0: any number
    bool listings = false;            ///< keep .stmt and assembly of every kernel, too
    int jobs = 0;                     ///< processes to generate kernels in, 0: one for each core
    bool verbose = false;             ///< print each kernel's name and the seconds it took
    /// Whether to emit a kernel of this kind and variant; empty: all. For tests, which need few of them.
    std::function<bool(dsl::kernel_kind, int)> wanted;
};

/// Builds every kernel for every target. Throws std::runtime_error when Halide refuses one, naming it.
void emit_model(const dsl::network& network, const emit_options& options);

/// main() of a model's generator program: --out DIRECTORY [--batch ROWS] [--jobs N] [--targets a,b]
/// [--listings]
/// [--verbose].
int emit_main(int argc, char** argv, const dsl::network& network, const std::string& model);

} // namespace timeloom::generators
