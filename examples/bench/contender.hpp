// What a benchmark compares: anything that can be told to run some training steps and say how long each took.
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
    /// Milliseconds of each of `steps` consecutive training steps.
    std::function<std::vector<double>(int steps)> run;
};

/// All measurements of one quantity.
class Samples {
  public:
    void add(double value) { values_.push_back(value); }
    void add(const std::vector<double>& values) {
        values_.insert(values_.end(), values.begin(), values.end());
    }

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
