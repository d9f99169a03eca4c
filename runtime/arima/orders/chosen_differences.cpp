#include "timeloom/runtime/arima/orders/chosen_differences.hpp"

#include "timeloom/runtime/error.hpp"
#include "timeloom/runtime/linear_algebra/vectors.hpp"

#include <algorithm>
#include <cmath>

namespace timeloom::detail {

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
    const std::size_t count = observed(series);
    const bool equal = count == 2 && is_constant(interpolated(without_missing_ends(series)));
    if (count < 3 && !equal) {
        throw Error("the series has " + std::to_string(count) +
                    " observations, but choosing an order needs at least 3");
    }
}

/// True if one of the regressors is constant once it is differenced.
bool leaves_constant(const VaryingRegressors& exog, const plan::ArimaOrders& most,
                     const ChosenDifferences& chosen) {
    for (std::size_t k = 0; k < exog.columns.size(); ++k) {
        const std::vector<double> column = exog.column(k);
        const std::vector<double> seasonal =
            diff(diff(column, static_cast<std::size_t>(most.second_period),
                      static_cast<std::size_t>(chosen.second_D)),
                 static_cast<std::size_t>(most.seasonal_period), static_cast<std::size_t>(chosen.D));
        if (is_constant(diff(seasonal, 1, static_cast<std::size_t>(chosen.d)),
                        detail::greatest_size(column))) {
            return true;
        }
    }
    return false;
}

/// Differences at the second season's period, by the test unless they are given.
int second_differences(const std::vector<double>& filled, const plan::ArimaOrders& most,
                       const VaryingRegressors& exog, const AutoArimaOptions& options) {
    const auto period = static_cast<std::size_t>(most.second_period);
    ChosenDifferences chosen;
    if (options.second_D) {
        chosen.second_D = period > 1 ? *options.second_D : 0;
    } else if (period > 1 && filled.size() / 2 >= period) {
        chosen.second_D =
            nsdiffs(filled, period, options.seasonal_test, std::min(options.max_second_D, most.second_d));
        chosen.second_D -= chosen.second_D > 0 && leaves_constant(exog, most, chosen);
    }
    return chosen.second_D;
}

/// D and then d, each by its test unless it is given.
ChosenDifferences one_after_the_other(std::span<const double> y, const std::vector<double>& filled,
                                      const plan::ArimaOrders& most, const VaryingRegressors& exog,
                                      const AutoArimaOptions& options, const DifferencingOptions& rules,
                                      int second_D) {
    ChosenDifferences chosen{.second_D = second_D};
    const auto period = static_cast<std::size_t>(most.seasonal_period);
    if (options.D) {
        chosen.D = period > 1 ? *options.D : 0;
    } else if (period > 1 && filled.size() / 2 >= period) {
        chosen.D = nsdiffs(filled, period, rules.seasonal_test, rules.max_D);
        chosen.D -= chosen.D > 0 && leaves_constant(exog, most, chosen);
    }
    if (options.d) {
        chosen.d = *options.d;
    } else {
        chosen.d = ndiffs(diff(y, period, static_cast<std::size_t>(chosen.D)), rules.alpha, rules.max_d);
        chosen.d -= chosen.d > 0 && leaves_constant(exog, most, chosen);
    }
    return chosen;
}

} // namespace

ChosenDifferences choose_differences(const plan::ArimaOrders& most, std::span<const double> series,
                                     const VaryingRegressors& exog, const AutoArimaOptions& options) {
    require_usable(series);
    const bool regression = !exog.columns.empty();
    const std::vector<double> residuals =
        regression ? regression_residuals(series, exog) : std::vector<double>{};
    const std::span<const double> whole = without_missing_ends(regression ? residuals : series);
    const std::vector<double> whole_filled = interpolated(whole);
    const int second_D = second_differences(whole_filled, most, exog, options);
    const auto rest_of = [&](std::span<const double> values) {
        return diff(values, static_cast<std::size_t>(most.second_period), static_cast<std::size_t>(second_D));
    };
    const std::vector<double> y = rest_of(whole), filled = rest_of(whole_filled);
    const bool seasonal = most.seasonal_period > 1;
    const auto period = static_cast<std::size_t>(seasonal ? most.seasonal_period : 1);
    const DifferencingOptions rules{.max_d = std::min(options.max_d, most.d),
                                    .max_D = std::min(options.max_D, most.seasonal_d),
                                    .alpha = options.alpha,
                                    .seasonal_test = options.seasonal_test};
    // KPSS tests leave missing values out.
    const bool gaps = !seasonal && !is_constant(filled);
    const std::span<const double> tested = gaps ? y : filled;
    if (options.d || options.D || regression) {
        return one_after_the_other(tested, filled, most, exog, options, rules, second_D);
    }
    const DifferencingChoice choice = choose_differencing(tested, period, rules);
    ChosenDifferences chosen{choice.d, choice.D, second_D};
    if (choice.constant) {
        const double steps = choice.D == 1 ? most.seasonal_period : 1;
        chosen.constant = choice.include_constant ? choice.constant_value * steps : 0.0;
    }
    return chosen;
}

} // namespace timeloom::detail
