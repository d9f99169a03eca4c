#include "months.hpp"

#include "../airline/passengers.hpp"
#include "models.hpp"

#include <cmath>
#include <numbers>

namespace topologies {

using timeloom::Shape;
using timeloom::Tensor;
using Windows = std::vector<std::size_t>;

namespace {

constexpr std::size_t held_out_months = 24;
constexpr std::size_t window = history + year;

/// value i of the series is the growth into month i + 1
std::size_t month_of(std::size_t value) { return (value + 1) % year; }

template <class F>
Tensor filled(const Windows& windows, Shape shape, std::size_t count, const F& value) {
    Tensor result(shape);
    for (std::size_t w = 0; w < windows.size(); ++w) {
        for (std::size_t i = 0; i < count; ++i) {
            value(windows[w] + i,
                  result.data() + (w * count + i) * (result.size() / (windows.size() * count)));
        }
    }
    return result;
}

} // namespace

Months::Months() {
    for (std::size_t i = 1; i < airline::passengers.size(); ++i) {
        values_.push_back(std::log(airline::passengers[i] / airline::passengers[i - 1]));
    }
    const std::size_t trained = values_.size() - held_out_months;
    float mean = 0, variance = 0;
    for (std::size_t i = 0; i < trained; ++i) {
        mean += values_[i] / static_cast<float>(trained);
    }
    for (std::size_t i = 0; i < trained; ++i) {
        variance += (values_[i] - mean) * (values_[i] - mean) / static_cast<float>(trained);
    }
    for (float& v : values_) {
        v = (v - mean) / std::sqrt(variance);
    }
    for (std::size_t first = 0; first + window <= values_.size(); ++first) {
        const bool trains = first + window <= trained;
        if (trains || first + history >= trained) {
            (trains ? training_ : held_out_).push_back(first);
        }
    }
}

Tensor Months::vectors(const Windows& windows, std::size_t offset, std::size_t count) const {
    return filled(windows, {windows.size(), count}, count,
                  [&](std::size_t i, float* to) { *to = values_[i + offset]; });
}

Tensor Months::sequences(const Windows& windows, std::size_t offset, std::size_t count) const {
    return filled(windows, {windows.size(), count, 1}, count,
                  [&](std::size_t i, float* to) { *to = values_[i + offset]; });
}

Tensor Months::changes(const Windows& windows, std::size_t offset, std::size_t count) const {
    const Shape shape = count == 1 ? Shape{windows.size(), 1} : Shape{windows.size(), count, 1};
    return filled(windows, shape, count,
                  [&](std::size_t i, float* to) { *to = values_[i + offset] - values_[i + offset - year]; });
}

Tensor Months::calendar(const Windows& windows, std::size_t offset, std::size_t count) const {
    return filled(windows, {windows.size(), count, 2}, count, [&](std::size_t i, float* to) {
        const double angle = 2 * std::numbers::pi * static_cast<double>(month_of(i + offset)) / year;
        to[0] = static_cast<float>(std::sin(angle));
        to[1] = static_cast<float>(std::cos(angle));
    });
}

Tensor Months::month_of_year(const Windows& windows, std::size_t offset, std::size_t count) const {
    return filled(windows, {windows.size(), count}, count,
                  [&](std::size_t i, float* to) { *to = static_cast<float>(month_of(i + offset)); });
}

} // namespace topologies
