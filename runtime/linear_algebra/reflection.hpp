// Householder's reflections, of which QR factorisations are made.
#pragma once

#include "timeloom/runtime/linear_algebra/vectors.hpp"

#include <vector>

namespace timeloom::detail {

/// x -> x - 2 v (v'x) / (v'v), which turns the vector that it is made of, not all zeros, to (diagonal(), 0,
/// …).
class Reflection {
  public:
    explicit Reflection(std::span<const double> x)
        : v_(x.begin(), x.end()), diagonal_(x[0] > 0.0 ? -std::sqrt(dot(x, x)) : std::sqrt(dot(x, x))) {
        v_[0] -= diagonal_;
        square_ = dot(v_, v_);
    }

    double diagonal() const { return diagonal_; }

    void apply(std::span<double> x) const {
        const double scale = 2.0 * dot_in_parts(v_, x) / square_;
        for (std::size_t i = 0; i < v_.size(); ++i) {
            x[i] -= scale * v_[i];
        }
    }

  private:
    std::vector<double> v_;
    double diagonal_;
    double square_;
};

} // namespace timeloom::detail
