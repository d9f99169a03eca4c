#include "timeloom/runtime/arima/likelihood/level_pass.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace timeloom::detail {

LevelPass::LevelPass(const plan::LagFilterKernels& kernels, const plan::ArimaOrders& orders,
                     const std::vector<double>& coefficients, const ArimaData& data, LevelSeries series)
    : kernels_(kernels), orders_(orders), coefficients_(coefficients), data_(data),
      series_(std::move(series)), missing_(series_.levels.size()) {
    for (const std::size_t gap : series_.missing) {
        missing_[gap] = true;
    }
}

std::size_t LevelPass::begin() const {
    const plan::LagFilter f = orders_.filter();
    const auto place = static_cast<std::size_t>(orders_.lost() + std::max(1, f.ar_degree() - f.ma_degree()));
    constexpr std::size_t most = 1u << 15; // the start is forgotten long before
    const auto gap = std::ranges::lower_bound(series_.missing, place);
    const std::size_t all = gap == series_.missing.end() ? series_.levels.size() : *gap;
    return std::min(all, std::max(most, place));
}

Innovations LevelPass::known(std::size_t count, bool errors_wanted) const {
    const std::size_t kept = count - static_cast<std::size_t>(orders_.lost());
    ArmaSeries series{{series_.w.begin(), series_.w.begin() + static_cast<std::ptrdiff_t>(kept)}, {}};
    for (std::size_t k = 0; k < data_.missing && data_.gaps[k] < count; ++k) {
        series.missing_columns.push_back(data_.missing_column(k));
        series.missing_columns.back().resize(kept);
    }
    return innovations(kernels_, orders_.filter(), coefficients_, series, ArimaState::horizon_needed(orders_),
                       errors_wanted);
}

LastLevels LevelPass::last_levels(std::size_t count, const Innovations& known) const {
    const auto lost = static_cast<std::size_t>(orders_.lost());
    const std::size_t first = count - lost, unknowns = known.unknowns.size();
    LastLevels last;
    last.values.assign(series_.levels.begin() + static_cast<std::ptrdiff_t>(first),
                       series_.levels.begin() + static_cast<std::ptrdiff_t>(count));
    last.effects.assign(unknowns, std::vector<double>(lost));
    last.unseen.assign(data_.unseen.size(), std::vector<double>(lost));
    for (std::size_t k = 0; k < series_.missing.size() && series_.missing[k] < count; ++k) {
        for (std::size_t i = 0; i < last.unseen.size() && series_.missing[k] >= first; ++i) {
            last.unseen[i][series_.missing[k] - first] = data_.unseen[i][k];
        }
    }
    for (std::size_t u = 0; u < unknowns; ++u) {
        for (std::size_t k = 0; k < known.unknown_missing[u].size(); ++k) {
            if (data_.gaps[k] >= first) {
                const double effect = known.unknown_missing[u][k];
                last.effects[u][data_.gaps[k] - first] = effect;
                last.values[data_.gaps[k] - first] += known.unknowns[u] * effect;
            }
        }
        // A missing value that no observation told, as among the first ones, which differences begin with.
        const bool told = known.unknown_covariance[u * unknowns + u] > 0;
        if (!told && lost > 0 && u >= static_cast<std::size_t>(orders_.filter().ma_degree())) {
            last.unseen.push_back(last.effects[u]);
        }
    }
    return last;
}

ArimaState LevelPass::state_after(std::size_t count, const Innovations& known) const {
    return {orders_, coefficients_, series_.mean, known, last_levels(count, known)};
}

void LevelPass::go_on(ArimaState& state, std::size_t from, Steps& steps) const {
    for (std::size_t t = from; t < missing_.size(); ++t) {
        if (missing_[t]) {
            steps.errors.push_back(std::numeric_limits<double>::quiet_NaN());
            steps.variances.push_back(std::numeric_limits<double>::infinity());
            steps.gap_means.push_back(state.mean());
            steps.gap_variances.push_back(state.variance());
            state.skip();
        } else {
            steps.errors.push_back(series_.levels[t] - state.mean());
            steps.variances.push_back(state.variance());
            state.observe(series_.levels[t]);
        }
    }
}

ArimaState LevelPass::run(Steps& steps, bool errors_wanted) const {
    const bool goes_on = begin() < series_.levels.size();
    Innovations first = known(begin(), errors_wanted || goes_on);
    ArimaState state = state_after(begin(), first);
    steps = {std::move(first.errors), std::move(first.variances), {}, {}};
    steps.errors.reserve(series_.w.size());
    steps.variances.reserve(series_.w.size());
    go_on(state, begin(), steps);
    return state;
}

} // namespace timeloom::detail
