// Differences of a series, and how many it needs; rules of R's package forecast (Hyndman, Khandakar 2008).
#include "timeloom/runtime/series/unit_roots/differencing.hpp"

#include "timeloom/runtime/base/as_error.hpp"
#include "timeloom/runtime/error.hpp"
#include "timeloom/runtime/linear_algebra/vectors.hpp"
#include "timeloom/runtime/series/checks.hpp"
#include "timeloom/runtime/series/decomposition/stl.hpp"
#include "timeloom/runtime/series/unit_roots/unit_root.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <string>

namespace timeloom {

namespace {

void require_no_infinity(std::span<const double> values, const char* what) {
    const auto bad = std::find_if(values.begin(), values.end(), [](double x) { return std::isinf(x); });
    if (bad != values.end())
        throw Error("diff: value " + std::to_string(bad - values.begin()) + " (from 0) " + what);
}

} // namespace

std::vector<double> diff(std::span<const double> series, std::size_t lag, std::size_t times) try {
    if (lag == 0)
        throw Error("diff needs a lag of at least 1");
    if (series.empty() || (series.size() - 1) / lag < times)
        throw Error("diff with lag " + std::to_string(lag) + ", " + std::to_string(times) +
                    " times, leaves nothing of " + std::to_string(series.size()) + " values");
    require_no_infinity(series, "is infinite; mark missing values as NaN and mend the others.");
    std::vector<double> values(series.begin(), series.end());
    for (std::size_t i = 0; i < times; ++i) {
        for (std::size_t t = values.size() - 1; t >= lag; --t)
            values[t] -= values[t - lag];
        values.erase(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(lag));
    }
    require_no_infinity(values, "of the differences is beyond the range of double; divide the series by 4.");
    return values;
} catch (...) {
    detail::rethrow_as_error("diff");
}

bool is_constant(std::span<const double> series, double magnitude) {
    constexpr double tolerance = 1e-14;
    for (const double value : series)
        magnitude = std::max(magnitude, std::abs(value));
    return std::all_of(series.begin(), series.end(), [&](double value) {
        return value == series.front() || std::abs(value - series.front()) <= tolerance * magnitude;
    });
}

namespace {

void require_limit(const char* function, const char* name, int limit) {
    if (limit < 0)
        throw Error(std::string(function) + " needs a " + name + " of at least 0, but got " +
                    std::to_string(limit));
}

/// Without missing values.
std::vector<double> present(std::span<const double> series) {
    std::vector<double> values;
    std::copy_if(series.begin(), series.end(), std::back_inserter(values),
                 [](double value) { return !std::isnan(value); });
    return values;
}

/// ndiffs of differences of numbers as large as `magnitude`, of which none is missing.
int differences_needed(std::vector<double> rest, double magnitude, double alpha, int max_d) {
    for (int d = 0;; ++d) {
        if (d == max_d || is_constant(rest, magnitude))
            return d;
        KpssOptions options;
        options.fixed_nlags =
            static_cast<std::size_t>(3.0 * std::sqrt(static_cast<double>(rest.size())) / 13.0);
        if (kpss(rest, options).p_value >= alpha)
            return d;
        rest = diff(rest);
    }
}

void require_kpss_level(const char* function, double alpha) {
    if (!(alpha >= 0.01 && alpha <= 0.1))
        throw Error(std::string(function) +
                    " needs an alpha between 0.01 and 0.1, where KPSS has its table, but got " +
                    std::to_string(alpha));
}

} // namespace

int ndiffs(std::span<const double> series, double alpha, int max_d) try {
    require_kpss_level("ndiffs", alpha);
    require_limit("ndiffs", "max_d", max_d);
    const std::vector<double> values = present(series);
    detail::require_series("ndiffs", values, 1);
    return differences_needed(values, 0.0, alpha, max_d);
} catch (...) {
    detail::rethrow_as_error("ndiffs");
}

double seasonal_strength(std::span<const double> series, std::size_t period) try {
    detail::require_series("seasonal_strength", series, 1);
    detail::require_periods("seasonal_strength", series, period);
    if (series.size() == 2 * period)
        throw Error("seasonal_strength needs more than two periods, but the series has exactly two of " +
                    std::to_string(period) + " values");
    const auto odd_at_least = [](double value) { return static_cast<int>(std::ceil(value)) | 1; };
    const auto tenth = [](int window) { return (window + 9) / 10; };
    StlOptions options;
    options.seasonal = 11;
    options.seasonal_deg = 0;
    options.trend = odd_at_least(1.5 * static_cast<double>(period) / (1.0 - 1.5 / options.seasonal));
    options.low_pass = std::max(3, odd_at_least(static_cast<double>(period)));
    options.seasonal_jump = tenth(options.seasonal);
    options.trend_jump = tenth(*options.trend);
    options.low_pass_jump = tenth(*options.low_pass);
    options.inner_iter = 2;
    const StlResult parts = stl(detail::scaled(series).values, period, options);
    std::vector<double> detrended(series.size());
    for (std::size_t t = 0; t < series.size(); ++t)
        detrended[t] = parts.resid[t] + parts.seasonal[t];
    const double all = detail::variance(detrended, 1.0);
    return all == 0.0 ? 0.0 : std::clamp(1.0 - detail::variance(parts.resid, 1.0) / all, 0.0, 1.0);
} catch (...) {
    detail::rethrow_as_error("seasonal_strength");
}

namespace {

bool needs_seasonal_difference(std::span<const double> series, std::size_t period, SeasonalTest test) {
    if (series.size() <= 2 * period)
        return false;
    if (test == SeasonalTest::seas)
        return seasonal_strength(series, period) > 0.64;
    try {
        return ocsb_test(series, period).has_unit_root;
    } catch (const Error&) {
        return false;
    }
}

} // namespace

int nsdiffs(std::span<const double> series, std::size_t period, SeasonalTest test, int max_D) try {
    detail::require_series("nsdiffs", series, 1);
    require_limit("nsdiffs", "max_D", max_D);
    if (period < 2)
        throw Error("nsdiffs needs a period of at least 2, but got " + std::to_string(period));
    const double magnitude = detail::greatest_size(series);
    std::vector<double> rest(series.begin(), series.end());
    int D = 0;
    while (D < max_D && !is_constant(rest, magnitude) && rest.size() / 2 >= period &&
           needs_seasonal_difference(rest, period, test)) {
        rest = diff(rest, period);
        ++D;
    }
    return D;
} catch (...) {
    detail::rethrow_as_error("nsdiffs");
}

DifferencingChoice choose_differencing(std::span<const double> series, std::size_t period,
                                       const DifferencingOptions& options) try {
    detail::require_series("choose_differencing", present(series), 1);
    require_kpss_level("choose_differencing", options.alpha);
    require_limit("choose_differencing", "max_d", options.max_d);
    require_limit("choose_differencing", "max_D", options.max_D);
    if (period == 0)
        throw Error("choose_differencing needs a period of at least 1, which is no season, but got 0");
    const double magnitude = detail::greatest_size(series);
    DifferencingChoice choice;
    if (is_constant(series)) {
        choice.constant = choice.include_constant = true;
        choice.constant_value = detail::mean(series);
        return choice;
    }
    if (period > 1 && series.size() / 2 >= period)
        choice.D = nsdiffs(series, period, options.seasonal_test, options.max_D);
    auto rest = diff(series, period, static_cast<std::size_t>(choice.D));
    choice.d = differences_needed(present(rest), magnitude, options.alpha, options.max_d);
    rest = diff(rest, 1, static_cast<std::size_t>(choice.d));
    choice.constant = is_constant(rest, magnitude);
    if (!choice.constant)
        return choice;
    if (choice.D == 0 && choice.d > 2)
        throw Error("choose_differencing: the series is a polynomial of degree " + std::to_string(choice.d) +
                    " or more, for which ARIMA is no model; fit the polynomial itself");
    // A constant beside two differences would be a quadratic trend, which auto.arima does not forecast.
    choice.include_constant = choice.d + choice.D < 2;
    if (choice.include_constant)
        choice.constant_value = detail::mean(rest) / (choice.D == 1 ? static_cast<double>(period) : 1.0);
    return choice;
} catch (...) {
    detail::rethrow_as_error("choose_differencing");
}

} // namespace timeloom
