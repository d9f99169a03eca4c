// What flows along the edges of an ONNX graph, as its reader follows it.
#pragma once

#include "timeloom/generators/import/onnx/onnx_file.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace timeloom::importing {

/// A layer's output with its axes by their meaning, or numbers that only say shapes, or zeros.
struct OnnxValue {
    enum class Kind { layer, numbers, zeros } kind = Kind::layer;
    std::string layer{};
    /// B: batch, T: time, D: direction, F: features, 1: an extent of 1, t: one picked step, M: batch and time
    /// as one (N: time and batch), d: directions and features that are still to be merged.
    std::string axes{};
    int steps = 1;
    int features = 0;
    int direction = -1;                                 ///< a state of that direction alone
    std::vector<std::optional<std::int64_t>> numbers{}; ///< nothing: known only when the model runs
};

/// The axes after a Transpose; empty where the permutation does not fit.
std::string permuted(const std::string& axes, const std::vector<std::int64_t>& permutation);

/// The axes after a Reshape to extents of which some may be unknown (-1, 0 or nothing). Only what merges,
/// splits or drops axes by their meaning: empty for anything else. "BF!" for a sequence that is flattened.
std::string reshaped(const OnnxValue& value, const std::vector<std::optional<std::int64_t>>& target);

/// The axes without those of extent 1 at these places (all of them where there are none); empty where one is
/// longer.
std::string squeezed(const std::string& axes, std::vector<std::int64_t> places);

} // namespace timeloom::importing
