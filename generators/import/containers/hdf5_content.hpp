// What Keras keeps in an HDF5 file: tensors by path, and texts of groups.
#pragma once

#include "timeloom/runtime/tensors/tensor.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace timeloom::importing {

struct Hdf5Content {
    std::map<std::string, Tensor> tensors; ///< by paths without a slash at their beginning
    /// Attributes that are texts or lists of texts, by "path@name"; the root's path is empty.
    std::map<std::string, std::vector<std::string>> texts;
};

/// The file as a whole. libhdf5 was not written for files that mean harm: it reads them in a process of its
/// own, with bounded memory and time, that hands back what it found. Throws Error for a file that is damaged,
/// for tensors of other types than floats and integers, of more than 6 axes, or larger than the file could
/// hold.
Hdf5Content read_hdf5(std::string_view bytes);

} // namespace timeloom::importing
