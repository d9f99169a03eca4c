// Scaling of features, learnt from one series and applied to others, as in scikit-learn.
#pragma once

#include "timeloom/runtime/tensors/tensor.hpp"

#include <cstddef>
#include <vector>

namespace timeloom {

/// scaled = (value − offset) / scale for every feature, features being the last axis. Fit on the training
/// data alone. Functions throw Error before fit(), for another number of features, and for NaN in fit().
class Scaler {
  public:
    Tensor transform(const Tensor& values) const;
    Tensor inverse_transform(const Tensor& values) const;
    /// Back from a forecast of one feature alone, whatever the shape of `values`.
    Tensor inverse_transform(const Tensor& values, std::size_t feature) const;

    const std::vector<double>& offset() const { return offset_; }
    const std::vector<double>& scale() const { return scale_; }

  protected:
    /// Sets offset and scale of every feature to what choose(the feature's values) gives.
    template <class Choose>
    void fit_features(const Tensor& values, const Choose& choose);

  private:
    void require_features(const Tensor& values) const;

    std::vector<double> offset_, scale_;
};

/// To mean 0 and standard deviation 1 (of the population); a constant feature keeps its scale.
class StandardScaler final : public Scaler {
  public:
    StandardScaler& fit(const Tensor& values);
};

/// To [low, high]: the least and the largest value of each feature become low and high.
class MinMaxScaler final : public Scaler {
  public:
    /// Throws Error unless low < high, both finite.
    explicit MinMaxScaler(double low = 0, double high = 1);
    MinMaxScaler& fit(const Tensor& values);

  private:
    double low_, high_;
};

} // namespace timeloom
