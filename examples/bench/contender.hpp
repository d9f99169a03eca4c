// What a benchmark compares: anything that can be told to do a case's work and say how long it took.
#pragma once

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

namespace timeloom::bench {

struct Contender {
    std::string name;
    std::string version;
    std::string settings; ///< those that its own trial found best
    /// What it computed, to be compared with the others: losses of four training steps, or mean sizes of
    /// outputs and gradients. Empty where it cannot be compared, which `settings` explains.
    std::vector<double> check;
    /// Milliseconds of each of `count` measurements in a row.
    std::function<std::vector<double>(int count)> run;
};

/// All measurements of one quantity.
class Samples {
  public:
    void add(double value) { values_.push_back(value); }
    void add(const std::vector<double>& values) {
        values_.insert(values_.end(), values.begin(), values.end());
    }

    bool empty() const { return values_.empty(); }
    double min() const { return *std::ranges::min_element(values_); }
    double median() const {
        std::vector<double> sorted = values_;
        const auto middle = sorted.begin() + static_cast<std::ptrdiff_t>(sorted.size() / 2);
        std::ranges::nth_element(sorted, middle);
        return *middle;
    }

  private:
    std::vector<double> values_;
};

} // namespace timeloom::bench
