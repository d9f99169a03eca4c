// Reads and compares what tests/statsmodels_cases/series.py and tests/r_series_values.R wrote.
#pragma once

#include "../support/golden_file.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace timeloom::golden {

inline const nlohmann::json& statsmodels_series() {
    static const nlohmann::json document = read("statsmodels_series.json");
    return document;
}

inline const nlohmann::json& r_series() {
    static const nlohmann::json document = read("r_series.json");
    return document;
}

/// null is NaN.
inline double number(const nlohmann::json& value) {
    return value.is_null() ? std::numeric_limits<double>::quiet_NaN() : value.get<double>();
}

inline std::vector<double> numbers(const nlohmann::json& array) {
    std::vector<double> result;
    for (const auto& value : array)
        result.push_back(number(value));
    return result;
}

/// The observations that a case of statsmodels_series.json names.
inline std::vector<double> observations(const nlohmann::json& a_case) {
    return numbers(statsmodels_series().at("series").at(a_case.at("series").get<std::string>()));
}

inline std::optional<std::size_t> optional_size(const nlohmann::json& value) {
    return value.is_null() ? std::nullopt : std::optional<std::size_t>(value.get<std::size_t>());
}

inline std::vector<double> every(std::size_t stride, std::span<const double> values) {
    std::vector<double> result;
    for (std::size_t i = 0; i < values.size(); i += stride)
        result.push_back(values[i]);
    return result;
}

/// Greatest |actual - expected|, infinite where the lengths differ or only one is NaN.
inline double greatest_error(std::span<const double> actual, std::span<const double> expected) {
    if (actual.size() != expected.size())
        return std::numeric_limits<double>::infinity();
    double error = 0.0;
    for (std::size_t i = 0; i < actual.size(); ++i) {
        if (std::isnan(actual[i]) != std::isnan(expected[i]))
            return std::numeric_limits<double>::infinity();
        if (!std::isnan(actual[i]) && actual[i] != expected[i])
            error = std::max(error, std::abs(actual[i] - expected[i]));
    }
    return error;
}

inline double greatest_size(std::span<const double> values) {
    double size = 0.0;
    for (const double value : values)
        if (std::isfinite(value))
            size = std::max(size, std::abs(value));
    return size;
}

inline void check_values(std::span<const double> actual, const nlohmann::json& expected, double tolerance) {
    CHECK(greatest_error(actual, numbers(expected)) <= tolerance);
}

/// Relative to the expected value.
inline void check_value(double actual, const nlohmann::json& expected, double tolerance) {
    const double value = number(expected);
    CAPTURE(actual, value);
    CHECK(std::isnan(actual) == std::isnan(value));
    if (!std::isnan(value) && actual != value)
        CHECK(std::abs(actual - value) <= tolerance * std::abs(value));
}

} // namespace timeloom::golden
