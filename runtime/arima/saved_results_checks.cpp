// Which contents of a results file can be the results of a fit.
#include "timeloom/runtime/arima/parameter_order.hpp"
#include "timeloom/runtime/arima/partial_autocorrelations.hpp"
#include "timeloom/runtime/arima/saved_results.hpp"
#include "timeloom/runtime/error.hpp"

#include <algorithm>
#include <cmath>
#include <span>

namespace timeloom {

namespace {

void require(bool holds, const std::string& otherwise) {
    if (!holds) {
        throw Error(otherwise);
    }
}

bool all_finite(std::span<const double> values) {
    return std::ranges::all_of(values, [](double x) { return std::isfinite(x); });
}

void require_orders(const dsl::arima_orders& o) {
    constexpr int longest_season = 1'000'000; // far beyond any; keeps the degrees within int
    for (const int n : {o.p, o.d, o.q, o.seasonal_p, o.seasonal_d, o.seasonal_q}) {
        require(n >= 0 && n <= dsl::most_lag_coefficients, "an order is " + std::to_string(n) +
                                                               ", but orders lie in 0 to " +
                                                               std::to_string(dsl::most_lag_coefficients));
    }
    const int shortest = o.seasonal_p + o.seasonal_d + o.seasonal_q > 0 ? 2 : 1;
    require(o.seasonal_period >= shortest && o.seasonal_period <= longest_season,
            "a season of " + std::to_string(o.seasonal_period) + " observations");
}

void require_params(const SavedResults& r) {
    const std::size_t needed = parameter_names(r.orders, r.trend, r.exog_columns).size();
    require(r.fit.params.size() == needed, "there are " + std::to_string(r.fit.params.size()) +
                                               " parameters, but the orders have " + std::to_string(needed));
    require(all_finite(r.fit.params), "a parameter is not finite");
    const bool positive = r.fit.sigma2 > 0 || (r.fit.sigma2 == 0 && r.fit.status == FitStatus::constant);
    require(std::isfinite(r.fit.sigma2) && positive, "sigma2 is not positive");
    require(std::isfinite(r.fit.llf), "llf is not finite");
    require(r.fit.ok(), "its status says that the fit failed");
}

void require_regressors(const SavedResults& r) {
    const bool fits = r.exog_columns == 0 ? r.exog.empty()
                                          : r.exog.size() % r.exog_columns == 0 &&
                                                r.exog.size() / r.exog_columns == r.y.size();
    require(fits, "exog has " + std::to_string(r.exog.size()) + " values, but " + std::to_string(r.y.size()) +
                      " observations and " + std::to_string(r.exog_columns) + " columns");
    require(all_finite(r.exog), "a regressor is not finite");
}

/// 1 - φ₁B - …; of a moving average with φ = -θ. Its roots may lie on the unit circle, as those of a fit do
/// after too many differences: they are moved out by what rounding could have moved them in.
bool is_stationary(std::span<const double> terms, bool moving_average) {
    constexpr double shrinkage = 1 - 1e-8;
    std::vector<double> phi(terms.begin(), terms.end()), kappa(terms.size());
    double power = 1;
    for (double& c : phi) {
        power *= shrinkage;
        c *= moving_average ? -power : 1;
    }
    return partial_autocorrelations(phi, kappa);
}

void require_stationary(const SavedResults& r) {
    const dsl::lag_filter f = r.orders.filter();
    std::span<const double> rest = r.fit.params;
    rest = rest.subspan(rest.size() - static_cast<std::size_t>(f.parameters()));
    const auto take = [&](int count) {
        const std::span<const double> terms = rest.first(static_cast<std::size_t>(count));
        rest = rest.subspan(terms.size());
        return terms;
    };
    const bool ar = is_stationary(take(f.p), false);
    const bool ma = is_stationary(take(f.q), true);
    const bool seasonal_ar = is_stationary(take(f.seasonal_p), false);
    const bool seasonal_ma = is_stationary(take(f.seasonal_q), true);
    require(ar && seasonal_ar, "the autoregressive parameters are not stationary");
    require(ma && seasonal_ma, "the moving-average parameters are not invertible");
}

} // namespace

void require_meaningful(const SavedResults& results) {
    require_orders(results.orders);
    require_regressors(results);
    require_params(results);
    require_stationary(results);
}

} // namespace timeloom
