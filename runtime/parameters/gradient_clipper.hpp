// Clips the gradients of a model's parameters, before the optimizer's step, on several threads.
#pragma once

#include "timeloom/runtime/optimizers/optimizer_options.hpp"
#include "timeloom/runtime/parameters/model_parameters.hpp"

#include <span>
#include <vector>

namespace timeloom::detail {

/// The indices of a parameter within the model's buffer, as rising ranges.
std::vector<ParameterRange> ranges_of(const plan::Parameter& parameter);

/// A step is measure() for every part, choose_scales() on one thread, clip() for every part. Sums are taken
/// over fixed pieces in a fixed order: any number of parts gives the same bits. Norms are over parameters as
/// Keras has them; the two biases of a GRU count as one.
class GradientClipper {
  public:
    GradientClipper() = default;
    GradientClipper(const GradientClipping& clipping, const plan::Model& model);

    bool is_active() const { return !pieces_.empty(); }
    void measure(std::size_t part, std::size_t parts, std::span<const float> gradients);
    void choose_scales();
    void clip(std::size_t part, std::size_t parts, std::span<float> gradients) const;

  private:
    struct Piece {
        std::size_t first;
        std::size_t count;
        std::size_t norm; ///< number of the norm that it counts towards
    };
    std::span<const Piece> pieces_of(std::size_t part, std::size_t parts) const;

    GradientClipping clipping_;
    std::vector<Piece> pieces_;
    std::vector<double> piece_sums_, norm_sums_;
    std::vector<float> scales_;
};

} // namespace timeloom::detail
