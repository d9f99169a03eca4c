// A model's way through a series: its one-step errors and the state after it, in time linear in its length.
#pragma once

#include "timeloom/runtime/arima/data/arima_data.hpp"
#include "timeloom/runtime/arima/likelihood/arima_state.hpp"
#include "timeloom/runtime/arima/likelihood/innovations.hpp"

#include <cstddef>
#include <vector>

namespace timeloom::detail {

/// A series without its leading missing values, less its regression.
struct LevelSeries {
    std::vector<double> levels;       ///< with something in place of missing values
    std::vector<std::size_t> missing; ///< places of all those
    std::vector<double> w;            ///< the levels differenced, less `mean`, from where no digits were lost
    double mean = 0;
};

/// Observations up to the first that is missing and does not reach into the start are taken all at once
/// (innovations.hpp), the rest one after the other (arima_state.hpp).
class LevelPass {
  public:
    /// The data's gaps are those of the series.
    LevelPass(const plan::LagFilterKernels& kernels, const plan::ArimaOrders& orders,
              const std::vector<double>& coefficients, const ArimaData& data, LevelSeries series);

    /// Of the values of w: errors less predictions, NaN where a value is missing or nothing is known of it;
    /// their variances in units of the innovations', infinite there.
    struct Steps {
        std::vector<double> errors, variances;
        std::vector<double> gap_means, gap_variances; ///< of missing values that are not taken all at once
    };
    /// From the beginning. Errors that take longer than the state are left out unless wanted.
    ArimaState run(Steps& steps, bool errors_wanted = true) const;

  private:
    /// Innovations of the first `count` observations.
    Innovations known(std::size_t count, bool errors_wanted = true) const;
    ArimaState state_after(std::size_t count, const Innovations& known) const;
    /// How many observations are taken all at once.
    std::size_t begin() const;
    /// Moves the state on from where it is, after `from` observations, to the end.
    void go_on(ArimaState& state, std::size_t from, Steps& steps) const;
    LastLevels last_levels(std::size_t count, const Innovations& known) const;

    const plan::LagFilterKernels& kernels_;
    plan::ArimaOrders orders_;
    const std::vector<double>& coefficients_;
    const ArimaData& data_;
    LevelSeries series_;
    std::vector<bool> missing_;
};

} // namespace timeloom::detail
