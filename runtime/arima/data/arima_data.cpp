#include "timeloom/runtime/arima/data/arima_data.hpp"

#include "timeloom/runtime/arima/data/arima_orders.hpp"
#include "timeloom/runtime/arima/data/gap_columns.hpp"
#include "timeloom/runtime/arima/data/regressor_basis.hpp"
#include "timeloom/runtime/arima/data/trend_columns.hpp"
#include "timeloom/runtime/error.hpp"
#include "timeloom/runtime/linear_algebra/vectors.hpp"
#include "timeloom/runtime/series/least_squares.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace timeloom::detail {

namespace {

using detail::greatest_size;
using detail::root_mean_square;
using plan::ArimaOrders;
using plan::Trend;

/// The fewest observations, missing ones not counted, that a model of `regressors` can be fitted to, and that
/// a series needs which it fits without error.
struct ShortestSeries {
    std::size_t to_fit, constant;
};

ShortestSeries shortest_series(const ArimaOrders& orders, std::size_t regressors) {
    const plan::LagFilter f = orders.filter();
    const auto lost = static_cast<std::size_t>(orders.lost());
    const auto terms = static_cast<std::size_t>(f.parameters());
    const auto start = static_cast<std::size_t>(std::max(0, f.ar_degree() - f.ma_degree()));
    return {lost + std::max(terms + regressors + (terms > 0 ? 2 : 1), start), lost + regressors + 1};
}

[[noreturn]] void throw_too_short(const ArimaOrders& orders, std::size_t regressors, std::size_t needed,
                                  std::size_t observations) {
    throw Error(name_of(orders) + " with " + std::to_string(regressors) + " regressors needs at least " +
                std::to_string(needed) + " observations, but the series has " + std::to_string(observations) +
                "; take lower orders or a longer series");
}

std::vector<RegressorColumn> regressor_columns(const Regressors& exog, const ArimaOrders& orders, Trend trend,
                                               std::size_t leading, std::size_t rows) {
    std::vector<RegressorColumn> columns;
    const std::vector<std::string> names = regressor_names(trend, exog.columns);
    const auto add = [&](std::span<const double> column) {
        columns.push_back({names[columns.size()], greatest_size(column), difference(column, orders)});
    };
    for (const auto& column : trend_columns(trend, leading + 1, rows)) {
        add(column);
    }
    if (trend == Trend::differenced_mean) {
        const std::size_t lost = static_cast<std::size_t>(orders.lost());
        columns.push_back({names[0], 1.0, std::vector<double>(rows - lost, 1.0)});
    }
    std::vector<double> column(rows);
    for (std::size_t k = 0; k < exog.columns; ++k) {
        for (std::size_t t = 0; t < rows; ++t) {
            column[t] = exog.values[(leading + t) * exog.columns + k];
        }
        add(column);
    }
    return columns;
}

} // namespace

void require_rows(std::span<const double> y, const Regressors& exog) {
    for (std::size_t t = 0; t < y.size(); ++t) {
        if (std::isinf(y[t])) {
            throw Error("observation " + std::to_string(t + 1) +
                        " is infinite; mark missing observations as NaN and mend the others");
        }
    }
    // Divided, because the product of huge numbers would overflow.
    const bool whole_rows = exog.columns == 0 ? exog.values.empty()
                                              : exog.values.size() / exog.columns == y.size() &&
                                                    exog.values.size() % exog.columns == 0;
    if (!whole_rows) {
        throw Error("the regressors have " + std::to_string(exog.values.size()) + " values, but must have " +
                    std::to_string(exog.columns) + " columns for each of " + std::to_string(y.size()) +
                    " observations");
    }
    for (std::size_t i = 0; i < exog.values.size(); ++i) {
        if (!std::isfinite(exog.values[i])) {
            throw Error("regressor " + std::to_string(i % exog.columns + 1) + " is not finite in row " +
                        std::to_string(i / exog.columns + 1) +
                        "; only the series itself may have missing values");
        }
    }
}

namespace {

/// y without its leading missing values, with the observation before it in place of each other one; the
/// places of those.
std::vector<double> filled(std::span<const double> y, std::vector<std::size_t>& gaps) {
    std::vector<double> values(y.begin(), y.end());
    for (std::size_t t = 0; t < y.size(); ++t) {
        if (std::isnan(y[t])) {
            gaps.push_back(t);
            values[t] = values[t - 1];
        }
    }
    return values;
}

using Columns = std::vector<std::vector<double>>;

/// Least-squares coefficients of the regressors' basis beside the columns of missing values; empty where they
/// depend on each other.
std::vector<double> coefficients_of(const Columns& basis, const GapColumns& missing,
                                    const std::vector<double>& w) {
    Columns rest;
    for (const std::vector<double>& column : basis) {
        rest.push_back(missing.residuals(column));
        if (root_mean_square(rest.back()) < 1e-7) { // of the column's 1
            return {};
        }
    }
    const detail::LeastSquares fit(std::move(rest), missing.residuals(w));
    return fit.full_rank(basis.size()) ? fit.coefficients(basis.size()) : std::vector<double>{};
}

std::vector<double> without(std::vector<double> w, const Columns& basis,
                            const std::vector<double>& coefficients) {
    for (std::size_t k = 0; k < coefficients.size(); ++k) {
        for (std::size_t t = 0; t < w.size(); ++t) {
            w[t] -= coefficients[k] * basis[k][t];
        }
    }
    return w;
}

/// In units of its root mean square, which is returned.
double scale_down(std::vector<double>& w) {
    const double size = root_mean_square(w);
    const double scale = size > 0 ? size : 1.0;
    for (double& x : w) {
        x /= scale;
    }
    return scale;
}

/// Moves the fills to where, with the regressors, they leave the least squares of w; and tells what has no
/// effect on it.
void fill_gaps(const GapColumns& missing, const Columns& basis, ArimaData& data) {
    const std::size_t gaps = data.fills.size();
    if (gaps == 0) {
        return;
    }
    std::vector<double> w = data.w;
    const double scale = scale_down(w);
    w = without(w, basis, coefficients_of(basis, missing, w));
    const std::vector<double> moves = missing.fills(w);
    for (std::size_t k = 0; k < gaps; ++k) {
        data.fills[k] += scale * moves[k];
        if (!missing.is_dependent(k)) {
            data.estimated.push_back(k);
            continue;
        }
        std::vector<double> one(gaps), column(w.size());
        one[k] = 1.0;
        missing.add(one, column);
        one = missing.fills(column);
        one[k] = 1.0;
        data.unseen.push_back(std::move(one));
    }
}

/// Whether each difference is made of observations only; empty where nothing is missing.
std::vector<bool> complete_differences(const std::vector<std::size_t>& gaps, const std::vector<double>& delta,
                                       std::size_t length) {
    const std::size_t lost = delta.size() - 1;
    std::vector<bool> complete(gaps.empty() ? 0 : length - lost, true);
    for (const std::size_t gap : gaps) {
        for (std::size_t k = 0; k < delta.size(); ++k) {
            if (delta[k] != 0 && gap + k >= lost && gap + k < length) {
                complete[gap + k - lost] = false;
            }
        }
    }
    return complete;
}

/// Differences of equal numbers are zero but for their rounding.
bool is_rounding(const std::vector<double>& differences, const std::vector<double>& delta, double magnitude) {
    double weights = 0;
    for (const double x : delta) {
        weights += std::abs(x);
    }
    const double rounding = 1e-13 + 2 * std::numeric_limits<double>::epsilon() * weights * magnitude;
    return greatest_size(differences) <= rounding;
}

} // namespace

ArimaData prepare(std::span<const double> y, const Regressors& exog, const ArimaOrders& orders, Trend trend) {
    require_rows(y, exog);
    ArimaData data;
    while (data.leading < y.size() && std::isnan(y[data.leading])) {
        ++data.leading;
    }
    y = y.subspan(data.leading);
    std::vector<std::size_t> gaps;
    std::vector<double> level = filled(y, gaps);
    data.regressors = regressor_names(trend, exog.columns).size();
    const ShortestSeries shortest = shortest_series(orders, data.regressors);
    const auto require_length = [&](std::size_t estimated) {
        if (y.size() < shortest.constant + estimated) {
            throw_too_short(orders, data.regressors, shortest.to_fit, y.size() - gaps.size());
        }
    };
    require_length(0);
    const std::vector<double> delta = difference_polynomial(orders);
    data.complete = complete_differences(gaps, delta, y.size());
    const GapColumns missing(gaps, delta, y.size());
    data.missing = missing.rank();
    require_length(data.missing);
    RegressorBasis basis =
        regressor_basis(regressor_columns(exog, orders, trend, data.leading, y.size()), orders);
    data.mixing = std::move(basis.mixing);
    for (const std::size_t gap : gaps) {
        data.fills.push_back(level[gap]);
    }
    data.w = difference(level, orders);
    fill_gaps(missing, basis.columns, data);
    for (std::size_t k = 0; k < gaps.size(); ++k) {
        level[gaps[k]] = data.fills[k];
    }
    data.w = difference(level, orders);
    data.scale = scale_down(data.w);
    data.offsets = coefficients_of(basis.columns, missing, data.w);
    if (data.offsets.size() != data.regressors) {
        throw Error("the regressors of " + name_of(orders) +
                    " are linearly dependent where the series is observed; leave one of them out");
    }
    data.detrended = without(data.w, basis.columns, data.offsets);
    data.constant = is_rounding(data.detrended, delta, greatest_size(level) / data.scale);
    if (!data.constant) {
        require_long_enough(data, orders);
    }
    for (const std::vector<double>& column : basis.columns) {
        data.basis.insert(data.basis.end(), column.begin(), column.end());
    }
    data.delta = delta;
    for (const std::size_t k : data.estimated) {
        data.gaps.push_back(gaps[k]);
    }
    return data;
}

ArimaData without_regression(ArimaData data, std::span<const double> coefficients) {
    const std::size_t n = data.w.size();
    const std::vector<double> basis = data.to_basis(coefficients);
    for (std::size_t k = 0; k < data.regressors; ++k) {
        for (std::size_t t = 0; t < n; ++t) {
            data.w[t] -= basis[k] / data.scale * data.basis[k * n + t];
        }
    }
    data.regressors = 0;
    data.basis.clear();
    data.detrended = data.w;
    return data;
}

std::vector<double> ArimaData::missing_column(std::size_t k) const {
    std::vector<double> column(w.size());
    const std::size_t lost = delta.size() - 1;
    for (std::size_t lag = 0; lag < delta.size(); ++lag) {
        const std::size_t t = gaps[k] + lag;
        if (t >= lost && t - lost < w.size()) {
            column[t - lost] = delta[lag];
        }
    }
    return column;
}

bool long_enough(const ArimaData& data, const ArimaOrders& orders) {
    return data.observations() + static_cast<std::size_t>(orders.lost()) >=
           shortest_series(orders, data.regressors).to_fit;
}

void require_long_enough(const ArimaData& data, const ArimaOrders& orders) {
    if (!long_enough(data, orders)) {
        throw_too_short(orders, data.regressors, shortest_series(orders, data.regressors).to_fit,
                        data.w.size() + static_cast<std::size_t>(orders.lost()) - data.fills.size());
    }
}

std::vector<double> ArimaData::regression(std::span<const double> column_coefficients) const {
    std::vector<double> coefficients;
    for (std::size_t k = 0; k < regressors; ++k) {
        coefficients.push_back((column_coefficients[k] + offsets[k]) * scale);
    }
    return from_basis(std::move(coefficients));
}

std::vector<double> ArimaData::less_regression(std::span<const double> coefficients) const {
    const std::vector<double> of_basis = to_basis(coefficients);
    std::vector<double> rest(w);
    for (std::size_t t = 0; t < rest.size(); ++t) {
        rest[t] *= scale;
        for (std::size_t k = 0; k < regressors; ++k) {
            rest[t] -= of_basis[k] * basis[k * w.size() + t];
        }
    }
    return rest;
}

std::vector<double> ArimaData::from_basis(std::vector<double> x) const {
    for (std::size_t j = regressors; j-- > 0;) {
        for (std::size_t k = j + 1; k < regressors; ++k) {
            x[j] -= mixing[j * regressors + k] * x[k];
        }
        x[j] /= mixing[j * regressors + j];
    }
    return x;
}

std::vector<double> ArimaData::to_basis(std::span<const double> x) const {
    std::vector<double> result(regressors);
    for (std::size_t j = 0; j < regressors; ++j) {
        for (std::size_t k = j; k < regressors; ++k) {
            result[j] += mixing[j * regressors + k] * x[k];
        }
    }
    return result;
}

} // namespace timeloom::detail
