// A small ARMA model, its data and its results, for what nobody should ask of them.
#pragma once

#include "../misused_series.hpp"

#include "orders.timeloom.hpp"

#include "timeloom/runtime/arima/arima.hpp"
#include "timeloom/runtime/arima/arima_stream.hpp"

#include <cstdint>
#include <limits>
#include <vector>

namespace timeloom::tests {

inline constexpr int least_int = std::numeric_limits<int>::min();
inline constexpr int most_int = std::numeric_limits<int>::max();

/// `size` numbers between -0.3 and 0.7 times `scale`, that look random.
inline Values numbers(std::size_t size, double scale = 1) {
    Values y;
    std::uint32_t state = 9;
    for (std::size_t t = 0; t < size; ++t) {
        state = 1664525u * state + 1013904223u;
        y.push_back(scale * (state / 4294967296.0 - 0.3));
    }
    return y;
}

/// A set of this one series.
inline std::vector<Values> only(const Values& y) { return std::vector<Values>(1, y); }

/// ARMA(1, 1).
inline Arima model(plan::Trend trend = plan::Trend::n) {
    return {plan::ArimaOrders{1, 0, 1, 0, 0, 0, 4}, trend, orders_plan};
}

/// Results of ARMA(1, 1) at given parameters.
inline ArimaResults results() { return model().smooth(numbers(40), Values{0.5, 0.2}, {}, 1.0); }

/// Everything that results tell.
inline void use(const ArimaResults& r) {
    r.conf_int();
    r.pvalues();
    r.arroots();
    r.maroots();
    r.standardized_resid();
    r.predictions();
    r.smoothed_series();
    r.summary();
    r.forecast(5);
    r.simulate(5, {.anchor = SimulationAnchor::end});
    ArimaStream stream(r);
    stream.update(1.0);
    stream.next();
}

} // namespace timeloom::tests
