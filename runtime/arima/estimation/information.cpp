#include "timeloom/runtime/arima/estimation/information.hpp"

#include "timeloom/runtime/arima/estimation/estimation.hpp"
#include "timeloom/runtime/arima/likelihood/level_pass.hpp"
#include "timeloom/runtime/arima/parameters/parameter_space.hpp"
#include "timeloom/runtime/arima/polynomials/small_matrix.hpp"

#include <algorithm>
#include <cmath>

namespace timeloom::detail {

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
    PointValue centre;

    template <class F>
    double derivative(std::size_t k, const F& of) const {
        double sum = 0;
        for (std::size_t i = 0; i < stencil.size(); ++i) {
            sum += stencil[i].second * of(values[k * stencil.size() + i]);
        }
        return sum / h;
    }
};

Neighbourhood look_around(const plan::LagFilterKernels& kernels, const plan::LagFilter& orders,
                          const ArimaData& data, const std::vector<double>& coefficients, bool conditional) {
    for (double h = 1e-3; h > 1e-7; h /= 4) {
        std::vector<std::vector<double>> points;
        for (std::size_t k = 0; k < coefficients.size(); ++k) {
            for (const auto& [distance, weight] : stencil) {
                points.push_back(coefficients);
                points.back()[k] += distance * h;
            }
        }
        points.push_back(coefficients);
        Neighbourhood around{h, evaluate(kernels, orders, data, points, conditional), {}};
        around.centre = std::move(around.values.back());
        around.values.pop_back();
        if (all_finite(around.values)) {
            return around;
        }
    }
    return {};
}

/// Second derivatives of the concentrated likelihood with respect to the coefficients.
std::vector<double> hessian(const Neighbourhood& around, std::size_t k) {
    std::vector<double> result(k * k);
    for (std::size_t i = 0; i < k; ++i) {
        for (std::size_t j = 0; j < k; ++j) {
            const double second = around.derivative(i, [&](const PointValue& v) { return v.gradient[j]; });
            result[i * k + j] += 0.5 * second;
            result[j * k + i] += 0.5 * second;
        }
    }
    return result;
}

std::vector<double> newton_step(const std::vector<double>& inverse, const std::vector<double>& gradient) {
    const std::size_t k = gradient.size();
    std::vector<double> step(k);
    for (std::size_t i = 0; i < k; ++i) {
        for (std::size_t j = 0; j < k; ++j) {
            step[i] -= inverse[i * k + j] * gradient[j];
        }
    }
    return step;
}

/// The other parameters, which are the regressors' coefficients and then σ², as functions of the
/// coefficients: (other, coefficient).
std::vector<std::vector<double>> slopes_of_others(const Neighbourhood& around, const ArimaData& data,
                                                  std::size_t k) {
    const std::size_t r = data.regressors;
    std::vector<std::vector<double>> slopes(r + 1, std::vector<double>(k));
    for (std::size_t i = 0; i < k; ++i) {
        std::vector<double> basis(r);
        for (std::size_t j = 0; j < r; ++j) {
            basis[j] = data.scale *
                       around.derivative(i, [&](const PointValue& v) { return v.column_coefficients[j]; });
        }
        const std::vector<double> regression = data.from_basis(std::move(basis));
        for (std::size_t j = 0; j < r; ++j) {
            slopes[j][i] = regression[j];
        }
        slopes[r][i] =
            data.scale * (data.scale * around.derivative(i, [](const PointValue& v) { return v.variance; }));
    }
    return slopes;
}

/// J C Jᵀ of a symmetric matrix, J given as what it makes of a vector.
template <class Map>
std::vector<double> mapped(std::vector<double> matrix, std::size_t size, const Map& map) {
    for (int side = 0; side < 2; ++side) {
        for (std::size_t i = 0; i < size; ++i) {
            const auto row = matrix.begin() + static_cast<std::ptrdiff_t>(i * size);
            std::ranges::copy(map(std::vector<double>(row, row + static_cast<std::ptrdiff_t>(size))), row);
        }
        std::vector<double> transposed(size * size);
        for (std::size_t i = 0; i < size; ++i) {
            for (std::size_t j = 0; j < size; ++j) {
                transposed[j * size + i] = matrix[i * size + j];
            }
        }
        matrix = std::move(transposed);
    }
    return matrix;
}

} // namespace

Information observed_information(const plan::LagFilterKernels& kernels, const plan::LagFilter& orders,
                                 const ArimaData& data, const std::vector<double>& coefficients,
                                 bool conditional) {
    const std::size_t k = coefficients.size();
    const std::size_t r = data.regressors;
    Information information;
    const Neighbourhood around = look_around(kernels, orders, data, coefficients, conditional);
    if (around.values.size() != stencil.size() * k) {
        return information;
    }
    const std::vector<double> inverse = inverse_of_positive_definite(hessian(around, k), k);
    if (k > 0 && inverse.empty()) {
        return information;
    }
    const PointValue& centre = around.centre;
    information.newton_step = newton_step(inverse, centre.gradient);
    const std::vector<std::vector<double>> slopes = slopes_of_others(around, data, k);
    const double sigma = std::sqrt(centre.variance) * data.scale;
    const std::vector<double> regression = mapped(centre.regressor_covariance, r, [&](std::vector<double> x) {
        for (double& value : x) {
            value *= sigma;
        }
        return data.from_basis(std::move(x));
    });
    const std::size_t size = r + k + 1;
    information.size = size;
    information.covariance.assign(size * size, 0.0);
    const auto at = [&](std::size_t i, std::size_t j) -> double& {
        return information.covariance[i * size + j];
    };
    const auto place = [&](std::size_t other) { return other < r ? other : size - 1; };
    for (std::size_t i = 0; i < k; ++i) {
        std::copy_n(inverse.begin() + static_cast<std::ptrdiff_t>(i * k), k, &at(r + i, r));
        for (std::size_t o = 0; o <= r; ++o) {
            double sum = 0;
            for (std::size_t j = 0; j < k; ++j) {
                sum += slopes[o][j] * inverse[j * k + i];
            }
            at(place(o), r + i) = at(r + i, place(o)) = sum;
        }
    }
    for (std::size_t o = 0; o <= r; ++o) {
        for (std::size_t l = 0; l <= r; ++l) {
            double sum = o < r && l < r ? regression[o * r + l] : 0.0;
            if (o == r && l == r) {
                sum = 2.0 * sigma * sigma * sigma * sigma / static_cast<double>(centre.observations);
            }
            for (std::size_t i = 0; i < k; ++i) {
                sum += slopes[l][i] * at(place(o), r + i);
            }
            at(place(o), place(l)) = sum;
        }
    }
    return information;
}

namespace {

/// Parameters in the data's scale: coefficients of the basis of regressors, φ, Φ, θ, Θ, σ².
class Contributions {
  public:
    Contributions(const plan::LagFilterKernels& kernels, const plan::ArimaOrders& orders,
                  const ArimaData& data)
        : kernels_(kernels), orders_(orders), data_(data) {
        data_.unseen.clear(); // missing values that others explain count as given
    }

    /// Log-likelihood of each observation given those before it, without its constant.
    std::vector<double> at(const std::vector<double>& params) {
        const std::size_t r = data_.regressors, n = data_.w.size();
        std::vector<double> w = data_.w;
        for (std::size_t k = 0; k < r; ++k) {
            for (std::size_t t = 0; t < n; ++t) {
                w[t] -= params[k] * data_.basis[k * n + t];
            }
        }
        const std::vector<double> inner(params.begin() + static_cast<std::ptrdiff_t>(r), params.end() - 1);
        LevelPass::Steps steps;
        LevelPass(kernels_, orders_, inner, data_, {integrated(w), data_.gaps, w}).run(steps);
        std::vector<double> values(n);
        for (std::size_t t = 0; t < n; ++t) {
            const double variance = params.back() * steps.variances[t];
            values[t] = std::isfinite(steps.errors[t])
                            ? -0.5 * (std::log(variance) + steps.errors[t] * steps.errors[t] / variance)
                            : 0.0;
        }
        return values;
    }

  private:
    /// Levels that differ as w says, from zeros on.
    std::vector<double> integrated(const std::vector<double>& w) const {
        const std::size_t lost = data_.delta.size() - 1;
        std::vector<double> levels(lost + w.size());
        for (std::size_t t = lost; t < levels.size(); ++t) {
            levels[t] = w[t - lost];
            for (std::size_t k = 1; k <= lost; ++k) {
                levels[t] -= data_.delta[k] * levels[t - k];
            }
        }
        return levels;
    }

    const plan::LagFilterKernels& kernels_;
    const plan::ArimaOrders& orders_;
    ArimaData data_;
};

/// True if both neighbours of a coefficient are stationary and invertible.
bool has_room(const ParameterSpace& space, std::vector<double> coefficients, std::size_t k, double h) {
    std::vector<double> point(space.size());
    const double centre = coefficients[k];
    for (const double step : {h, -h}) {
        coefficients[k] = centre + step;
        if (!space.to_point(coefficients, point)) {
            return false;
        }
    }
    return true;
}

/// Steps for differences by each parameter; empty at the boundary of the coefficients, where there are none.
std::vector<double> steps_inside(const ParameterSpace& space, const std::vector<double>& params,
                                 std::size_t regressors) {
    const std::vector<double> coefficients(params.begin() + static_cast<std::ptrdiff_t>(regressors),
                                           params.end() - 1);
    std::vector<double> steps(regressors, 1e-3);
    for (std::size_t k = 0; k < coefficients.size(); ++k) {
        double h = 1e-4 * std::max(std::abs(coefficients[k]), 0.1);
        while (!has_room(space, coefficients, k, h)) {
            h /= 4;
            if (h < 1e-7) {
                return {};
            }
        }
        steps.push_back(h);
    }
    steps.push_back(1e-4 * params.back());
    return steps;
}

/// From the data's scale and the basis of regressors to the series' own.
std::vector<double> rescaled(std::vector<double> covariance, std::size_t size, const ArimaData& data) {
    const auto r = static_cast<std::ptrdiff_t>(data.regressors);
    return mapped(std::move(covariance), size, [&](std::vector<double> x) {
        std::vector<double> regression(x.begin(), x.begin() + r);
        for (double& value : regression) {
            value *= data.scale;
        }
        std::ranges::copy(data.from_basis(std::move(regression)), x.begin());
        x.back() *= data.scale * data.scale;
        return x;
    });
}

} // namespace

Information outer_product_of_gradients(const plan::LagFilterKernels& kernels, const plan::ArimaOrders& orders,
                                       const ArimaData& data, const std::vector<double>& regression,
                                       const std::vector<double>& coefficients, double sigma) {
    std::vector<double> params = data.to_basis(regression);
    for (double& x : params) {
        x /= data.scale;
    }
    params.insert(params.end(), coefficients.begin(), coefficients.end());
    params.push_back((sigma / data.scale) * (sigma / data.scale));
    const ParameterSpace space(kernels.filter, orders.filter());
    const std::vector<double> steps = steps_inside(space, params, data.regressors);
    if (steps.empty()) {
        return {};
    }
    Contributions contributions(kernels, orders, data);
    const std::size_t size = params.size(), n = data.w.size();
    std::vector<std::vector<double>> scores;
    for (std::size_t k = 0; k < size; ++k) {
        std::vector<double> up = params, down = params;
        up[k] += steps[k];
        down[k] -= steps[k];
        const std::vector<double> above = contributions.at(up), below = contributions.at(down);
        std::vector<double>& score = scores.emplace_back(n);
        for (std::size_t t = 0; t < n; ++t) {
            score[t] = (above[t] - below[t]) / (2 * steps[k]);
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
    Information information{inverse_of_positive_definite(product, size), size, {}};
    if (!information.covariance.empty()) {
        information.covariance = rescaled(std::move(information.covariance), size, data);
    }
    return information;
}

} // namespace timeloom::detail
