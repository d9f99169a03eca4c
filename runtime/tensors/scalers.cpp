#include "timeloom/runtime/tensors/scalers.hpp"

#include "timeloom/runtime/base/as_error.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <tuple>
#include <utility>

namespace timeloom {

namespace {

/// result(value, feature) of every value.
template <class F>
Tensor map_values(const Tensor& values, const F& result) {
    Tensor mapped(values.shape());
    const std::size_t width = values.row_size();
    for (std::size_t i = 0; i < values.size(); ++i) {
        mapped.data()[i] = static_cast<float>(result(static_cast<double>(values.data()[i]), i % width));
    }
    return mapped;
}

} // namespace

void Scaler::require_features(const Tensor& values) const {
    if (scale_.empty()) {
        throw Error("the scaler knows no scale yet: call fit() first");
    }
    if (values.row_size() != scale_.size()) {
        throw Error("the scaler was fitted to " + std::to_string(scale_.size()) + " features, but " +
                    to_string(values.shape()) + " has " + std::to_string(values.row_size()));
    }
}

Tensor Scaler::transform(const Tensor& values) const {
    require_features(values);
    return map_values(values, [&](double v, std::size_t f) { return (v - offset_[f]) / scale_[f]; });
}

Tensor Scaler::inverse_transform(const Tensor& values) const {
    require_features(values);
    return map_values(values, [&](double v, std::size_t f) { return v * scale_[f] + offset_[f]; });
}

Tensor Scaler::inverse_transform(const Tensor& values, std::size_t feature) const {
    if (feature >= scale_.size()) {
        throw Error("the scaler has no feature " + std::to_string(feature) + ", but was fitted to " +
                    std::to_string(scale_.size()));
    }
    return map_values(values, [&](double v, std::size_t) { return v * scale_[feature] + offset_[feature]; });
}

template <class Choose>
void Scaler::fit_features(const Tensor& values, const Choose& choose) {
    if (values.size() == 0) {
        throw Error("a scaler cannot be fitted to no values");
    }
    const std::size_t width = values.row_size();
    std::vector<double> offset, scale, feature;
    as_error("Scaler::fit", [&] {
        offset.resize(width);
        scale.resize(width);
        feature.resize(values.rows());
    });
    for (std::size_t f = 0; f < width; ++f) {
        for (std::size_t row = 0; row < feature.size(); ++row) {
            feature[row] = values.row(row)[f];
            if (!std::isfinite(feature[row])) {
                throw Error("feature " + std::to_string(f) + " is not finite in row " + std::to_string(row) +
                            "; fill the gaps before fitting a scaler");
            }
        }
        std::tie(offset[f], scale[f]) = choose(feature);
        if (!(std::isfinite(offset[f]) && std::isfinite(1 / scale[f]) && std::isfinite(scale[f]))) {
            throw Error("feature " + std::to_string(f) + " cannot be scaled: its offset would be " +
                        std::to_string(offset[f]) + " and its scale " + std::to_string(scale[f]) +
                        "; choose another range or unit");
        }
    }
    offset_ = std::move(offset);
    scale_ = std::move(scale);
}

StandardScaler& StandardScaler::fit(const Tensor& values) {
    fit_features(values, [](const std::vector<double>& feature) {
        const auto count = static_cast<double>(feature.size());
        double sum = 0;
        for (const double value : feature) {
            sum += value;
        }
        const double mean = sum / count;
        double squares = 0;
        for (const double value : feature) {
            squares += (value - mean) * (value - mean);
        }
        const double deviation = std::sqrt(squares / count);
        // What rounding leaves of a constant feature is no spread.
        const bool constant = deviation <= 10 * 0x1p-52 * std::abs(mean);
        return std::pair(mean, constant ? 1.0 : deviation);
    });
    return *this;
}

MinMaxScaler::MinMaxScaler(double low, double high) : low_(low), high_(high) {
    if (!(std::isfinite(low) && std::isfinite(high - low) && low < high)) {
        throw Error("MinMaxScaler: the range from " + std::to_string(low) + " to " + std::to_string(high) +
                    " must be finite and rise");
    }
}

MinMaxScaler& MinMaxScaler::fit(const Tensor& values) {
    fit_features(values, [this](const std::vector<double>& feature) {
        const auto [least, largest] = std::ranges::minmax(feature);
        const double scale = largest > least ? (largest - least) / (high_ - low_) : 1.0 / (high_ - low_);
        return std::pair(least - low_ * scale, scale);
    });
    return *this;
}

} // namespace timeloom
