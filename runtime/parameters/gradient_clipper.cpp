#include "timeloom/runtime/parameters/gradient_clipper.hpp"

#include "timeloom/runtime/optimizers/gradient_clipping.hpp"

#include <algorithm>
#include <cmath>
#include <map>

namespace timeloom::detail {

namespace {

constexpr std::size_t largest_piece = 4096;

/// Keras keeps a GRU's recurrent_bias as a row of its bias.
std::string keras_variable(const std::string& name) {
    const std::string ours = "/recurrent_bias";
    return name.ends_with(ours) ? name.substr(0, name.size() - ours.size()) + "/bias" : name;
}

} // namespace

std::vector<ParameterRange> ranges_of(const plan::Parameter& parameter) {
    std::vector<std::size_t> indices;
    indices.reserve(parameter.size());
    for (int row = 0; row < parameter.rows; ++row) {
        for (int column = 0; column < parameter.columns; ++column) {
            indices.push_back(parameter.index(row, column));
        }
    }
    std::ranges::sort(indices);
    std::vector<ParameterRange> ranges;
    for (const std::size_t index : indices) {
        if (ranges.empty() || ranges.back().last != index) {
            ranges.push_back({index, index});
        }
        ++ranges.back().last;
    }
    return ranges;
}

GradientClipper::GradientClipper(const GradientClipping& clipping, const plan::Model& model)
    : clipping_(clipping) {
    if (!clipping.clipnorm && !clipping.clipvalue && !clipping.global_clipnorm) {
        return;
    }
    std::map<std::string, std::size_t> norms;
    for (const plan::Parameter& p : model.parameters) {
        const std::string variable = clipping.clipnorm ? keras_variable(std::string(p.name)) : "";
        const std::size_t norm = norms.try_emplace(variable, norms.size()).first->second;
        for (const ParameterRange& range : ranges_of(p)) {
            for (std::size_t first = range.first; first < range.last; first += largest_piece) {
                pieces_.push_back({first, std::min(largest_piece, range.last - first), norm});
            }
        }
    }
    piece_sums_.resize(pieces_.size());
    norm_sums_.resize(norms.size());
    scales_.resize(norms.size(), 1.0f);
}

std::span<const GradientClipper::Piece> GradientClipper::pieces_of(std::size_t part,
                                                                   std::size_t parts) const {
    const std::size_t first = pieces_.size() * part / parts;
    return std::span(pieces_).subspan(first, pieces_.size() * (part + 1) / parts - first);
}

void GradientClipper::measure(std::size_t part, std::size_t parts, std::span<const float> gradients) {
    if (clipping_.clipvalue) {
        return;
    }
    for (const Piece& piece : pieces_of(part, parts)) {
        piece_sums_[static_cast<std::size_t>(&piece - pieces_.data())] =
            sum_of_squares(gradients.subspan(piece.first, piece.count));
    }
}

void GradientClipper::choose_scales() {
    if (clipping_.clipvalue) {
        return;
    }
    std::ranges::fill(norm_sums_, 0.0);
    for (std::size_t i = 0; i < pieces_.size(); ++i) {
        norm_sums_[pieces_[i].norm] += piece_sums_[i];
    }
    const double largest = clipping_.clipnorm ? *clipping_.clipnorm : *clipping_.global_clipnorm;
    for (std::size_t i = 0; i < scales_.size(); ++i) {
        const double norm = std::sqrt(norm_sums_[i]);
        scales_[i] = norm > largest ? static_cast<float>(largest / norm) : 1.0f;
    }
}

void GradientClipper::clip(std::size_t part, std::size_t parts, std::span<float> gradients) const {
    for (const Piece& piece : pieces_of(part, parts)) {
        const std::span<float> values = gradients.subspan(piece.first, piece.count);
        if (clipping_.clipvalue) {
            clip_by_value(values, static_cast<float>(*clipping_.clipvalue));
            continue;
        }
        const float scale = scales_[piece.norm];
        if (scale != 1.0f) {
            std::ranges::transform(values, values.begin(), [scale](float value) { return value * scale; });
        }
    }
}

} // namespace timeloom::detail
