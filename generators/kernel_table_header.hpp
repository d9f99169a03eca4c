// The C++ header through which a program finds the kernels of its model.
#pragma once

#include "timeloom/codegen/arima_kernels.hpp"
#include "timeloom/codegen/network_kernels.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace timeloom::generators {

/// Writes the declarations of all kernels and the timeloom::KernelTables `<model>_kernels` and
/// `<model>_inference_kernels`, which names only what predicts and evaluates.
void write_kernel_table(const std::vector<codegen::network_kernel>& kernels, const std::string& model,
                        std::uint64_t fingerprint, const std::filesystem::path& file);

/// The same for ARIMA: `<model>_kernels` is a timeloom::ArimaKernelTable.
void write_kernel_table(const dsl::arima_description& arima,
                        const std::vector<codegen::arima_kernel>& kernels, const std::string& model,
                        const std::filesystem::path& file);

} // namespace timeloom::generators
