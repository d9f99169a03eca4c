// Gaussian likelihood and gradient of eight series, or of eight parameter vectors, at a time.
#pragma once

#include "timeloom/runtime/arima/filter_calls.hpp"
#include "timeloom/runtime/arima/presample.hpp"

#include <span>

namespace timeloom {

/// What a tile holds room for.
struct TileShape {
    dsl::lag_filter orders; ///< the factors in use: at most those of the kernels
    int most_steps = 0;     ///< the longest series
    int missing = 0;        ///< missing observations of every series
    int regressors = 0;
    bool conditional =
        false; ///< CSS: residuals are zero before the first that the autoregressive part reaches
    int longest_dense_presample = timeloom::longest_dense_presample;
};

/// For each lane f = n/2 log(S/n) + 1/2 log|Σ|, which is -log L - n/2 (1 + log 2π) at the best variance S/n
/// and the best coefficients of the regressors; n counts the observations that are there. See presample.hpp
/// for the exact part.
class LikelihoodTile {
  public:
    LikelihoodTile(const LagFilterKernels& kernels, const TileShape& shape,
                   const LaneTable& lanes = lane_loops());

    /// The differenced series, with zeros where values are missing. `columns` are `missing` indicators and
    /// then the regressors, differenced, each as long as the series.
    void set_series(std::size_t lane, std::span<const double> w, std::span<const double> columns);

    /// Coefficients in the order of the kernels' filter (dsl::factors); those not in use stay zero.
    LaneRow* coefficients() { return coefficients_.data(); }

    void evaluate();
    /// After evaluate().
    void evaluate_gradient();

    // Results.
    const LaneRow& value() const { return value_; }
    const LaneRow* gradient() const { return gradient_.data(); }
    double variance(std::size_t lane) const {
        return (*presample_.sum_of_squares)[lane] / observations_[lane];
    }
    double log_determinant(std::size_t lane) const { return (*presample_.log_determinant)[lane]; }
    /// Coefficients of the regressors; of a missing value its estimate.
    double column_coefficient(std::size_t lane, int column) const;
    /// Covariance of the regressors' coefficients in units of the variance, row by row.
    std::vector<double> regressor_covariance(std::size_t lane) const;
    std::size_t observations(std::size_t lane) const { return static_cast<std::size_t>(observations_[lane]); }

  private:
    /// Series with what each factor of the filter makes of them, and what flows back through it.
    struct Columns {
        SeriesBlock input;
        std::vector<SeriesBlock> after;
        SeriesBlock source;
        std::vector<SeriesBlock> before;
    };

    Columns make_columns(int count) const;
    void expand_polynomials();
    void run_impulse();
    void run_forward(Columns& columns, int first, int count, int steps);
    void end_series(SeriesBlock& residuals, int first, int count, int steps);
    void collect_products();
    void fill_series();
    void flow_back_before_start(SeriesBlock& source, std::vector<SeriesBlock>& before, int start);
    void add_gradient(Columns& columns, int first, SeriesBlock& source, std::vector<SeriesBlock>& before,
                      int source_first, int count, int steps, const LaneRow& factor);
    void add_filled_gradient();
    void add_impulse_gradient();
    void add_missing_gradient();
    void add_expanded_gradients();

    FilterCalls calls_;
    TileShape shape_;
    int p_, q_;   ///< degrees of the expanded polynomials that are treated exactly
    int columns_; ///< the series, missing values, regressors
    Presample presample_;
    const LaneTable& lanes_;
    std::array<int, dsl::series_lanes> lengths_{};
    int steps_ = 0;         ///< of the longest series with its presample
    int impulse_steps_ = 0; ///< after which no impulse response matters

    aligned_buffer<LaneRow> coefficients_, gradient_, sums_, product_;
    LaneRow value_, observations_;
    Columns impulse_; ///< unit impulse; ∂f/∂covariance. Only where there is a presample.
    Columns data_;
    Columns filled_;   ///< the series with its presample, less its columns; only where there are columns
    Columns combined_; ///< for each missing value: its cross source, its combined source
};

} // namespace timeloom
