#include "timeloom/runtime/arima/likelihood/filter_series.hpp"

#include "timeloom/runtime/arima/likelihood/filter_calls.hpp"
#include "timeloom/runtime/arima/parameters/parameter_space.hpp"

#include <algorithm>

namespace timeloom::detail {

namespace {

constexpr std::size_t lanes = plan::series_lanes;

/// The kernels with one set of coefficients in all lanes, and blocks for series of some length.
class Runner {
  public:
    Runner(const plan::LagFilterKernels& kernels, const plan::LagFilter& orders,
           std::span<const double> coefficients)
        : calls_(kernels), coefficients_(static_cast<std::size_t>(std::max(1, kernels.filter.parameters()))) {
        const ParameterSpace space(kernels.filter, orders);
        for (std::size_t k = 0; k < space.size(); ++k) {
            coefficients_[space.rows()[k]].lane.fill(coefficients[k]);
        }
    }

    SeriesBlock block(std::size_t steps) const {
        return {whole_runs(static_cast<int>(steps)), calls_.reach(), 1};
    }
    std::vector<SeriesBlock> stages(std::size_t steps) const {
        return std::vector<SeriesBlock>(static_cast<std::size_t>(calls_.stages()), block(steps));
    }

    void forward(SeriesBlock& w, std::size_t steps, std::span<SeriesBlock> after) {
        calls_.set_steps(whole_runs(static_cast<int>(steps)));
        calls_.forward(coefficients_.data(), {&w, 0, 1}, after);
    }
    void synthesis(SeriesBlock& noise, std::size_t steps, std::span<SeriesBlock> before) {
        calls_.set_steps(whole_runs(static_cast<int>(steps)));
        calls_.synthesis(coefficients_.data(), {&noise, 0, 1}, before);
    }
    int reach() const { return calls_.reach(); }

  private:
    FilterCalls calls_;
    aligned_buffer<LaneRow> coefficients_;
};

void put(SeriesBlock& block, std::size_t lane, std::span<const double> values) {
    for (std::size_t t = 0; t < values.size(); ++t) {
        block.column(0)[t][lane] = values[t];
    }
}

std::vector<double> take(const SeriesBlock& block, std::size_t lane, std::size_t count) {
    std::vector<double> values(count);
    for (std::size_t t = 0; t < count; ++t) {
        values[t] = block.column(0)[t][lane];
    }
    return values;
}

/// The last values of a series as those before the first of another.
void continue_after(const SeriesBlock& block, std::size_t steps, SeriesBlock& next) {
    for (int t = 1; t <= next.reach(); ++t) {
        const auto from = static_cast<std::ptrdiff_t>(steps) - t;
        next.column(0)[-t] = from >= -block.reach() ? block.column(0)[from] : LaneRow{};
    }
}

} // namespace

std::vector<FilteredSeries> filter_series(const plan::LagFilterKernels& kernels,
                                          const plan::LagFilter& orders, std::span<const double> coefficients,
                                          std::span<const std::vector<double>> series, std::size_t horizon) {
    std::vector<FilteredSeries> results(series.size());
    if (series.empty()) {
        return results;
    }
    const std::size_t steps = series[0].size();
    Runner runner(kernels, orders, coefficients);
    SeriesBlock w = runner.block(steps), noise = runner.block(horizon);
    std::vector<SeriesBlock> after = runner.stages(steps), before = runner.stages(horizon);
    for (std::size_t first = 0; first < series.size(); first += lanes) {
        const std::size_t count = std::min(lanes, series.size() - first);
        for (std::size_t l = 0; l < count; ++l) {
            put(w, l, series[first + l]);
        }
        runner.forward(w, steps, after);
        if (horizon > 0) {
            // What a synthesis puts out before factor i came out of factor i - 1 of the filter.
            continue_after(after.back(), steps, noise);
            for (std::size_t i = 0; i < before.size(); ++i) {
                continue_after(i == 0 ? w : after[i - 1], steps, before[i]);
            }
            runner.synthesis(noise, horizon, before);
        }
        for (std::size_t l = 0; l < count; ++l) {
            results[first + l] = {take(after.back(), l, steps), take(before.front(), l, horizon)};
        }
    }
    return results;
}

std::vector<std::vector<double>> synthesise(const plan::LagFilterKernels& kernels,
                                            const plan::LagFilter& orders,
                                            std::span<const double> coefficients,
                                            std::span<const std::vector<double>> residuals) {
    std::vector<std::vector<double>> results(residuals.size());
    if (residuals.empty()) {
        return results;
    }
    const std::size_t steps = residuals[0].size();
    Runner runner(kernels, orders, coefficients);
    SeriesBlock noise = runner.block(steps);
    std::vector<SeriesBlock> before = runner.stages(steps);
    for (std::size_t first = 0; first < residuals.size(); first += lanes) {
        const std::size_t count = std::min(lanes, residuals.size() - first);
        for (std::size_t l = 0; l < count; ++l) {
            put(noise, l, residuals[first + l]);
        }
        runner.synthesis(noise, steps, before);
        for (std::size_t l = 0; l < count; ++l) {
            results[first + l] = take(before.front(), l, steps);
        }
    }
    return results;
}

} // namespace timeloom::detail
