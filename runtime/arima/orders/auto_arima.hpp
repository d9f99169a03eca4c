// Chooses the order of an ARIMA model for a series, after Hyndman and Khandakar (2008).
#pragma once

#include "timeloom/runtime/arima/arima.hpp"
#include "timeloom/runtime/series/unit_roots/differencing.hpp"

#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace timeloom {

enum class InformationCriterion { aicc, aic, bic };

/// Names and defaults of R's forecast::auto.arima. Orders are also limited by the family's.
struct AutoArimaOptions {
    std::optional<int> d = {}; ///< differences; chosen by KPSS tests unless given
    std::optional<int> D = {}; ///< seasonal differences; chosen by `seasonal_test` unless given
    int max_d = 2, max_D = 1;
    int max_p = 5, max_q = 5, max_P = 2, max_Q = 2;
    int max_order = 5; ///< most p + q + P + Q of the full search, with those of a second season
    int start_p = 2, start_q = 2, start_P = 1, start_Q = 1;
    std::optional<int> second_D = {}; ///< differences at a second season's period, as D
    int max_second_D = 1, max_second_P = 1, max_second_Q = 1;
    int start_second_P = 0, start_second_Q = 1;
    bool stepwise = true;     ///< or every order within the limits
    std::size_t nmodels = 94; ///< most models of the stepwise search
    bool allow_mean = true;   ///< where nothing is differenced
    bool allow_drift = true;  ///< where the series is differenced once
    InformationCriterion ic = InformationCriterion::aicc;
    SeasonalTest seasonal_test = SeasonalTest::seas;
    double alpha = 0.05;      ///< level of the KPSS tests
    std::size_t truncate = 0; ///< compare orders on this many last observations only; 0: on all
    double min_root = 1.01;   ///< a model with a root of smaller modulus is not taken; those of seasonal
                              ///< factors with a period above 24 count as if it were 24
    /// Regression with ARIMA errors on these, one row for each observation; constant ones are left out.
    Regressors exog = {};
};

/// A model that the search looked at.
struct TriedOrders {
    plan::ArimaOrders orders;
    plan::Trend trend = plan::Trend::n;
    double aicc = 0;    ///< infinite where there is no estimate
    bool taken = false; ///< not where it has no estimate, or a root close to the unit circle
};

/// What was chosen. A mean or drift is trend::differenced_mean, the mean of the differenced series. `fit` has
/// status `constant` where the differenced series is: then nothing was searched, and its only parameter, if
/// any, is the constant. With status `failed` nothing could be chosen and `fit.message` tells why.
struct AutoArimaSelection {
    plan::ArimaOrders orders;
    plan::Trend trend = plan::Trend::n;
    ArimaFit fit;
    std::vector<std::size_t> exog_columns; ///< numbers of the regressors that the model has, from 0
    std::vector<TriedOrders> tried;
    double seconds = 0; ///< series of a batch that are worked on together share their time equally

    /// Rows of regressors with the model's columns only, as its results want those of forecasts. Throws Error
    /// where a column is not there.
    std::vector<double> chosen_regressors(const Regressors& exog) const;
};

struct AutoArimaManyOptions {
    AutoArimaOptions each{};            ///< its regressors are those of every series
    std::span<const Regressors> exog{}; ///< or each series' own, in the order of the series
    std::size_t threads = 0;            ///< 0: one for each hardware thread
    /// Told, one call at a time and from any thread, how many series are done.
    std::function<void(std::size_t done, std::size_t total)> progress = {};
};

/// Order selection over the lag filters of a family. Immutable: any number of threads may use one.
class AutoArima {
  public:
    /// The declared family, <family>_plan of its generated header. A season whose period it leaves open gets
    /// it from the options; p and q then end below it.
    explicit AutoArima(const plan::ArimaFamily& plan, const SeasonOptions& season = {});
    /// The largest orders, which the plan's filters must serve. Throws Error if they do not. They may have
    /// two seasons, over filters that were declared for a model with both: the longer season's differences
    /// are chosen first, on what they leave those of the shorter, and every model compared may have terms of
    /// both.
    AutoArima(const plan::ArimaOrders& most, const plan::ArimaFilters& plan);

    /// Compares models by exact likelihood. Missing observations are NaN. With regressors differences are
    /// chosen for what a regression on them leaves of the series, as R does. Never throws for what is in the
    /// series or its regressors; throws Error for options outside of their range.
    AutoArimaSelection select(std::span<const double> y, const AutoArimaOptions& options = {}) const;

    /// Each series by itself, none affected by the others but for rounding; the same bits for any number of
    /// threads. Throws Error also for regressors of another number of series.
    std::vector<AutoArimaSelection> select_many(std::span<const std::vector<double>> series,
                                                const AutoArimaManyOptions& options = {}) const;

    /// Results of the best model; of a series that is constant once differenced, that go on as it was. Throws
    /// Error where select() fails.
    ArimaResults fit(std::span<const double> y, const AutoArimaOptions& options = {}) const;
    /// The same for what was selected before, with the regressors of `fit_options`, which may also ask for
    /// other standard errors.
    ArimaResults fit(std::span<const double> y, const AutoArimaSelection& selection,
                     const ArimaFitOptions& fit_options = {}) const;

    const plan::ArimaOrders& most() const { return most_; }
    const plan::ArimaFilters& plan() const { return plan_; }

  private:
    plan::ArimaOrders most_;
    plan::ArimaFilters plan_;
};

} // namespace timeloom
