#include "timeloom/runtime/arima/starting_points.hpp"

#include <algorithm>
#include <cmath>

namespace timeloom {

namespace {

/// r at lags 0, s, 2s, … terms·s of the series as it is, without taking its mean out.
std::vector<double> autocorrelations(std::span<const double> w, int lag, int terms) {
    std::vector<double> r(static_cast<std::size_t>(terms) + 1);
    for (std::size_t k = 0; k < r.size(); ++k) {
        const std::size_t shift = k * static_cast<std::size_t>(lag);
        for (std::size_t t = shift; t < w.size(); ++t) {
            r[k] += w[t] * w[t - shift];
        }
    }
    for (std::size_t k = r.size(); k-- > 0;) {
        r[k] = r[0] > 0 ? r[k] / r[0] : 0.0;
    }
    return r;
}

double clipped(double kappa) { return std::clamp(kappa, -0.95, 0.95); }

/// Partial autocorrelations by Durbin and Levinson's recursion.
std::vector<double> yule_walker(const std::vector<double>& r) {
    std::vector<double> phi, kappa;
    double left = 1.0;
    for (std::size_t k = 1; k < r.size(); ++k) {
        double sum = r[k];
        for (std::size_t i = 0; i + 1 < k; ++i) {
            sum -= phi[i] * r[k - 1 - i];
        }
        const double next = left > 1e-12 ? clipped(sum / left) : 0.0;
        const std::vector<double> below = phi;
        for (std::size_t i = 0; i + 1 < k; ++i) {
            phi[i] = below[i] - next * below[k - 2 - i];
        }
        phi.push_back(next);
        kappa.push_back(next);
        left *= 1.0 - next * next;
    }
    return kappa;
}

/// κ of the moving average of order 1 whose first autocorrelation is r = θ / (1 + θ²), with θ = -κ.
double first_moving_average(double r) {
    const double limited = std::clamp(r, -0.48, 0.48);
    return std::abs(limited) < 1e-8 ? 0.0
                                    : -(1.0 - std::sqrt(1.0 - 4.0 * limited * limited)) / (2.0 * limited);
}

struct KappaPoint {
    std::vector<double> p, seasonal_p, q, seasonal_q;

    std::vector<double> unconstrained() const {
        std::vector<double> point;
        for (const std::vector<double>* part : {&p, &seasonal_p, &q, &seasonal_q}) {
            for (const double kappa : *part) {
                point.push_back(ParameterSpace::unconstrained(kappa));
            }
        }
        return point;
    }
};

void set_first(std::vector<double>& kappa, double first, double second = 0.0) {
    std::ranges::fill(kappa, 0.0);
    if (!kappa.empty()) {
        kappa[0] = first;
    }
    if (kappa.size() > 1) {
        kappa[1] = second;
    }
}

} // namespace

std::vector<std::vector<double>> starting_points(std::span<const double> w, const dsl::lag_filter& orders) {
    const std::vector<double> r = autocorrelations(w, 1, std::max(1, orders.p));
    const std::vector<double> seasonal_r =
        autocorrelations(w, orders.seasonal_period, std::max(1, orders.seasonal_p));
    const KappaPoint zeros{std::vector<double>(static_cast<std::size_t>(orders.p)),
                           std::vector<double>(static_cast<std::size_t>(orders.seasonal_p)),
                           std::vector<double>(static_cast<std::size_t>(orders.q)),
                           std::vector<double>(static_cast<std::size_t>(orders.seasonal_q))};
    KappaPoint by_ar = zeros, by_ma = zeros;
    if (orders.p > 0) {
        by_ar.p = yule_walker(r);
    }
    if (orders.seasonal_p > 0) {
        by_ar.seasonal_p = yule_walker(seasonal_r);
    }
    set_first(by_ma.q, first_moving_average(r[1]));
    set_first(by_ma.seasonal_q, first_moving_average(seasonal_r[1]));

    KappaPoint by_both =
        by_ar; // each direction by what it has: moving average where there is no autoregression
    if (orders.p == 0) {
        by_both.q = by_ma.q;
    }
    if (orders.seasonal_p == 0) {
        by_both.seasonal_q = by_ma.seasonal_q;
    }
    std::vector<std::vector<double>> points{by_both.unconstrained()};
    const bool mixed = orders.p > 0 && orders.q > 0;
    const bool seasonally_mixed = orders.seasonal_p > 0 && orders.seasonal_q > 0;
    if (orders.q + orders.seasonal_q > 0) {
        points.push_back(zeros.unconstrained());
    }
    if (mixed || seasonally_mixed) {
        points.push_back(by_ma.unconstrained());
        for (const double ar : {0.7, -0.7}) {
            for (const double ma : {0.6, -0.6}) {
                for (const double second : {-0.5, 0.3}) {
                    KappaPoint far = by_both;
                    if (mixed) {
                        set_first(far.p, ar, second);
                        set_first(far.q, ma, -second);
                    }
                    if (seasonally_mixed) {
                        set_first(far.seasonal_p, mixed ? 0.3 * ar : ar, 0.0);
                        set_first(far.seasonal_q, mixed ? 0.3 * ma : ma, 0.0);
                    }
                    points.push_back(far.unconstrained());
                }
            }
        }
    }
    return points;
}

std::size_t default_starts(const dsl::lag_filter& orders) {
    const bool mixed = (orders.p > 0 && orders.q > 0) || (orders.seasonal_p > 0 && orders.seasonal_q > 0);
    return mixed ? 4 : orders.q + orders.seasonal_q > 1 ? 2 : 1;
}

} // namespace timeloom
