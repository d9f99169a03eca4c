// Cases of golden/import: trained files, inputs, and what their own frameworks computed.
#pragma once

#include "../support/golden_file.hpp"

#include "timeloom/generators/import/formats/import_options.hpp"
#include "timeloom/generators/import/reference/cell_steps.hpp"

#include <string>
#include <vector>

namespace timeloom::golden {

inline importing::ImportOptions options_of(const nlohmann::json& c) {
    importing::ImportOptions options;
    options.timesteps = c.value("timesteps", 0);
    options.layers = c.value("layers", "");
    if (c.contains("config"))
        options.config = "golden/import/" + c.at("config").get<std::string>();
    return options;
}

inline std::string path_of(const nlohmann::json& c) {
    return "golden/import/" + c.at("file").get<std::string>();
}

/// Sample `s` of an array (samples, timesteps, features); of (samples, timesteps) for token ids, and of
/// (samples, features) for vectors.
inline importing::Sequence sample_of(const nlohmann::json& array, std::size_t s, bool is_vector) {
    const auto shape = array.at("shape").get<std::vector<std::size_t>>();
    const auto all = values<double>(array);
    const std::size_t size = all.size() / shape[0];
    const std::size_t features = shape.size() == 3 ? shape[2] : is_vector ? size : 1;
    const auto begin = all.begin() + static_cast<std::ptrdiff_t>(s * size);
    return {
        features, {begin, begin + static_cast<std::ptrdiff_t>(size)}, std::vector<char>(size / features, 1)};
}

} // namespace timeloom::golden
