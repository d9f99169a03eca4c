// Windows of the airline passengers: what the topologies read and what they are to write.
#pragma once

#include <timeloom/runtime/tensors/tensor.hpp>

#include <cstddef>
#include <vector>

namespace topologies {

/// Growth from month to month, with mean 0 and variance 1 over the years that are trained on.
class Months {
  public:
    Months();

    /// First months of the windows whose year to forecast ends before the last two years, or within them.
    const std::vector<std::size_t>& training() const { return training_; }
    const std::vector<std::size_t>& held_out() const { return held_out_; }

    /// `count` values from month `offset` of every window on, (windows, count) or (windows, count, 1).
    timeloom::Tensor vectors(const std::vector<std::size_t>& windows, std::size_t offset,
                             std::size_t count) const;
    timeloom::Tensor sequences(const std::vector<std::size_t>& windows, std::size_t offset,
                               std::size_t count) const;
    /// How values differ from those of the same months a year before, (windows, count) for one month, else
    /// (windows, count, 1).
    timeloom::Tensor changes(const std::vector<std::size_t>& windows, std::size_t offset,
                             std::size_t count) const;
    /// Sine and cosine of the time of year, (windows, count, 2), and its month from 0, (windows, count).
    timeloom::Tensor calendar(const std::vector<std::size_t>& windows, std::size_t offset,
                              std::size_t count) const;
    timeloom::Tensor month_of_year(const std::vector<std::size_t>& windows, std::size_t offset,
                                   std::size_t count) const;

  private:
    std::vector<float> values_;
    std::vector<std::size_t> training_, held_out_;
};

} // namespace topologies
