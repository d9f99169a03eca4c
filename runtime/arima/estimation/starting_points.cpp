#include "timeloom/runtime/arima/estimation/starting_points.hpp"

#include "timeloom/runtime/arima/estimation/burg.hpp"
#include "timeloom/runtime/arima/estimation/hannan_rissanen_points.hpp"
#include "timeloom/runtime/linear_algebra/levinson.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace timeloom::detail {

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

std::vector<double> yule_walker(const std::vector<double>& r) {
    return detail::durbin_levinson(r, 1e-12, clipped);
}

/// κ of the moving average of order 1 whose first autocorrelation is r = θ / (1 + θ²), with θ = -κ.
double first_moving_average(double r) {
    const double limited = std::clamp(r, -0.48, 0.48);
    return std::abs(limited) < 1e-8 ? 0.0
                                    : -(1.0 - std::sqrt(1.0 - 4.0 * limited * limited)) / (2.0 * limited);
}

struct KappaPoint {
    std::vector<double> p, seasonal_p, second_p, q, seasonal_q, second_q;

    std::vector<double> unconstrained() const {
        std::vector<double> point;
        for (const std::vector<double>* part : {&p, &seasonal_p, &second_p, &q, &seasonal_q, &second_q}) {
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

/// Autoregressive factors by Yule and Walker's equations, moving-average ones from the first autocorrelation.
KappaPoint rough_point(std::span<const double> w, const plan::LagFilter& orders) {
    const std::vector<double> r = autocorrelations(w, 1, std::max(1, orders.p));
    const std::vector<double> seasonal_r =
        autocorrelations(w, orders.seasonal_period, std::max(1, orders.seasonal_p));
    const std::vector<double> second_r =
        autocorrelations(w, orders.second_period, std::max(1, orders.second_p));
    const auto zero = [](int terms) { return std::vector<double>(static_cast<std::size_t>(terms)); };
    const KappaPoint zeros{zero(orders.p), zero(orders.seasonal_p), zero(orders.second_p),
                           zero(orders.q), zero(orders.seasonal_q), zero(orders.second_q)};
    KappaPoint by_ar = zeros, by_ma = zeros;
    if (orders.p > 0) {
        by_ar.p = yule_walker(r);
    }
    if (orders.seasonal_p > 0) {
        by_ar.seasonal_p = yule_walker(seasonal_r);
    }
    set_first(by_ma.q, first_moving_average(r[1]));
    if (orders.second_p > 0) {
        by_ar.second_p = yule_walker(second_r);
    }
    set_first(by_ma.seasonal_q, first_moving_average(seasonal_r[1]));
    set_first(by_ma.second_q, first_moving_average(second_r[1]));

    if (orders.p == 0) { // each direction by what it has
        by_ar.q = by_ma.q;
    }
    if (orders.seasonal_p == 0) {
        by_ar.seasonal_q = by_ma.seasonal_q;
    }
    if (orders.second_p == 0) {
        by_ar.second_q = by_ma.second_q;
    }
    return by_ar;
}

/// Partial autocorrelations (first and second of the autoregression, of the moving average) of starting
/// points that complement each other: taken one after the other from a grid, each being the one that reached
/// the best known maximum for most of those series, of 700 simulated ARMA(2, 2), for which the ones before
/// had not.
constexpr std::array<std::array<double, 4>, 7> far_kappa{{{-0.8, -0.7, -0.8, 0.5},
                                                          {0.8, -0.7, 0.8, -0.7},
                                                          {0.8, -0.7, 0.8, 0.5},
                                                          {-0.8, -0.7, 0.8, -0.7},
                                                          {-0.8, -0.7, -0.8, -0.7},
                                                          {0.8, 0.5, -0.8, -0.7},
                                                          {0.8, 0.5, 0.0, -0.7}}};

bool is_mixed(const plan::LagFilter& orders) { return orders.p > 0 && orders.q > 0; }
bool is_seasonally_mixed(const plan::LagFilter& orders) {
    return orders.seasonal_p > 0 && orders.seasonal_q > 0;
}

/// The autoregressive factors by Burg's method, after what the series is filtered with.
void set_autoregression(std::vector<double> x, const plan::LagFilter& orders, KappaPoint& kappa) {
    kappa.p = burg(x, orders.p);
    kappa.seasonal_p = burg(x, orders.seasonal_p, orders.seasonal_period);
    kappa.second_p = burg(x, orders.second_p, orders.second_period);
}

/// x / θ(B^lag), zeros before it, in place.
void divide_by(const std::vector<double>& theta, int lag, std::vector<double>& x) {
    const auto step = static_cast<std::size_t>(lag);
    for (std::size_t t = 0; t < x.size(); ++t) {
        for (std::size_t j = 1; j <= theta.size() && j * step <= t; ++j) {
            x[t] -= theta[j - 1] * x[t - j * step];
        }
    }
}

std::vector<double> moving_average(const std::vector<double>& kappa) {
    std::vector<double> theta(kappa.size());
    PartialAutocorrelations().to_coefficients(kappa, theta);
    for (double& c : theta) {
        c = -c;
    }
    return theta;
}

/// Number `index` of a sequence that fills the cube of all |κ| < 0.97 evenly: van der Corput's in a different
/// prime base for each coordinate (Halton 1960).
double scattered(std::size_t index, std::size_t coordinate) {
    constexpr std::array<std::size_t, 16> primes{2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53};
    const std::size_t base = primes[coordinate % primes.size()];
    double value = 0, digit = 1;
    for (std::size_t i = index + 1; i > 0; i /= base) {
        digit /= static_cast<double>(base);
        value += digit * static_cast<double>(i % base);
    }
    return 0.97 * (2 * value - 1);
}

void scatter(std::size_t index, std::size_t& coordinate, int terms, std::vector<double>& kappa) {
    kappa.clear();
    for (int i = 0; i < terms; ++i) {
        kappa.push_back(scattered(index, coordinate++));
    }
}

KappaPoint scattered_point(std::size_t index, const plan::LagFilter& orders) {
    KappaPoint kappa;
    std::size_t coordinate = 0;
    scatter(index, coordinate, orders.q, kappa.q);
    scatter(index, coordinate, orders.seasonal_q, kappa.seasonal_q);
    scatter(index, coordinate, orders.p, kappa.p);
    scatter(index, coordinate, orders.seasonal_p, kappa.seasonal_p);
    scatter(index, coordinate, orders.second_q, kappa.second_q);
    scatter(index, coordinate, orders.second_p, kappa.second_p);
    return kappa;
}

/// Terms of the moving average that leave little of the autoregression: equal partial autocorrelations cancel
/// it.
void cancel(const std::vector<double>& ar, std::vector<double>& ma, double share) {
    for (std::size_t k = 0; k < std::min(ar.size(), ma.size()); ++k) {
        ma[k] = std::clamp(share * ar[k], -0.99, 0.99);
    }
}

/// κ of 1 - 2 r cos ω B + r² B², or of 1 ∓ r B.
void set_pair(std::vector<double>& factor, double cosine, double r) {
    if (factor.size() == 1) {
        factor[0] = std::copysign(r, cosine);
    } else {
        set_first(factor, 2 * r * cosine / (1 + r * r), -r * r);
    }
}

} // namespace

std::vector<StartingPoint> starting_points(const ArimaData& data, const plan::LagFilter& kernels,
                                           const plan::LagFilter& orders) {
    std::vector<StartingPoint> points = hannan_rissanen_points(data, kernels, orders);
    const KappaPoint rough = rough_point(data.detrended, orders);
    points.push_back({rough.unconstrained()});
    if (orders.has_ar()) {
        KappaPoint by_burg = rough;
        set_autoregression(data.detrended, orders, by_burg);
        points.push_back({by_burg.unconstrained()});
    }
    return points;
}

std::vector<StartingPoint> far_points(const ArimaData& data, const plan::LagFilter& orders) {
    const KappaPoint rough = rough_point(data.detrended, orders);
    std::vector<StartingPoint> points;
    for (const auto& [ar, second_ar, ma, second_ma] : far_kappa) {
        KappaPoint far = rough;
        if (is_mixed(orders)) {
            set_first(far.p, ar, second_ar);
            set_first(far.q, ma, second_ma);
        } else if (is_seasonally_mixed(orders)) {
            set_first(far.seasonal_p, ar, second_ar);
            set_first(far.seasonal_q, ma, second_ma);
        } else {
            break;
        }
        points.push_back({far.unconstrained()});
    }
    return points;
}

std::vector<StartingPoint> points_all_over(const ArimaData& data, const plan::LagFilter& orders,
                                           std::size_t count) {
    const bool has_ar = orders.has_ar(), has_ma = orders.has_ma();
    std::vector<StartingPoint> points;
    for (std::size_t i = 0; i < count; ++i) {
        KappaPoint kappa = scattered_point(i, orders);
        const std::size_t kind = has_ar && has_ma ? i % 3 : 2;
        if (kind == 0) {
            std::vector<double> x = data.detrended;
            divide_by(moving_average(kappa.q), 1, x);
            divide_by(moving_average(kappa.seasonal_q), orders.seasonal_period, x);
            divide_by(moving_average(kappa.second_q), orders.second_period, x);
            set_autoregression(std::move(x), orders, kappa);
        } else if (kind == 1) {
            const double share = i % 2 == 0 ? 0.85 : 1.1;
            cancel(kappa.p, kappa.q, share);
            cancel(kappa.seasonal_p, kappa.seasonal_q, share);
            cancel(kappa.second_p, kappa.second_q, share);
        }
        points.push_back({kappa.unconstrained()});
    }
    return points;
}

std::vector<StartingPoint> spectral_lines(const plan::LagFilter& orders) {
    constexpr std::array<std::pair<double, double>, 3> radii{{{0.96, 0.999}, {0.99, 0.93}, {0.9, 0.99}}};
    constexpr int frequencies = 40;
    std::vector<StartingPoint> points;
    // Without a moving average of single lags the lines are on a seasonal one that is all but complete.
    const bool of_season = orders.p > 0 && orders.q == 0 && orders.seasonal_q > 0;
    if (!is_mixed(orders) && !of_season) {
        return points;
    }
    const bool is_real = (of_season ? orders.p : std::min(orders.p, orders.q)) == 1;
    for (int i = 0; i < (is_real ? 2 : frequencies); ++i) {
        const double cosine = is_real ? 1.0 - 2 * i : std::cos(std::numbers::pi * (i + 0.5) / frequencies);
        for (const auto& [ar, ma] : radii) {
            KappaPoint kappa = scattered_point(0, orders);
            for (std::vector<double>* factor : {&kappa.p, &kappa.q, &kappa.seasonal_p, &kappa.seasonal_q,
                                                &kappa.second_p, &kappa.second_q}) {
                std::ranges::fill(*factor, 0.0);
            }
            const auto first_terms = [&](std::vector<double>& factor, double r) {
                std::vector<double> pair(is_real ? 1 : 2);
                set_pair(pair, cosine, r);
                std::ranges::copy(pair, factor.begin());
            };
            first_terms(kappa.p, ar);
            if (of_season) {
                kappa.seasonal_q[0] = ma;
            } else {
                first_terms(kappa.q, ma);
            }
            points.push_back({kappa.unconstrained()});
        }
    }
    return points;
}

std::vector<StartingPoint> scattered_points(const plan::LagFilter& orders, std::size_t first,
                                            std::size_t count) {
    std::vector<StartingPoint> points;
    for (std::size_t i = first; i < first + count; ++i) {
        points.push_back({scattered_point(i, orders).unconstrained()});
    }
    return points;
}

std::vector<StartingPoint> reflections_of(const std::vector<double>& point, const plan::LagFilter& orders) {
    std::vector<StartingPoint> points;
    std::size_t first = 0;
    for (const plan::LagFactor& factor : plan::factors(orders)) {
        const auto terms = static_cast<std::size_t>(factor.terms);
        for (const double multiple : {-1.0, 0.4, -0.4, 0.0}) {
            std::vector<double> other = point;
            for (std::size_t k = first; k < first + terms; ++k) {
                const double inside = std::abs(other[k]) > 1 ? 1 / other[k] : other[k];
                other[k] = multiple * std::clamp(inside, -0.95, 0.95);
            }
            points.push_back({std::move(other)});
        }
        first += terms;
    }
    return points;
}

} // namespace timeloom::detail
