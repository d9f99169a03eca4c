#include "timeloom/runtime/arima/information.hpp"

#include "timeloom/runtime/arima/estimation.hpp"
#include "timeloom/runtime/arima/innovations.hpp"
#include "timeloom/runtime/arima/small_matrix.hpp"

#include <algorithm>
#include <cmath>

namespace timeloom {

namespace {

/// (f(-2h) - 8 f(-h) + 8 f(h) - f(2h)) / 12h, exact to fourth order.
constexpr std::array<std::pair<double, double>, 4> stencil{
    std::pair(-2.0, 1.0 / 12), std::pair(-1.0, -8.0 / 12), std::pair(1.0, 8.0 / 12),
    std::pair(2.0, -1.0 / 12)};

bool all_finite(const std::vector<PointValue>& values) {
    return std::ranges::all_of(values, [](const PointValue& v) {
        return std::isfinite(v.objective) &&
               std::ranges::all_of(v.gradient, [](double g) { return std::isfinite(g); });
    });
}

/// Values around the coefficients, four for each; steps are made smaller where they lead out of the region.
struct Neighbourhood {
    double h = 0;
    std::vector<PointValue> values;

    template <class F>
    double derivative(std::size_t k, const F& of) const {
        double sum = 0;
        for (std::size_t i = 0; i < stencil.size(); ++i) {
            sum += stencil[i].second * of(values[k * stencil.size() + i]);
        }
        return sum / h;
    }
};

Neighbourhood look_around(const LagFilterKernels& kernels, const dsl::lag_filter& orders,
                          const ArimaData& data, const std::vector<double>& coefficients, bool conditional) {
    for (double h = 1e-3; h > 1e-7; h /= 4) {
        std::vector<std::vector<double>> points;
        for (std::size_t k = 0; k < coefficients.size(); ++k) {
            for (const auto& [distance, weight] : stencil) {
                points.push_back(coefficients);
                points.back()[k] += distance * h;
            }
        }
        Neighbourhood around{h, evaluate(kernels, orders, data, points, conditional)};
        if (all_finite(around.values)) {
            return around;
        }
    }
    return {};
}

} // namespace

Information observed_information(const LagFilterKernels& kernels, const dsl::lag_filter& orders,
                                 const ArimaData& data, const std::vector<double>& coefficients,
                                 bool conditional) {
    const std::size_t k = coefficients.size();
    const std::size_t r = data.regressors;
    Information information;
    const PointValue centre = evaluate(kernels, orders, data, std::span(&coefficients, 1), conditional)[0];
    const Neighbourhood around = look_around(kernels, orders, data, coefficients, conditional);
    if (around.values.size() != stencil.size() * k) {
        return information;
    }
    std::vector<double> hessian(k * k);
    for (std::size_t i = 0; i < k; ++i) {
        for (std::size_t j = 0; j < k; ++j) {
            const double second = around.derivative(i, [&](const PointValue& v) { return v.gradient[j]; });
            hessian[i * k + j] += 0.5 * second;
            hessian[j * k + i] += 0.5 * second;
        }
    }
    const std::vector<double> inverse = inverse_of_positive_definite(hessian, k);
    if (k > 0 && inverse.empty()) {
        return information;
    }
    information.newton_step.assign(k, 0.0);
    for (std::size_t i = 0; i < k; ++i) {
        for (std::size_t j = 0; j < k; ++j) {
            information.newton_step[i] -= inverse[i * k + j] * centre.gradient[j];
        }
    }
    // The other parameters as functions of the coefficients: regressors' coefficients, then σ².
    const double scale2 = data.scale * data.scale;
    const double sigma2 = centre.variance * scale2;
    const auto others = r + 1;
    std::vector<double> slopes(others * k);
    for (std::size_t i = 0; i < k; ++i) {
        for (std::size_t j = 0; j < r; ++j) {
            slopes[j * k + i] =
                data.scale / data.column_scales[j] * around.derivative(i, [&](const PointValue& v) {
                    return v.column_coefficients[data.missing + j];
                });
        }
        slopes[r * k + i] = scale2 * around.derivative(i, [](const PointValue& v) { return v.variance; });
    }
    const std::size_t size = r + k + 1;
    information.size = size;
    information.covariance.assign(size * size, 0.0);
    const auto at = [&](std::size_t i, std::size_t j) -> double& {
        return information.covariance[i * size + j];
    };
    const auto place = [&](std::size_t other) { return other < r ? other : size - 1; };
    for (std::size_t i = 0; i < k; ++i) {
        for (std::size_t j = 0; j < k; ++j) {
            at(r + i, r + j) = inverse[i * k + j];
        }
    }
    for (std::size_t o = 0; o < others; ++o) {
        for (std::size_t i = 0; i < k; ++i) {
            double sum = 0;
            for (std::size_t j = 0; j < k; ++j) {
                sum += slopes[o * k + j] * inverse[j * k + i];
            }
            at(place(o), r + i) = at(r + i, place(o)) = sum;
        }
    }
    for (std::size_t o = 0; o < others; ++o) {
        for (std::size_t l = 0; l < others; ++l) {
            double sum = 0;
            for (std::size_t i = 0; i < k; ++i) {
                sum += slopes[l * k + i] * at(place(o), r + i);
            }
            if (o < r && l < r) {
                sum += sigma2 * centre.regressor_covariance[o * r + l] /
                       (data.column_scales[o] * data.column_scales[l]);
            } else if (o == r && l == r) {
                sum += 2.0 * sigma2 * sigma2 / static_cast<double>(centre.observations);
            }
            at(place(o), place(l)) = sum;
        }
    }
    return information;
}

Information outer_product_of_gradients(const LagFilterKernels& kernels, const dsl::lag_filter& orders,
                                       const ArimaData& data, const std::vector<double>& regression,
                                       const std::vector<double>& coefficients, double sigma2) {
    const std::size_t r = regression.size();
    const std::size_t size = r + coefficients.size() + 1;
    const std::size_t n = data.w.size();
    std::vector<double> params = regression;
    params.insert(params.end(), coefficients.begin(), coefficients.end());
    params.push_back(sigma2);
    const auto contributions = [&](const std::vector<double>& at) {
        ArmaSeries series{data.w, {}};
        for (double& x : series.w) {
            x *= data.scale;
        }
        for (std::size_t k = 0; k < data.missing + r; ++k) {
            const auto begin = data.columns.begin() + static_cast<std::ptrdiff_t>(k * n);
            if (k < data.missing) {
                series.missing_columns.emplace_back(begin, begin + static_cast<std::ptrdiff_t>(n));
                continue;
            }
            for (std::size_t t = 0; t < n; ++t) {
                series.w[t] -= at[k - data.missing] * data.column_scales[k - data.missing] *
                               begin[static_cast<std::ptrdiff_t>(t)];
            }
        }
        const std::vector<double> inner(at.begin() + static_cast<std::ptrdiff_t>(r), at.end() - 1);
        const Innovations i = innovations(kernels, orders, inner, series, 0);
        std::vector<double> values(n);
        for (std::size_t t = 0; t < n; ++t) {
            values[t] = std::isfinite(i.errors[t])
                            ? -0.5 * (std::log(at.back() * i.variances[t]) +
                                      i.errors[t] * i.errors[t] / (at.back() * i.variances[t]))
                            : 0.0;
        }
        return values;
    };
    std::vector<std::vector<double>> scores;
    for (std::size_t k = 0; k < size; ++k) {
        const double h = 1e-4 * std::max(std::abs(params[k]), k >= r && k + 1 < size ? 0.1 : 1e-8);
        std::vector<double> up = params, down = params;
        up[k] += h;
        down[k] -= h;
        const std::vector<double> above = contributions(up), below = contributions(down);
        std::vector<double>& score = scores.emplace_back(n);
        for (std::size_t t = 0; t < n; ++t) {
            score[t] = (above[t] - below[t]) / (2 * h);
        }
    }
    std::vector<double> product(size * size);
    for (std::size_t i = 0; i < size; ++i) {
        for (std::size_t j = 0; j < size; ++j) {
            for (std::size_t t = 0; t < n; ++t) {
                product[i * size + j] += scores[i][t] * scores[j][t];
            }
        }
    }
    return {inverse_of_positive_definite(product, size), size, {}};
}

} // namespace timeloom
