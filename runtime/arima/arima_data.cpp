#include "timeloom/runtime/arima/arima_data.hpp"

#include "timeloom/runtime/arima/gap_columns.hpp"
#include "timeloom/runtime/arima/small_matrix.hpp"
#include "timeloom/runtime/error.hpp"
#include "timeloom/runtime/series/differencing.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace timeloom {

namespace {

using dsl::arima_orders;
using dsl::trend_kind;

double root_mean_square(std::span<const double> values) {
    double largest = 0;
    for (const double x : values) {
        largest = std::max(largest, std::abs(x));
    }
    if (largest == 0) {
        return 1;
    }
    double sum = 0;
    for (const double x : values) {
        sum += (x / largest) * (x / largest);
    }
    return largest * std::sqrt(sum / static_cast<double>(values.size()));
}

void require_finite(std::span<const double> y, const Regressors& exog) {
    for (std::size_t t = 0; t < y.size(); ++t) {
        if (std::isinf(y[t])) {
            throw Error("observation " + std::to_string(t + 1) +
                        " is infinite; mark missing observations as NaN and mend the others");
        }
    }
    if (exog.columns > 0 && exog.values.size() != y.size() * exog.columns) {
        throw Error("the regressors have " + std::to_string(exog.values.size()) + " values, but " +
                    std::to_string(y.size()) + " observations times " + std::to_string(exog.columns) +
                    " columns need " + std::to_string(y.size() * exog.columns));
    }
    for (std::size_t i = 0; i < exog.values.size(); ++i) {
        if (!std::isfinite(exog.values[i])) {
            throw Error("regressor " + std::to_string(i % exog.columns + 1) + " is not finite in row " +
                        std::to_string(i / exog.columns + 1) +
                        "; only the series itself may have missing values");
        }
    }
}

/// Least-squares coefficients of the columns of w; empty where the columns depend on each other.
std::vector<double> least_squares(const std::vector<double>& w,
                                  const std::vector<std::vector<double>>& columns) {
    const std::size_t k = columns.size();
    const auto dot = [](const std::vector<double>& a, const std::vector<double>& b) {
        return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
    };
    std::vector<double> products(k * k), right(k);
    for (std::size_t i = 0; i < k; ++i) {
        right[i] = dot(columns[i], w);
        for (std::size_t j = 0; j < k; ++j) {
            products[i * k + j] = dot(columns[i], columns[j]);
        }
    }
    const std::vector<double> inverse = inverse_of_positive_definite(products, k);
    std::vector<double> coefficients;
    for (std::size_t i = 0; i < k && !inverse.empty(); ++i) {
        // A column that the others explain has a conditional variance of nothing.
        if (!(inverse[i * k + i] * products[i * k + i] < 1e14)) {
            return {};
        }
        coefficients.push_back(std::inner_product(right.begin(), right.end(),
                                                  inverse.begin() + static_cast<std::ptrdiff_t>(i * k), 0.0));
    }
    return coefficients;
}

/// Differenced trend and regressors.
std::vector<std::vector<double>> regressor_columns(const Regressors& exog, const arima_orders& orders,
                                                   trend_kind trend, std::size_t leading, std::size_t rows) {
    std::vector<std::vector<double>> columns;
    for (const auto& column : trend_columns(trend, leading + 1, rows)) {
        columns.push_back(difference(column, orders));
    }
    if (trend == trend_kind::differenced_mean) {
        columns.emplace_back(rows - static_cast<std::size_t>(orders.lost()), 1.0);
    }
    for (std::size_t k = 0; k < exog.columns; ++k) {
        std::vector<double> column(rows);
        for (std::size_t t = 0; t < rows; ++t) {
            column[t] = exog.values[(leading + t) * exog.columns + k];
        }
        columns.push_back(difference(column, orders));
    }
    return columns;
}

/// Moves the fills to where, with the regressors, they leave the least squares of w; and tells what has no
/// effect on it.
void fill_gaps(const GapColumns& missing, const std::vector<std::vector<double>>& columns, ArimaData& data) {
    const std::size_t gaps = data.fills.size();
    if (gaps == 0) {
        return;
    }
    const double scale = root_mean_square(data.w);
    std::vector<double> w = data.w;
    for (double& x : w) {
        x /= scale;
    }
    std::vector<std::vector<double>> rest;
    for (const std::vector<double>& column : columns) {
        rest.push_back(missing.residuals(column));
    }
    const std::vector<double> offsets = least_squares(missing.residuals(w), rest);
    for (std::size_t k = 0; k < offsets.size(); ++k) {
        for (std::size_t t = 0; t < w.size(); ++t) {
            w[t] -= offsets[k] * columns[k][t];
        }
    }
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

} // namespace

std::string name_of(const arima_orders& o) {
    std::string name =
        "ARIMA(" + std::to_string(o.p) + ", " + std::to_string(o.d) + ", " + std::to_string(o.q) + ")";
    if (o.seasonal_p + o.seasonal_d + o.seasonal_q > 0) {
        name += "(" + std::to_string(o.seasonal_p) + ", " + std::to_string(o.seasonal_d) + ", " +
                std::to_string(o.seasonal_q) + ")" + std::to_string(o.seasonal_period);
    }
    return name;
}

std::vector<double> difference(std::span<const double> series, const arima_orders& orders) {
    std::vector<double> w(series.begin(), series.end());
    if (orders.d > 0) {
        w = diff(w, 1, static_cast<std::size_t>(orders.d));
    }
    if (orders.seasonal_d > 0) {
        w = diff(w, static_cast<std::size_t>(orders.seasonal_period),
                 static_cast<std::size_t>(orders.seasonal_d));
    }
    return w;
}

std::vector<double> difference_polynomial(const arima_orders& orders) {
    std::vector<double> product{1.0};
    const auto times = [&](std::size_t lag) {
        std::vector<double> next(product.size() + lag);
        for (std::size_t i = 0; i < product.size(); ++i) {
            next[i] += product[i];
            next[i + lag] -= product[i];
        }
        product = next;
    };
    for (int i = 0; i < orders.d; ++i) {
        times(1);
    }
    for (int i = 0; i < orders.seasonal_d; ++i) {
        times(static_cast<std::size_t>(orders.seasonal_period));
    }
    return product;
}

std::vector<std::vector<double>> trend_columns(trend_kind trend, std::size_t first, std::size_t rows) {
    std::vector<std::vector<double>> columns;
    if (trend == trend_kind::c || trend == trend_kind::ct) {
        columns.emplace_back(rows, 1.0);
    }
    if (trend == trend_kind::t || trend == trend_kind::ct) {
        std::vector<double>& time = columns.emplace_back(rows);
        std::iota(time.begin(), time.end(), static_cast<double>(first));
    }
    return columns;
}

std::vector<std::string> regressor_names(trend_kind trend, std::size_t exog_columns) {
    std::vector<std::string> names;
    if (trend == trend_kind::c || trend == trend_kind::ct || trend == trend_kind::differenced_mean) {
        names.emplace_back("const");
    }
    if (trend == trend_kind::t || trend == trend_kind::ct) {
        names.emplace_back("drift");
    }
    for (std::size_t k = 0; k < exog_columns; ++k) {
        names.push_back("x" + std::to_string(k + 1));
    }
    return names;
}

ArimaData prepare(std::span<const double> y, const Regressors& exog, const arima_orders& orders,
                  trend_kind trend) {
    require_finite(y, exog);
    ArimaData data;
    while (data.leading < y.size() && std::isnan(y[data.leading])) {
        ++data.leading;
    }
    y = y.subspan(data.leading);
    std::vector<std::size_t> gaps;
    std::vector<double> filled(y.begin(), y.end());
    for (std::size_t t = 0; t < y.size(); ++t) {
        if (std::isnan(y[t])) {
            gaps.push_back(t);
            filled[t] = filled[t - 1];
            data.fills.push_back(filled[t]);
        }
    }
    const std::vector<std::string> names = regressor_names(trend, exog.columns);
    const dsl::lag_filter f = orders.filter();
    const auto needed =
        static_cast<std::size_t>(orders.lost() + std::max(f.parameters() + static_cast<int>(names.size()) + 2,
                                                          f.ar_degree() - f.ma_degree()));
    const auto refuse_short = [&](std::size_t estimated) {
        if (y.size() < needed + estimated) {
            throw Error(name_of(orders) + " with " + std::to_string(names.size()) +
                        " regressors needs at least " + std::to_string(needed) +
                        " observations, but the series has " + std::to_string(y.size() - gaps.size()) +
                        "; take lower orders or a longer series");
        }
    };
    refuse_short(0);
    const std::vector<double> delta = difference_polynomial(orders);
    const GapColumns missing(gaps, delta, y.size());
    refuse_short(missing.rank());
    data.missing = missing.rank();
    data.w = difference(filled, orders);
    std::vector<std::vector<double>> columns = regressor_columns(exog, orders, trend, data.leading, y.size());
    for (std::vector<double>& column : columns) {
        data.column_scales.push_back(root_mean_square(column));
        for (double& x : column) {
            x /= data.column_scales.back();
        }
    }
    data.regressors = columns.size();
    fill_gaps(missing, columns, data);
    for (std::size_t k = 0; k < gaps.size(); ++k) {
        filled[gaps[k]] = data.fills[k];
    }
    data.w = difference(filled, orders);
    data.scale = root_mean_square(data.w);
    for (double& x : data.w) {
        x /= data.scale;
    }
    std::vector<std::vector<double>> rest = columns;
    for (std::vector<double>& column : rest) {
        column = missing.residuals(column);
    }
    data.offsets = least_squares(missing.residuals(data.w), rest);
    if (data.offsets.size() != columns.size()) {
        throw Error("the regressors of " + name_of(orders) +
                    " are linearly dependent once they are differenced; leave one of them out");
    }
    data.detrended = data.w;
    for (std::size_t k = 0; k < columns.size(); ++k) {
        for (std::size_t t = 0; t < data.w.size(); ++t) {
            data.detrended[t] -= data.offsets[k] * columns[k][t];
        }
    }
    // Differences of equal numbers are zero but for their rounding.
    double largest = 0, weights = 0;
    for (const double x : filled) {
        largest = std::max(largest, std::abs(x));
    }
    for (const double x : delta) {
        weights += std::abs(x);
    }
    const double rounding =
        1e-13 + 2 * std::numeric_limits<double>::epsilon() * weights * (largest / data.scale);
    data.constant = std::ranges::all_of(data.detrended, [&](double x) { return std::abs(x) <= rounding; });
    data.columns = missing.dense();
    for (const auto& column : columns) {
        data.columns.insert(data.columns.end(), column.begin(), column.end());
    }
    return data;
}

std::vector<double> ArimaData::regression(std::span<const double> column_coefficients) const {
    std::vector<double> coefficients;
    for (std::size_t k = 0; k < regressors; ++k) {
        coefficients.push_back((column_coefficients[missing + k] + offsets[k]) * scale / column_scales[k]);
    }
    return coefficients;
}

} // namespace timeloom
