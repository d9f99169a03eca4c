// Gram and Schmidt's process.
#pragma once

#include "timeloom/runtime/linear_algebra/vectors.hpp"

#include <utility>
#include <vector>

namespace timeloom::detail {

/// Vectors that are orthogonal to each other.
class OrthogonalBasis {
  public:
    /// Takes the projections on the vectors out of v and returns their coefficients. Twice, because what the
    /// first time leaves of a large projection is rounded to its size.
    std::vector<double> project_out(std::vector<double>& v) const {
        std::vector<double> coefficients(vectors_.size());
        for (int pass = 0; pass < 2; ++pass) {
            for (std::size_t j = 0; j < vectors_.size(); ++j) {
                const double c = dot(vectors_[j], v) / squares_[j];
                coefficients[j] += c;
                for (std::size_t t = 0; t < v.size(); ++t) {
                    v[t] -= c * vectors_[j][t];
                }
            }
        }
        return coefficients;
    }

    /// A vector that project_out() was called for, not all zeros.
    void add(std::vector<double> v) {
        squares_.push_back(dot(v, v));
        vectors_.push_back(std::move(v));
    }
    /// The same of length 1.
    void add_unit(std::vector<double> v) {
        squares_.push_back(1.0);
        vectors_.push_back(std::move(v));
    }

    std::vector<std::vector<double>> take_vectors() { return std::move(vectors_); }

  private:
    std::vector<std::vector<double>> vectors_;
    std::vector<double> squares_;
};

} // namespace timeloom::detail
