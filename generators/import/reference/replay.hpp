// The replay vector: an input, and the output that the trained model makes of it.
#pragma once

#include "timeloom/generators/import/reference/interpreter.hpp"

#include <filesystem>
#include <map>
#include <string>

namespace timeloom::importing {

/// Samples of each input by its name, and their outputs: all (samples, timesteps, features), token ids with
/// one feature, vectors with one step.
struct Replay {
    std::map<std::string, Tensor> inputs;
    Tensor output;
};

/// A few samples of numbers that look random and are always the same, with the output of interpret().
Replay make_replay(const Description& description);

/// Inputs and output that another program computed, of a safetensors file with tensors "output" and "input"
/// (or "input/<layer>" where there are several). Throws Error for shapes that do not fit.
Replay read_replay(const std::filesystem::path& path, const Description& description);

/// The largest difference between `replay` and what interpret() makes of its inputs, over 1 + the largest
/// output.
double largest_difference(const Description& description, const Replay& replay);

} // namespace timeloom::importing
