// Series that tests of results are made of, and how their values are compared.
#pragma once

#include "../support/golden_file.hpp"

#include "timeloom/runtime/arima/arima.hpp"

#include <catch2/catch.hpp>

#include <cmath>
#include <limits>
#include <utility>
#include <vector>

namespace timeloom::tests {

inline constexpr double missing = std::numeric_limits<double>::quiet_NaN();

/// first, first + step, first + 2 step, ...
inline std::vector<double> line(std::size_t size, double first, double step) {
    std::vector<double> y(size);
    for (std::size_t t = 0; t < size; ++t) {
        y[t] = first + step * static_cast<double>(t);
    }
    return y;
}

/// Logarithms of the airline passengers.
inline std::vector<double> log_passengers() {
    const nlohmann::json file = golden::read("r_arima.json");
    std::vector<double> y;
    for (const auto& x : file.at("series").at("AirPassengers").at("values")) {
        y.push_back(std::log(x.get<double>()));
    }
    return y;
}

/// Estimates as if a fit had ended with them.
inline ArimaFit fit_of(FitStatus status, std::vector<double> params, double sigma2) {
    ArimaFit fit;
    fit.status = status;
    fit.params = std::move(params);
    fit.sigma2 = sigma2;
    return fit;
}

/// All elements must agree to `relative` of the expected one.
inline void check_close(const std::vector<double>& actual, const std::vector<double>& expected,
                        double relative) {
    REQUIRE(actual.size() == expected.size());
    for (std::size_t i = 0; i < actual.size(); ++i) {
        INFO("element " << i);
        CHECK(actual[i] == Approx(expected[i]).epsilon(relative));
    }
}

inline std::vector<double> times(std::vector<double> values, double factor) {
    for (double& x : values) {
        x *= factor;
    }
    return values;
}

} // namespace timeloom::tests
