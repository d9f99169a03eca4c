#include "timeloom/runtime/arima/data/trend_columns.hpp"

#include "timeloom/runtime/error.hpp"

#include <numeric>

namespace timeloom::detail {

using plan::Trend;

std::vector<std::vector<double>> trend_columns(Trend trend, std::size_t first, std::size_t rows) {
    std::vector<std::vector<double>> columns;
    if (trend == Trend::c || trend == Trend::ct) {
        columns.emplace_back(rows, 1.0);
    }
    if (trend == Trend::t || trend == Trend::ct) {
        std::vector<double>& time = columns.emplace_back(rows);
        std::iota(time.begin(), time.end(), static_cast<double>(first));
    }
    return columns;
}

std::vector<std::string> regressor_names(Trend trend, std::size_t exog_columns) {
    constexpr std::size_t most = 1000;
    if (exog_columns > most) {
        throw Error("a model takes at most " + std::to_string(most) + " regressors, but got " +
                    std::to_string(exog_columns));
    }
    std::vector<std::string> names;
    if (trend == Trend::c || trend == Trend::ct || trend == Trend::differenced_mean) {
        names.emplace_back("const");
    }
    if (trend == Trend::t || trend == Trend::ct) {
        names.emplace_back("drift");
    }
    for (std::size_t k = 0; k < exog_columns; ++k) {
        names.push_back("x" + std::to_string(k + 1));
    }
    return names;
}

} // namespace timeloom::detail
