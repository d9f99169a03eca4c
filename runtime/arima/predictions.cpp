#include "timeloom/runtime/arima/data/arima_orders.hpp"
#include "timeloom/runtime/arima/forecast_steps.hpp"
#include "timeloom/runtime/arima/results_impl.hpp"
#include "timeloom/runtime/base/as_error.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace timeloom {

using namespace detail;

namespace {

struct Prediction {
    double mean, variance; ///< in units of sigma2
};

/// One-step predictions of the missing observations, which the innovations of the others do not tell.
class GapPredictions {
  public:
    explicit GapPredictions(const ArimaResults::Impl& i) : i_(i), level_(i.regression()) {
        const std::span<const double> y = i.observations();
        for (std::size_t t = 0; t < y.size(); ++t) {
            if (std::isnan(y[t])) {
                gaps_.push_back(t);
            }
        }
    }

    /// The predictions of all gaps after the observations that differencing loses, in order.
    std::vector<Prediction> all() const {
        // A series that is constant once differenced may end before there is a state.
        const std::size_t from = std::min(first_state(), i_.observations().size());
        const auto lost = static_cast<std::size_t>(i_.orders.lost());
        std::vector<Prediction> predictions;
        for (const std::size_t gap : gaps_) {
            if (gap >= lost && gap < from) {
                predictions.push_back(early(gap, from));
            }
        }
        const LevelPass::Steps& steps = i_.one_step();
        const std::size_t later = steps.gap_means.size();
        for (std::size_t k = 0; k < later; ++k) {
            const std::size_t gap = gaps_[gaps_.size() - later + k];
            predictions.push_back({steps.gap_means[k] + level(gap), steps.gap_variances[k]});
        }
        return predictions;
    }

  private:
    /// The fewest observations after which there is a state.
    std::size_t first_state() const {
        const plan::LagFilter f = i_.orders.filter();
        return static_cast<std::size_t>(i_.orders.lost() + std::max(1, f.ar_degree() - f.ma_degree()));
    }

    double level(std::size_t t) const {
        return level_.at(i_.data.leading + t + 1, i_.exog_row(i_.exog, i_.data.leading + t));
    }

    Innovations known(const ArmaSeries& series) const {
        return innovations(i_.kernels, i_.orders.filter(), i_.coefficients, series,
                           ArimaState::horizon_needed(i_.orders));
    }

    /// As if of `count` observations none were there from the gap on: then its estimate is its prediction.
    Prediction early(std::size_t gap, std::size_t count) const {
        std::vector<double> filled, level_free;
        ArmaSeries series;
        std::size_t place = 0;
        for (std::size_t t = 0; t < count; ++t) {
            const bool missing = t >= gap || std::isnan(i_.observations()[t]);
            filled.push_back(missing ? filled.back() : i_.observations()[t]);
            level_free.push_back(filled[t] - level(t));
            if (missing) {
                place += t < gap;
                std::vector<double> indicator(count);
                indicator[t] = 1;
                series.missing_columns.push_back(difference(indicator, i_.orders));
            }
        }
        series.w = difference(level_free, i_.orders);
        for (double& w : series.w) {
            w -= level_.differenced_mean();
        }
        return estimate(known(series), place, filled[gap]);
    }

    static Prediction estimate(const Innovations& known, std::size_t place, double fill) {
        const std::size_t n = known.unknowns.size();
        Prediction result{fill, 0};
        for (std::size_t u = 0; u < n; ++u) {
            const double effect = known.unknown_missing[u][place];
            if (effect != 0 && known.unknown_covariance[u * n + u] == 0) {
                return {std::nan(""), std::numeric_limits<double>::infinity()};
            }
            result.mean += effect * known.unknowns[u];
            for (std::size_t v = 0; v < n; ++v) {
                result.variance +=
                    effect * known.unknown_missing[v][place] * known.unknown_covariance[u * n + v];
            }
        }
        return result;
    }

    const ArimaResults::Impl& i_;
    LevelRegression level_;
    std::vector<std::size_t> gaps_;
};

} // namespace

std::vector<double> ArimaResults::fittedvalues() const { return predictions().predicted_mean; }

ArimaForecast ArimaResults::predictions(double alpha) const try {
    const Impl& i = impl();
    const double z = interval_quantile("predictions", alpha);
    const std::span<const double> y = i.observations().last(i.resid().size());
    std::vector<Prediction> gaps;
    if (i.data.missing > 0) {
        gaps = GapPredictions(i).all();
    }
    ArimaForecast result;
    auto gap = gaps.begin();
    for (std::size_t t = 0; t < y.size(); ++t) {
        const Prediction p =
            std::isnan(y[t]) ? *gap++ : Prediction{y[t] - i.resid()[t], i.resid_variances()[t]};
        add_step(result, p.mean, standard_error(i.sigma, p.variance), z);
    }
    return result;
} catch (...) {
    detail::rethrow_as_error("predictions");
}

} // namespace timeloom
