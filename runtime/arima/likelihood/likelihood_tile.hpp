// Gaussian likelihood and gradient of eight series, or of eight parameter vectors, at a time.
#pragma once

#include "timeloom/runtime/arima/lanes/gap_filter.hpp"
#include "timeloom/runtime/arima/lanes/presample.hpp"
#include "timeloom/runtime/arima/likelihood/filter_calls.hpp"

#include <span>

namespace timeloom::detail {

/// What a tile holds room for.
struct TileShape {
    plan::LagFilter orders; ///< the factors in use: at most those of the kernels
    int most_steps = 0;     ///< the longest series
    int missing = 0;        ///< missing observations of every series that are columns
    int regressors = 0;
    bool conditional =
        false; ///< CSS: residuals are zero before the first that the autoregressive part reaches
    int longest_dense_presample = detail::longest_dense_presample;
    bool filtered = false; ///< there are further missing observations, which a filter integrates out
    int lost = 0;          ///< degree of the difference polynomials of series that have such
    bool pieces = false;   ///< one series, its time in eight pieces in the lanes (likelihood_pieces.cpp)

    /// True if the values before the first one are solved for.
    bool has_presample() const { return !conditional && !filtered; }
};

/// Missing observations that are no columns: the places of their own in the differenced series, and the
/// difference polynomial 1, δ₁, …
struct FilteredGaps {
    std::span<const std::size_t> places{};
    std::span<const double> delta{};
};

/// For each lane f = n/2 log(S/n) + 1/2 log|Σ|, which is -log L - n/2 (1 + log 2π) at the best variance S/n
/// and the best coefficients of the regressors; n counts the observations that are there. See presample.hpp
/// for the exact part.
class LikelihoodTile {
  public:
    LikelihoodTile(const plan::LagFilterKernels& kernels, const TileShape& shape,
                   const LaneTable& lanes = lane_loops());

    /// The differenced series, with something in place of missing values. `columns` are `missing` indicators
    /// and then the regressors, differenced, each as long as the series.
    void set_series(std::size_t lane, std::span<const double> w, std::span<const double> columns,
                    const FilteredGaps& gaps = {});

    /// The series of a tile of pieces, which must outlive it.
    void set_pieces(std::span<const double> w, std::span<const double> columns);
    /// After evaluate(): whether pieces are long enough for filters to forget where they begin. If not,
    /// values are none.
    bool has_whole_pieces() const;

    /// Coefficients in the order of the kernels' filter (plan::factors); those not in use stay zero.
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
    /// After evaluate(): the best values of missing observations, less what is in their place; those that are
    /// columns, and then those that are filtered.
    std::vector<double> missing_values(std::size_t lane);
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
        bool in_pieces = false;
    };

    int most_rows() const;
    Columns make_columns(int count, int before_count, bool with_source, int rows) const;
    void make_impulse(int rows);
    void expand_polynomials();
    void run_impulse();
    void run_forward(Columns& columns, int first, int count, int steps);
    void end_series(SeriesBlock& residuals, int first, int count, int steps);
    void collect_products();
    void fill_series();
    void refine_value();
    void set_value();
    void flow_back_before_start(SeriesBlock& source, std::vector<SeriesBlock>& before, int start);
    void add_gradient(Columns& columns, int first, SeriesBlock& source, std::vector<SeriesBlock>& before,
                      int source_first, int count, int steps, const LaneRow& factor);
    void add_filled_gradient();
    void add_impulse_gradient();
    void add_missing_gradient();
    void add_expanded_gradients(const LaneRow* of_ar, const LaneRow* of_ma);
    void make_gaps();
    void set_gaps(std::size_t lane, const FilteredGaps& gaps);
    void find_alpha_lags();
    void expand_gaps();
    void collect_filtered_products();
    void evaluate_filtered();
    void fill_filtered();
    void flow_back_gaps(const LaneRow& weight);
    std::vector<double> gap_moves(std::size_t lane, std::span<const double> early) const;
    void add_gap_gradient();
    void put_piece(int column, std::span<const double> values);
    void clear_presample();
    void forward_in_pieces(Columns& columns, int first, int count, int steps);
    void adjoint_in_pieces(SeriesBlock& source, std::vector<SeriesBlock>& before, int steps);
    void gather_pieces();
    void fill_pieces();
    int forgotten_after() const;

    FilterCalls calls_;
    TileShape shape_;
    int p_, q_;   ///< degrees of the expanded polynomials that are treated exactly
    int columns_; ///< the series, missing values, regressors
    Presample presample_;
    const LaneTable& lanes_;
    std::array<int, plan::series_lanes> lengths_{};
    int steps_ = 0;         ///< of the longest series with its presample
    int impulse_rows_ = 0;  ///< for which there is room
    int impulse_steps_ = 0; ///< after which no impulse response matters

    aligned_buffer<LaneRow> coefficients_, gradient_, sums_, product_;
    LaneRow value_, observations_;
    Columns impulse_; ///< unit impulse; ∂f/∂covariance. Only where there is a presample.
    Columns data_;
    Columns filled_; ///< the series with its presample, less its columns; only where there are columns
    GapFilter gaps_;
    std::span<const double> series_in_pieces_;
    aligned_buffer<LaneRow> delta_; ///< of the lanes' series with filtered gaps
    Columns combined_;              ///< for each missing value: its cross source, its combined source
};

} // namespace timeloom::detail
