#include "network.hpp"

namespace onednn_peer {

using namespace timeloom::bench;

namespace {

Use use_of(const PeerCase& c) {
    return c.work == "step" ? Use::step : c.work == "inference" ? Use::inference : Use::training;
}

} // namespace

Network::Network(const PeerCase& c) : case_(c) {
    const auto rows = static_cast<std::size_t>(c.batch), steps = static_cast<std::size_t>(c.timesteps);
    int inputs = c.inputs;
    for (int l = 0; l < c.layers; ++l) {
        layers_.push_back(std::make_unique<RecurrentLayer>(
            LayerShape{c.cell, inputs, c.units, c.timesteps, c.batch, c.bidirectional}, use_of(c),
            l > 0 ? layers_.back().get() : nullptr, engine_));
        inputs = c.units * c.directions();
    }
    // Inputs are drawn in the order (batch, time, features), and kept in the order (time, batch, features).
    const auto width = static_cast<std::size_t>(c.inputs);
    if (c.vocabulary > 0) {
        tokens_.resize(rows * steps);
        embedding_.resize(static_cast<std::size_t>(c.vocabulary) * width);
    }
    for (std::size_t b = 0; b < rows; ++b) {
        for (std::size_t t = 0; t < steps; ++t) {
            if (c.vocabulary > 0) {
                tokens_[t * rows + b] = drawn_token(b * steps + t, c.vocabulary, c.uniform_words);
                continue;
            }
            for (std::size_t k = 0; k < width; ++k) {
                layers_[0]->source()[(t * rows + b) * width + k] =
                    drawn(input_stream, static_cast<std::uint32_t>((b * steps + t) * width + k));
            }
        }
    }
    if (c.dense > 0) {
        dense_.resize(static_cast<std::size_t>(inputs) + 1);
        logits_.resize(rows);
        diff_logits_.resize(rows);
        for (std::size_t b = 0; b < rows; ++b) {
            targets_.push_back(drawn(target_stream, static_cast<std::uint32_t>(b)) < 0 ? 0.0f : 1.0f);
        }
    } else {
        const auto out = static_cast<std::size_t>(c.units * c.directions());
        targets_.resize(rows * steps * out);
        for (std::size_t i = 0; i < targets_.size(); ++i) {
            const std::size_t b = i / (steps * out), t = i / out % steps;
            targets_[(t * rows + b) * out + i % out] = drawn(target_stream, static_cast<std::uint32_t>(i));
        }
    }
    set_parameters();
}

void Network::add_parameter(float* values, float* gradient, std::size_t count) {
    const auto position = static_cast<std::uint32_t>(parameters_.size());
    for (std::size_t i = 0; i < count; ++i) {
        values[i] = weight_scale * drawn(position, static_cast<std::uint32_t>(i));
    }
    parameters_.push_back({values, gradient, std::vector<float>(count), std::vector<float>(count)});
}

/// oneDNN's weights of a bidirectional layer lie in one array, forward first; Keras's are separate.
void Network::set_parameters() {
    const bool trains = case_.work == "train";
    if (case_.vocabulary > 0) {
        diff_embedding_.resize(trains ? embedding_.size() : 0);
        add_parameter(embedding_.data(), diff_embedding_.data(), embedding_.size());
    }
    for (const auto& layer : layers_) {
        const bool differentiates = use_of(case_) == Use::training;
        const std::vector<float*> values = layer->parameters();
        const std::vector<float*> gradients =
            differentiates ? layer->gradients() : std::vector<float*>(values.size(), nullptr);
        for (int d = 0; d < case_.directions(); ++d) {
            for (std::size_t p = 0; p < values.size(); ++p) {
                const std::size_t count = layer->sizes()[p] / static_cast<std::size_t>(case_.directions());
                const std::size_t first = static_cast<std::size_t>(d) * count;
                add_parameter(values[p] + first, gradients[p] ? gradients[p] + first : nullptr, count);
            }
        }
        layer->pack(stream_);
    }
    if (case_.dense > 0) {
        diff_dense_.resize(dense_.size());
        add_parameter(dense_.data(), diff_dense_.data(), dense_.size() - 1);
        add_parameter(&dense_.back(), &diff_dense_.back(), 1);
    }
    stream_.wait();
}

} // namespace onednn_peer
