#include "timeloom/runtime/parameters/regularizer.hpp"

#include "timeloom/runtime/optimizers/gradient_clipping.hpp"
#include "timeloom/runtime/parameters/gradient_clipper.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace timeloom::detail {

namespace {

constexpr std::size_t largest_piece = 4096;

/// In double and in eight sums, as sum_of_squares().
double sum_of_magnitudes(std::span<const float> values) {
    double sums[8] = {};
    std::size_t i = 0;
    for (; i + 8 <= values.size(); i += 8) {
        for (std::size_t lane = 0; lane < 8; ++lane) {
            sums[lane] += std::abs(double{values[i + lane]});
        }
    }
    double total = 0;
    for (; i < values.size(); ++i) {
        total += std::abs(double{values[i]});
    }
    return std::accumulate(std::begin(sums), std::end(sums), total);
}

} // namespace

/// Ranges without the padding, which means nothing.
Regularizer::Regularizer(const plan::Model& model) {
    for (const plan::Parameter& p : model.parameters) {
        if (p.penalty == plan::Regularizer{}) {
            continue;
        }
        for (const ParameterRange& range : ranges_of(p)) {
            for (std::size_t first = range.first; first < range.last; first += largest_piece) {
                pieces_.push_back({first, std::min(largest_piece, range.last - first), p.penalty});
            }
        }
    }
    piece_penalties_.resize(pieces_.size());
}

std::span<const Regularizer::Piece> Regularizer::pieces_of(std::size_t part, std::size_t parts) const {
    const std::size_t first = pieces_.size() * part / parts;
    return std::span(pieces_).subspan(first, pieces_.size() * (part + 1) / parts - first);
}

void Regularizer::measure(std::size_t part, std::size_t parts, std::span<const float> parameters) {
    for (const Piece& piece : pieces_of(part, parts)) {
        const std::span<const float> values = parameters.subspan(piece.first, piece.count);
        double penalty = 0;
        if (piece.penalty.l1 > 0) {
            penalty += piece.penalty.l1 * sum_of_magnitudes(values);
        }
        if (piece.penalty.l2 > 0) {
            penalty += piece.penalty.l2 * sum_of_squares(values);
        }
        piece_penalties_[static_cast<std::size_t>(&piece - pieces_.data())] = penalty;
    }
}

double Regularizer::penalty() const {
    return std::accumulate(piece_penalties_.begin(), piece_penalties_.end(), 0.0);
}

void Regularizer::add_gradients(std::size_t part, std::size_t parts, std::span<const float> parameters,
                                std::span<float> gradients) const {
    for (const Piece& piece : pieces_of(part, parts)) {
        const auto l1 = static_cast<float>(piece.penalty.l1);
        const auto twice_l2 = static_cast<float>(2 * piece.penalty.l2);
        const float* const w = parameters.data() + piece.first;
        float* const gradient = gradients.data() + piece.first;
        for (std::size_t i = 0; i < piece.count; ++i) {
            const float sign = (w[i] > 0 ? 1.0f : 0.0f) - (w[i] < 0 ? 1.0f : 0.0f);
            gradient[i] += l1 * sign + twice_l2 * w[i];
        }
    }
}

} // namespace timeloom::detail
