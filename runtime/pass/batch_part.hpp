// A part of a batch, and what a pass finds in it.
#pragma once

#include "timeloom/runtime/base/aligned_buffer.hpp"
#include "timeloom/runtime/losses/losses.hpp"
#include "timeloom/runtime/pass/table_rows.hpp"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <span>
#include <vector>

namespace timeloom::detail {

/// Some rows of a batch, and what a pass has found in them.
struct BatchPart {
    std::size_t first = 0, rows = 0;
    double loss = 0;              ///< share of the batch's
    std::size_t counted_rows = 0; ///< of the output, over all time steps, that no mask leaves out
    std::vector<MetricTotal> metrics;
    aligned_buffer<float> gradients; ///< of all parameters behind dense_begin
    std::vector<TableRows> tables;   ///< of embeddings, where the number of parts is fixed
};

/// What parts have measured as numbers, one after the other, for other ranks.
class MeasuredNumbers {
  public:
    MeasuredNumbers() = default;
    explicit MeasuredNumbers(std::span<const std::byte> bytes) : numbers_(bytes.size() / sizeof(double)) {
        std::memcpy(numbers_.data(), bytes.data(), numbers_.size() * sizeof(double));
    }

    void put(const BatchPart& part) {
        numbers_.insert(numbers_.end(), {part.loss, static_cast<double>(part.counted_rows)});
        for (const MetricTotal& metric : part.metrics) {
            numbers_.insert(numbers_.end(), {metric.sum, metric.count});
            put(metric.negatives);
            put(metric.positives);
        }
    }
    void take(BatchPart& part) {
        part.loss = next();
        part.counted_rows = static_cast<std::size_t>(next());
        for (MetricTotal& metric : part.metrics) {
            metric.sum = next();
            metric.count = next();
            take(metric.negatives);
            take(metric.positives);
        }
    }

    std::span<const std::byte> bytes() const { return std::as_bytes(std::span(numbers_)); }

  private:
    void put(const std::vector<double>& values) {
        numbers_.push_back(static_cast<double>(values.size()));
        numbers_.insert(numbers_.end(), values.begin(), values.end());
    }
    void take(std::vector<double>& values) {
        values.resize(static_cast<std::size_t>(next()));
        std::ranges::generate(values, [this] { return next(); });
    }
    double next() { return numbers_.at(at_++); }

    std::vector<double> numbers_;
    std::size_t at_ = 0;
};

} // namespace timeloom::detail
