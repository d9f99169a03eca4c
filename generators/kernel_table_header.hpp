// The C++ header through which a program finds the kernels of an ARIMA model.
#pragma once

#include "timeloom/codegen/kernels/arima_kernels.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace timeloom::generators {

/// Writes the declarations of all kernels and the timeloom::ArimaKernelTable `<model>_kernels`.
void write_kernel_table(const dsl::arima_description& arima,
                        const std::vector<codegen::arima_kernel>& kernels, const std::string& model,
                        const std::filesystem::path& file);

} // namespace timeloom::generators
