// Emits all kernels of a model: one archive, and one header with the kernel table.
#pragma once

#include "timeloom/dsl/network.hpp"

#include <string>
#include <vector>

namespace timeloom::generators {

struct emit_options {
    std::string model;     ///< name of the model: prefix of every symbol
    std::string directory; ///< where <model>.a and <model>.timeloom.hpp go
    std::vector<std::string>
        targets;           ///< Halide targets, best first; empty: AVX-512, AVX2+FMA, baseline x86-64
    int batch = 0;         ///< rows handed over at a time, 0: any number
    bool listings = false; ///< keep .stmt and assembly of every kernel, too
    bool verbose = false;  ///< print each kernel's name and the seconds it took
};

/// Builds every kernel for every target. Throws std::runtime_error when Halide refuses one, naming it.
void emit_model(const dsl::network& network, const emit_options& options);

/// main() of a model's generator program: --out DIRECTORY [--batch ROWS] [--targets a,b] [--listings]
/// [--verbose].
int emit_main(int argc, char** argv, const dsl::network& network, const std::string& model);

} // namespace timeloom::generators
