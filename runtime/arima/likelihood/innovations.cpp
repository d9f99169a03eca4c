#include "timeloom/runtime/arima/likelihood/innovations.hpp"

#include "timeloom/runtime/arima/likelihood/filter_series.hpp"
#include "timeloom/runtime/arima/likelihood/prediction_errors.hpp"
#include "timeloom/runtime/arima/likelihood/start_predictors.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace timeloom::detail {

namespace {

/// A column of the least-squares problem: its effect on ε at each time, the first p rows as prediction
/// errors.
std::vector<double> whitened(const std::vector<double>& y, const std::vector<double>& residuals,
                             const std::vector<double>& theta, const StartPredictors& start) {
    const std::size_t p = std::min(start.phi.size() - 1, y.size());
    std::vector<double> x(p);
    std::vector<double> rows = residuals;
    for (std::size_t t = 0; t < p; ++t) {
        x[t] = y[t];
        for (std::size_t j = 1; j < theta.size() && j <= t; ++j) {
            x[t] -= theta[j] * x[t - j];
        }
        rows[t] = x[t];
        for (std::size_t i = 1; i <= t; ++i) {
            rows[t] -= start.phi[t][i - 1] * x[t - i];
        }
    }
    return rows;
}

/// Recursive least squares over unknowns of which some are not known at all yet.
class Recursion {
  public:
    explicit Recursion(std::size_t unknowns)
        : n_(unknowns), estimate_(unknowns), covariance_(unknowns * unknowns), flat_(unknowns, true) {}

    /// Error and variance of a row a + r'z = ε, ε of variance `noise`; NaN when it only tells an unknown.
    /// `columns` are combined where a row tells one unknown in terms of others.
    struct Step {
        double error;
        double variance;
    };

    template <class CombineColumns>
    Step take(double a, const std::vector<double>& r, double noise, const CombineColumns& combine) {
        std::vector<double> gain(n_);
        double error = a;
        double variance = noise;
        for (std::size_t i = 0; i < n_; ++i) {
            for (std::size_t j = 0; j < n_; ++j) {
                gain[i] += covariance_[i * n_ + j] * r[j];
            }
            error += r[i] * estimate_[i];
        }
        std::size_t told = n_;
        for (std::size_t i = 0; i < n_; ++i) {
            variance += r[i] * gain[i];
            if (flat_[i] && std::abs(r[i]) > 1e-9 && (told == n_ || std::abs(r[i]) > std::abs(r[told]))) {
                told = i;
            }
        }
        if (told < n_) {
            for (std::size_t i = 0; i < n_; ++i) {
                if (i != told && flat_[i] && r[i] != 0) {
                    combine(i, told, -r[i] / r[told]);
                }
            }
            learn(told, r[told], error, variance, gain);
            return {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()};
        }
        for (std::size_t i = 0; i < n_; ++i) {
            estimate_[i] -= gain[i] * error / variance;
            for (std::size_t j = 0; j < n_; ++j) {
                covariance_[i * n_ + j] -= gain[i] * gain[j] / variance;
            }
        }
        return {error, variance};
    }

    const std::vector<double>& estimate() const { return estimate_; }
    const std::vector<double>& covariance() const { return covariance_; }

  private:
    /// error + weight · z_i = ε tells z_i = (ε - error) / weight.
    void learn(std::size_t i, double weight, double error, double variance, const std::vector<double>& gain) {
        flat_[i] = false;
        estimate_[i] = -error / weight;
        for (std::size_t j = 0; j < n_; ++j) {
            covariance_[i * n_ + j] = covariance_[j * n_ + i] = -gain[j] / weight;
        }
        covariance_[i * n_ + i] = variance / (weight * weight);
    }

    std::size_t n_;
    std::vector<double> estimate_, covariance_;
    std::vector<bool> flat_;
};

} // namespace

std::vector<double> expanded_polynomial(const plan::LagFilter& f, const std::vector<double>& coefficients,
                                        bool moving_average) {
    const double sign = moving_average ? 1.0 : -1.0;
    std::vector<double> product{1.0};
    for (const plan::LagFactor& factor : plan::factors(f)) {
        if (factor.moving_average != moving_average) {
            continue;
        }
        std::vector<double> next(product.size() + static_cast<std::size_t>(factor.lag * factor.terms));
        for (std::size_t i = 0; i < product.size(); ++i) {
            next[i] += product[i];
            for (int j = 1; j <= factor.terms; ++j) {
                next[i + static_cast<std::size_t>(factor.lag * j)] +=
                    product[i] * (sign * coefficients[static_cast<std::size_t>(factor.first + j - 1)]);
            }
        }
        product = std::move(next);
    }
    return product;
}

namespace {

/// The binary exponent of the largest value. The filters limit what they put out to 1e300.
int exponent_of(const std::vector<double>& w) {
    double largest = 0;
    for (const double x : w) {
        largest = std::max(largest, std::abs(x));
    }
    return largest > 0 && std::isfinite(largest) ? std::ilogb(largest) : 0;
}

void multiply_by_power_of_two(std::vector<double>& values, int exponent) {
    for (double& x : values) {
        x = std::ldexp(x, exponent);
    }
}

Innovations of_scaled_series(const plan::LagFilterKernels& kernels, const plan::LagFilter& orders,
                             const std::vector<double>& coefficients, const ArmaSeries& series,
                             std::size_t horizon) {
    const std::vector<double> theta = expanded_polynomial(orders, coefficients, true);
    const StartPredictors start(expanded_polynomial(orders, coefficients, false));
    const std::size_t p = start.phi.size() - 1;
    const std::size_t q = theta.size() - 1;
    const std::size_t n = series.w.size();
    const std::size_t missing = series.missing_columns.size();
    const std::size_t unknowns = q + missing;

    // Columns: the series, v's unit vectors, the missing values; all with q rows before the first
    // observation.
    std::vector<std::vector<double>> inputs(1 + unknowns, std::vector<double>(q + n));
    std::ranges::copy(series.w, inputs[0].begin() + static_cast<std::ptrdiff_t>(q));
    for (std::size_t i = 0; i < q; ++i) {
        inputs[1 + i][i] = 1.0;
    }
    for (std::size_t k = 0; k < missing; ++k) {
        std::ranges::copy(series.missing_columns[k],
                          inputs[1 + q + k].begin() + static_cast<std::ptrdiff_t>(q));
    }
    std::vector<FilteredSeries> filtered = filter_series(kernels, orders, coefficients, inputs, horizon);
    std::vector<std::vector<double>> rows;
    for (std::size_t i = 0; i < inputs.size(); ++i) {
        rows.push_back(whitened(inputs[i], filtered[i].residuals, theta, start));
    }
    std::vector<std::vector<double>> levels(unknowns, std::vector<double>(missing));
    for (std::size_t k = 0; k < missing; ++k) {
        levels[q + k][k] = 1.0;
    }
    const auto combine = [&](std::size_t i, std::size_t told, double factor) {
        const auto add = [&](std::vector<double>& to, const std::vector<double>& from) {
            for (std::size_t t = 0; t < to.size(); ++t) {
                to[t] += factor * from[t];
            }
        };
        add(inputs[1 + i], inputs[1 + told]);
        add(levels[i], levels[told]);
        add(rows[1 + i], rows[1 + told]);
        add(filtered[1 + i].residuals, filtered[1 + told].residuals);
        add(filtered[1 + i].continuation, filtered[1 + told].continuation);
    };

    Innovations result;
    Recursion recursion(unknowns);
    std::vector<double> row(unknowns);
    for (std::size_t t = 0; t < q + n; ++t) {
        for (std::size_t i = 0; i < unknowns; ++i) {
            row[i] = rows[1 + i][t];
        }
        const auto step = recursion.take(rows[0][t], row, t < p ? start.variance[t] : 1.0, combine);
        if (t >= q) {
            result.errors.push_back(step.error);
            result.variances.push_back(step.variance);
        }
    }
    const std::vector<double>& z = recursion.estimate();
    result.unknowns = z;
    result.unknown_covariance = recursion.covariance();
    result.unknown_missing = levels;
    result.residuals = filtered[0].residuals;
    result.filled = inputs[0];
    result.forecast = filtered[0].continuation;
    for (std::size_t i = 0; i < unknowns; ++i) {
        for (std::size_t t = 0; t < q + n; ++t) {
            result.residuals[t] += z[i] * filtered[1 + i].residuals[t];
            result.filled[t] += z[i] * inputs[1 + i][t];
        }
        for (std::size_t h = 0; h < horizon; ++h) {
            result.forecast[h] += z[i] * filtered[1 + i].continuation[h];
        }
        result.unknown_forecast.push_back(filtered[1 + i].continuation);
    }
    for (std::vector<double>* v : {&result.residuals, &result.filled}) {
        v->erase(v->begin(), v->begin() + static_cast<std::ptrdiff_t>(q));
    }
    std::vector<double> impulse(std::max<std::size_t>(1, horizon));
    impulse[0] = 1.0;
    result.psi = synthesise(kernels, orders, coefficients, std::span(&impulse, 1))[0];
    return result;
}

/// Nothing where rounding takes too many digits.
std::optional<Innovations> of_long_presample(const plan::LagFilter& orders,
                                             const std::vector<double>& coefficients,
                                             const ArmaSeries& series, bool state_wanted,
                                             bool errors_wanted) {
    const std::vector<double> phi = expanded_polynomial(orders, coefficients, false),
                              theta = expanded_polynomial(orders, coefficients, true);
    Innovations result;
    if (errors_wanted) {
        PredictionErrors errors = prediction_errors(phi, theta, series.w);
        if (!std::isfinite(errors.variances.empty() ? 1.0 : errors.variances.back())) {
            return std::nullopt;
        }
        result.errors = std::move(errors.errors);
        result.variances = std::move(errors.variances);
    }
    if (state_wanted) {
        result.state = state_after(phi, theta, series.w);
        if (!result.state) {
            return std::nullopt;
        }
    }
    return result;
}

} // namespace

Innovations innovations(const plan::LagFilterKernels& kernels, const plan::LagFilter& orders,
                        const std::vector<double>& coefficients, const ArmaSeries& series,
                        std::size_t horizon, bool errors_wanted, int longest_dense) {
    const int exponent = exponent_of(series.w);
    ArmaSeries scaled = series;
    multiply_by_power_of_two(scaled.w, -exponent);
    std::optional<Innovations> found;
    if (orders.ma_degree() > longest_dense && series.missing_columns.empty()) {
        found = of_long_presample(orders, coefficients, scaled, horizon > 0, errors_wanted);
    }
    Innovations result =
        found ? *std::move(found) : of_scaled_series(kernels, orders, coefficients, scaled, horizon);
    for (std::vector<double>* values :
         {&result.errors, &result.residuals, &result.filled, &result.forecast, &result.unknowns}) {
        multiply_by_power_of_two(*values, exponent);
    }
    if (result.state) {
        multiply_by_power_of_two(result.state->ahead, exponent);
    }
    return result;
}

} // namespace timeloom::detail
