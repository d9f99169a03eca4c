#include "timeloom/runtime/arima/chosen_differences.hpp"

#include "timeloom/runtime/error.hpp"

#include <algorithm>
#include <cmath>

namespace timeloom {

namespace {

/// Missing values between observations drawn over by lines, for tests of seasonality.
std::vector<double> interpolated(std::span<const double> y) {
    std::vector<double> result(y.begin(), y.end());
    std::size_t last = 0;
    for (std::size_t t = 1; t < y.size(); ++t) {
        if (std::isnan(y[t])) {
            continue;
        }
        for (std::size_t between = last + 1; between < t; ++between) {
            const double share = static_cast<double>(between - last) / static_cast<double>(t - last);
            result[between] = y[last] + share * (y[t] - y[last]);
        }
        last = t;
    }
    return result;
}

std::span<const double> without_missing_ends(std::span<const double> y) {
    while (!y.empty() && std::isnan(y.front())) {
        y = y.subspan(1);
    }
    while (!y.empty() && std::isnan(y.back())) {
        y = y.first(y.size() - 1);
    }
    return y;
}

std::size_t observed(std::span<const double> y) {
    return static_cast<std::size_t>(std::ranges::count_if(y, [](double x) { return !std::isnan(x); }));
}

void require_usable(std::span<const double> series) {
    for (std::size_t t = 0; t < series.size(); ++t) {
        if (std::isinf(series[t])) {
            throw Error("observation " + std::to_string(t + 1) +
                        " is infinite; mark missing observations as NaN and mend the others");
        }
    }
    if (observed(series) < 3) {
        throw Error("the series has " + std::to_string(observed(series)) +
                    " observations, but choosing an order needs at least 3");
    }
}

} // namespace

ChosenDifferences choose_differences(const dsl::arima_orders& most, std::span<const double> series,
                                     const AutoArimaOptions& options) {
    require_usable(series);
    const std::span<const double> y = without_missing_ends(series);
    const std::vector<double> filled = interpolated(y);
    const bool seasonal = most.seasonal_period > 1;
    const auto period = static_cast<std::size_t>(seasonal ? most.seasonal_period : 1);
    const DifferencingOptions rules{.max_d = std::min(options.max_d, most.d),
                                    .max_D = std::min(options.max_D, most.seasonal_d),
                                    .alpha = options.alpha,
                                    .seasonal_test = options.seasonal_test};
    ChosenDifferences chosen;
    if (options.d || options.D) {
        const bool testable = seasonal && filled.size() / 2 >= period && !options.D;
        chosen.D = testable   ? nsdiffs(filled, period, rules.seasonal_test, rules.max_D)
                   : seasonal ? options.D.value_or(0)
                              : 0;
        chosen.d = options.d ? *options.d
                             : ndiffs(diff(filled, period, static_cast<std::size_t>(chosen.D)), rules.alpha,
                                      rules.max_d);
        return chosen;
    }
    // KPSS tests leave missing values out.
    const bool gaps = !seasonal && !is_constant(filled);
    const DifferencingChoice choice = choose_differencing(gaps ? y : filled, period, rules);
    chosen.d = choice.d;
    chosen.D = choice.D;
    if (choice.constant) {
        const double steps = choice.D == 1 ? most.seasonal_period : 1;
        chosen.constant = choice.include_constant ? choice.constant_value * steps : 0.0;
    }
    return chosen;
}

} // namespace timeloom
