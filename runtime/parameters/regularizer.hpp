// Penalties on parameters: what they add to the loss and to the gradients.
#pragma once

#include "timeloom/runtime/parameters/model_parameters.hpp"

#include <span>
#include <vector>

namespace timeloom::detail {

/// The penalty l1 · Σ|w| + l2 · Σw² of every parameter that has one. Sums are taken over fixed pieces in a
/// fixed order: any number of parts gives the same bits.
class Regularizer {
  public:
    explicit Regularizer(const plan::Model& model);

    bool is_active() const { return !pieces_.empty(); }
    /// The penalty is measure() for every part, then penalty() on one thread.
    void measure(std::size_t part, std::size_t parts, std::span<const float> parameters);
    double penalty() const;
    /// gradient += l1 · sign(w) + 2 · l2 · w
    void add_gradients(std::size_t part, std::size_t parts, std::span<const float> parameters,
                       std::span<float> gradients) const;

  private:
    struct Piece {
        std::size_t first;
        std::size_t count;
        plan::Regularizer penalty;
    };
    std::span<const Piece> pieces_of(std::size_t part, std::size_t parts) const;

    std::vector<Piece> pieces_;
    std::vector<double> piece_penalties_;
};

} // namespace timeloom::detail
