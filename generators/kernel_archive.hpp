// Kernels compiled for every target and packed into one archive.
#pragma once

#include "timeloom/codegen/kernel.hpp"

#include <string>
#include <vector>

namespace timeloom::generators {

struct emit_options {
    std::string model;                ///< name of the model: prefix of every symbol
    std::string directory;            ///< where <model>.a and <model>.timeloom.hpp go
    std::vector<std::string> targets; ///< Halide targets, best first; empty: codegen::default_targets()
    int batch = 0;                    ///< rows of a network handed over at a time, 0: any number
    bool checks_arguments = false;    ///< kernels check their buffers at each call, for debugging
    bool listings = false;            ///< keep .stmt and assembly of every kernel, too
    int jobs = 0;                     ///< processes to generate kernels in, 0: one for each core
    bool verbose = false;             ///< print each kernel's name and the seconds it took
};

/// Writes <directory>/<model>.a. Throws std::runtime_error when Halide refuses a kernel, naming it.
void emit_archive(const std::vector<codegen::kernel>& kernels, const emit_options& options);

} // namespace timeloom::generators
