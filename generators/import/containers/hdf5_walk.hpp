// Walks an HDF5 file that lies in memory. Runs in a process of its own: see hdf5_content.hpp.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace timeloom::importing {

/// What a walk calls for each thing it finds.
struct Hdf5Visitor {
    std::function<void(const std::string& path, const std::vector<std::uint64_t>& shape,
                       const std::vector<float>&)>
        tensor;
    std::function<void(const std::string& path_and_name, const std::vector<std::string>&)> text;
};

/// Throws Error with what is wrong.
void walk_hdf5(std::string_view bytes, const Hdf5Visitor& visitor);

} // namespace timeloom::importing
