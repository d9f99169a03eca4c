#include "timeloom/runtime/arima/estimation/conditional_sum.hpp"

#include "timeloom/runtime/arima/parameters/parameter_space.hpp"
#include "timeloom/runtime/arima/polynomials/small_matrix.hpp"
#include "timeloom/runtime/error.hpp"
#include "timeloom/runtime/linear_algebra/vectors.hpp"
#include "timeloom/runtime/series/least_squares.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace timeloom::detail {

namespace {

using detail::dot;

std::span<const double> regressor(const ArimaData& series, std::size_t k) {
    const std::size_t n = series.w.size();
    return std::span(series.basis).subspan(k * n, n);
}

/// (X'X)⁻¹
std::vector<double> inverse_products(const std::vector<std::vector<double>>& columns) {
    std::vector<double> products;
    for (const std::vector<double>& a : columns) {
        for (const std::vector<double>& b : columns) {
            products.push_back(dot(a, b));
        }
    }
    return inverse_of_positive_definite(std::move(products), columns.size());
}

} // namespace

ConditionalSum::ConditionalSum(const plan::LagFilter& orders, const ArimaData& series)
    : orders_(orders), series_(series) {
    const auto reach = static_cast<std::size_t>(orders.ar_degree());
    std::size_t run = 0; // of observations
    for (std::size_t t = 0; t < series.w.size(); ++t) {
        run = series.complete.empty() || series.complete[t] ? run + 1 : 0;
        if (run > reach) {
            kept_.push_back(t);
        }
    }
}

ConditionalSum::Polynomial ConditionalSum::product(std::span<const double> coefficients, bool moving_average,
                                                   const plan::LagFactor* without) const {
    Polynomial p;
    std::vector<bool> reached{true};
    for (const plan::LagFactor& factor : plan::factors(orders_)) {
        if (factor.moving_average != moving_average ||
            (without != nullptr && factor.first == without->first)) {
            continue;
        }
        const auto lag = static_cast<std::size_t>(factor.lag), first = static_cast<std::size_t>(factor.first);
        const std::size_t terms = static_cast<std::size_t>(factor.terms), old = p.c.size();
        std::vector<double> c(old + lag * terms);
        std::vector<bool> next(c.size());
        for (std::size_t k = 0; k < old; ++k) {
            for (std::size_t i = 0; i <= terms && reached[k]; ++i) {
                const double sign = moving_average ? 1.0 : -1.0;
                c[k + i * lag] += p.c[k] * (i == 0 ? 1.0 : sign * coefficients[first + i - 1]);
                next[k + i * lag] = true;
            }
        }
        p.c = std::move(c);
        reached = std::move(next);
    }
    for (std::size_t k = 1; k < reached.size(); ++k) {
        if (reached[k]) {
            p.lags.push_back(k);
        }
    }
    return p;
}

std::vector<double> ConditionalSum::residuals(std::span<const double> w, const Polynomial& ar,
                                              const Polynomial& ma) const {
    std::vector<double> e(w.size());
    for (const std::size_t t : kept_) {
        e[t] = w[t];
        for (const std::size_t lag : ar.lags) {
            e[t] += ar.c[lag] * w[t - lag];
        }
        for (const std::size_t lag : ma.lags) {
            e[t] -= lag <= t ? ma.c[lag] * e[t - lag] : 0.0;
        }
    }
    return e;
}

/// λ_t = e_t - Σ c_j λ_{t+j}, so that ∂S/2 = Σ λ_t (∂φ(B)Φ(Bˢ) w_t - Σ ∂c_j e_{t-j}).
std::vector<double> ConditionalSum::flow_back(const std::vector<double>& residuals,
                                              const Polynomial& ma) const {
    std::vector<double> flow(residuals.size());
    for (std::size_t i = kept_.size(); i-- > 0;) {
        const std::size_t t = kept_[i];
        flow[t] = residuals[t];
        for (const std::size_t lag : ma.lags) {
            flow[t] -= t + lag < flow.size() ? ma.c[lag] * flow[t + lag] : 0.0;
        }
    }
    return flow;
}

std::vector<double> ConditionalSum::kept(const std::vector<double>& residuals) const {
    std::vector<double> values;
    for (const std::size_t t : kept_) {
        values.push_back(residuals[t]);
    }
    return values;
}

/// From derivatives by the expanded polynomials' coefficients to those by the factors'.
std::vector<double> ConditionalSum::gradient(std::span<const double> coefficients,
                                             const std::vector<double>& of_ar,
                                             const std::vector<double>& of_ma) const {
    std::vector<double> result;
    for (const plan::LagFactor& factor : plan::factors(orders_)) {
        const Polynomial others = product(coefficients, factor.moving_average, &factor);
        const std::vector<double>& expanded = factor.moving_average ? of_ma : of_ar;
        for (int i = 1; i <= factor.terms; ++i) {
            double sum = 0;
            for (std::size_t k = 0; k < others.c.size(); ++k) {
                sum += others.c[k] * expanded[k + static_cast<std::size_t>(i * factor.lag)];
            }
            result.push_back(factor.moving_average ? sum : -sum);
        }
    }
    return result;
}

PointValue ConditionalSum::at(std::span<const double> coefficients) const {
    const std::size_t r = series_.regressors;
    PointValue value;
    value.objective = std::numeric_limits<double>::quiet_NaN();
    value.gradient.assign(coefficients.size(), value.objective);
    value.column_coefficients.assign(r, 0.0);
    value.observations = observations();
    if (observations() <= r) {
        return value;
    }
    const Polynomial ar = product(coefficients, false), ma = product(coefficients, true);
    std::vector<double> e = residuals(series_.detrended, ar, ma), w = series_.detrended;
    std::vector<std::vector<double>> filtered, columns;
    for (std::size_t k = 0; k < r; ++k) {
        filtered.push_back(residuals(regressor(series_, k), ar, ma));
        columns.push_back(kept(filtered.back()));
    }
    const detail::LeastSquares fit(columns, kept(e));
    if (!fit.full_rank(r)) {
        return value;
    }
    const std::vector<double> z = fit.coefficients(r);
    for (std::size_t k = 0; k < r; ++k) {
        value.column_coefficients[k] = z[k];
        for (const std::size_t t : kept_) {
            e[t] -= z[k] * filtered[k][t];
        }
        for (std::size_t t = 0; t < w.size(); ++t) {
            w[t] -= z[k] * regressor(series_, k)[t];
        }
    }
    const double sum = dot(e, e), n = static_cast<double>(observations());
    value.objective = 0.5 * n * std::log(sum / n);
    value.variance = sum / n;
    value.regressor_covariance = inverse_products(columns);
    const std::vector<double> flow = flow_back(e, ma);
    std::vector<double> of_ar(ar.c.size()), of_ma(ma.c.size());
    for (const std::size_t t : kept_) {
        for (const std::size_t lag : ar.lags) {
            of_ar[lag] += n / sum * flow[t] * w[t - lag];
        }
        for (const std::size_t lag : ma.lags) {
            of_ma[lag] -= lag <= t ? n / sum * flow[t] * e[t - lag] : 0.0;
        }
    }
    value.gradient = gradient(coefficients, of_ar, of_ma);
    return value;
}

void require_residuals(const plan::ArimaOrders& orders, const ArimaData& series) {
    const std::size_t residuals = ConditionalSum(orders.filter(), series).observations();
    const std::size_t parameters = series.regressors + static_cast<std::size_t>(orders.filter().parameters());
    if (residuals <= parameters) {
        throw Error("conditional least squares of " + name_of(orders) + " have " + std::to_string(residuals) +
                    " residuals that need no missing value, but more than its " + std::to_string(parameters) +
                    " parameters are needed; use ArimaMethod::mle");
    }
}

namespace {

/// Follows one starting point after the other.
class ConditionalSearch {
  public:
    ConditionalSearch(const plan::LagFilterKernels& kernels, const EstimationJob& job)
        : job_(job), sum_(job.orders, *job.data), space_(kernels.filter, job.orders),
          search_(job, kernels.filter, best_), coefficients_(space_.size()), gradient_(space_.size()) {}

    Estimate run() {
        for (std::vector<StartingPoint> starts = search_.candidates(); !starts.empty();
             starts = search_.candidates()) {
            if (starts.size() > 1) {
                std::vector<double> values;
                for (const StartingPoint& start : starts) {
                    values.push_back(at(start.point).objective);
                }
                starts = search_.choose(std::move(starts), values);
            }
            for (const StartingPoint& start : starts) {
                follow(start);
            }
        }
        return best_;
    }

  private:
    PointValue at(std::span<const double> point) {
        ++best_.evaluations;
        space_.to_coefficients(point, coefficients_);
        return sum_.at(coefficients_);
    }

    void follow(const StartingPoint& start) {
        Bfgs bfgs;
        bfgs.begin(start.point, start.inverse_hessian, 0.25 / static_cast<double>(sum_.observations() + 1),
                   job_.plan.search);
        for (bool over = false; !over;) {
            const PointValue value = at(bfgs.trial());
            space_.flow_back(bfgs.trial(), value.gradient, gradient_);
            if (std::isfinite(value.objective) &&
                (best_.status == SearchStatus::not_finite || value.objective < best_.objective)) {
                remember(bfgs.trial(), value);
            }
            over = bfgs.tell(value.objective, gradient_) || search_.adds_nothing(bfgs);
        }
        if (best_.status != SearchStatus::converged &&
            bfgs.value() <= best_.objective + 1e-9 * std::abs(best_.objective)) {
            best_.status = bfgs.status();
        }
        search_.tell(bfgs);
    }

    void remember(std::span<const double> point, const PointValue& value) {
        if (best_.status == SearchStatus::not_finite ||
            value.objective < best_.objective - 1e-9 * std::abs(best_.objective)) {
            best_.status = SearchStatus::running;
        }
        best_.point.assign(point.begin(), point.end());
        best_.coefficients = coefficients_;
        best_.objective = value.objective;
        best_.variance = value.variance;
        best_.column_coefficients = value.column_coefficients;
    }

    const EstimationJob& job_;
    ConditionalSum sum_;
    ParameterSpace space_;
    Estimate best_;
    ModelSearch search_;
    std::vector<double> coefficients_, gradient_;
};

} // namespace

Estimate estimate_conditionally(const plan::LagFilterKernels& kernels, const EstimationJob& job) {
    return ConditionalSearch(kernels, job).run();
}

} // namespace timeloom::detail
