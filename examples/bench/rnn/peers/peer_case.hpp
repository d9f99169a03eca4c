// A case of bench_rnn as the C++ peers get it, and the numbers that it is computed with everywhere.
#pragma once

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

namespace timeloom::bench {

/// The fields of RnnCase, of which this is the part that peers need.
struct PeerCase {
    std::string work, cell;
    int vocabulary, inputs, units, layers, dense, timesteps, batch, repeat;
    bool bidirectional, uniform_words;

    explicit PeerCase(const std::string& text) {
        const nlohmann::json j = nlohmann::json::parse(text);
        work = j.at("work");
        cell = j.at("cell");
        vocabulary = j.at("vocabulary");
        inputs = j.at("inputs");
        units = j.at("units");
        layers = j.at("layers");
        dense = j.at("dense");
        timesteps = j.at("timesteps");
        batch = j.at("batch");
        repeat = j.at("repeat");
        bidirectional = j.at("bidirectional");
        uniform_words = j.at("uniform_words");
    }
    int directions() const { return bidirectional ? 2 : 1; }
};

/// Number `i` of a stream, in [-0.5, 0.5): the same in every language. Parameters have their position in
/// Keras's order as stream, inputs and targets those below.
inline float drawn(std::uint32_t stream, std::uint32_t i) {
    std::uint32_t h = (i + stream * 1000003u) * 2654435761u;
    h ^= h >> 15;
    h *= 2246822519u;
    h ^= h >> 13;
    return static_cast<float>(static_cast<double>(h) / 4294967296.0 - 0.5);
}
constexpr std::uint32_t input_stream = 1000, target_stream = 1001;

inline std::vector<float> drawn_values(std::uint32_t stream, std::size_t count, float scale) {
    std::vector<float> values(count);
    for (std::size_t i = 0; i < count; ++i) {
        values[i] = scale * drawn(stream, static_cast<std::uint32_t>(i));
    }
    return values;
}

/// Words come as in a text, by Zipf's law: word k with probability log((k + 2) / (k + 1)) / log(vocabulary +
/// 1); or all with the same.
inline std::int32_t drawn_token(std::size_t i, int vocabulary, bool uniform_words) {
    const double uniform = static_cast<double>(drawn(input_stream, static_cast<std::uint32_t>(i))) + 0.5;
    if (uniform_words) {
        return static_cast<std::int32_t>(uniform * vocabulary);
    }
    return std::min(static_cast<std::int32_t>(std::exp(uniform * std::log(vocabulary + 1.0))), vocabulary) -
           1;
}

constexpr float weight_scale = 0.2f;

// ---- Small models that run as streams ----

constexpr std::uint32_t stream_samples = 2048; ///< of one measurement

/// Sample `i` of what they get: a triangle with noise, the same to the bit everywhere.
inline float stream_sample(std::uint32_t i) {
    const double triangle = std::abs(i * 41 % 4096 / 1024.0 - 2) - 1;
    return static_cast<float>(0.75 * triangle + 0.25 * static_cast<double>(drawn(input_stream, i)));
}

/// Weights of the size that training gives them: matrices have the standard deviation 1/√rows, biases 0.3,
/// and numbers drawn 1/√12.
inline float stream_matrix_scale(std::size_t rows) {
    return static_cast<float>(std::sqrt(12.0 / static_cast<double>(rows)));
}
constexpr float stream_bias_scale = 1;

} // namespace timeloom::bench
