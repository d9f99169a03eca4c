// The table through which a program reaches its generated kernels.
#pragma once

#include "timeloom/dsl/kernel_signature.hpp"

#include <cstdint>
#include <span>
#include <string_view>

namespace timeloom {

struct KernelEntry {
    int layer; ///< position in the model, 0 for the first after the input
    dsl::kernel_kind kind;
    int variant; ///< rows computed together, or run of a weight gradient
    std::string_view name;
    int (*call)(void** arguments); ///< pointers to halide_buffer_t, in the order of the signature
    std::span<const dsl::kernel_argument> signature;
};

/// All kernels of one model. `fingerprint` identifies the declaration they were generated from.
struct KernelTable {
    std::string_view model;
    std::uint64_t fingerprint;
    std::span<const KernelEntry> entries;
};

} // namespace timeloom
