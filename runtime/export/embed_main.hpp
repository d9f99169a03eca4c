// The build-time program that turns a model and its weights into C++ to be compiled, a C header, and
// JavaScript.
#pragma once

#include "timeloom/runtime/plan/model.hpp"

#include <filesystem>
#include <string>

namespace timeloom {

/// What a model embedded into a program consists of, as text.
struct EmbeddedModel {
    std::string header; ///< <model>.h, for C and C++
    std::string source; ///< <model>_embedded.cpp: the weights as an array, and the functions of the header
    std::string script; ///< <model>.mjs, for JavaScript
};

/// With the weights in a file of Model::save_weights(); `floats`: of the memory that the plan's executor
/// needs. Throws Error as Model::load_weights() does.
EmbeddedModel embed_model(const plan::Model& plan, std::size_t floats, const std::filesystem::path& weights);

/// Writes all three into a folder: <program> WEIGHTS --out FOLDER. What timeloom_embed_model() runs.
int embed_main(int argc, char** argv, const plan::Model& plan, std::size_t floats);

} // namespace timeloom
