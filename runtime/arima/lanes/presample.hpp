// The exact likelihood's small part: what the values before the first observation contribute.
//
// With w = θ(B) x, φ(B) x = ε (θ, φ expanded, of degree q and p) the unknown x[1-q..0] are replaced by
// v = (θ(B) x)[1-q..0] with x zero before, so that [v; w] runs through the filter φ/θ from zero. Integrating
// v out of the density of x (its first p values by Gohberg and Semencul 1972) leaves
//
//     S = min_z ‖ε(z)‖² - ‖A x(z)[1..p]‖²,      log|Σ| = log|M| + log|Σ_p|
//
// over z = (v, coefficients of regressors), with the normal matrix M of that least-squares problem, the
// Hankel matrix A[k][m] = a[k+m-1] of φ's coefficients a, and Σ_p from φ's partial autocorrelations. What v
// contributes to M are shifts of one impulse response ρ = φ/θ: M needs its first q autocovariances only.
// A x of v's unit vector i is b = A (1/θ) from its entry i on, so that M differs from a Toeplitz matrix by
// shifts of the products of b and of ρ's last values: where q is large that is used (see
// presample_schur.hpp).
#pragma once

#include "timeloom/runtime/arima/lanes/lanes.hpp"
#include "timeloom/runtime/base/aligned_buffer.hpp"

#include <span>
#include <vector>

namespace timeloom::detail {

struct GapFilter;

/// Longest presample whose normal matrix is factorised as a dense one, which is faster there.
inline constexpr int longest_dense_presample = 32;

/// Numbers and workspace of one tile. Columns: 0 is the series, then `missing` indicators of missing
/// observations, then regressors. Unknowns z: v, then the columns from 1 on.
struct Presample {
    /// `ar_lags` and `ma_lags` are those from 1 on whose coefficients in φ and θ may differ from zero.
    Presample(std::vector<int> ar_lags, std::vector<int> ma_lags, int columns, int missing,
              int longest_dense = longest_dense_presample);

    std::vector<int> ar_lags, ma_lags;
    int p, q, columns, missing;
    bool dense; ///< M as a whole; or v by the structure of its block, and `factor` is of the columns only
    int unknowns() const { return q + columns - 1; }
    bool has_tail = true; ///< ρ has not died out in all lanes
    /// Rows of `factor`.
    int rows() const { return dense ? unknowns() : columns - 1; }
    /// Cholesky factor of what M leaves of the columns, lower triangle, with the diagonal's reciprocals.
    const LaneRow& column_factor(int row, int column) const {
        const int first = dense ? q : 0;
        return factor[(first + row) * rows() + first + column];
    }

    // What solve() reads.
    LaneRow* a;           ///< φ expanded: a[0] = 1, …, a[p]
    LaneRow* c;           ///< θ expanded: c[0] = 1, …, c[q]
    LaneRow* covariance;  ///< first q entries of the adjoint filter over ρ
    LaneRow* tail;        ///< the last q values of ρ, the last one first
    LaneRow* correlation; ///< (column, q): first q entries of the adjoint filter over a column's ε
    LaneRow* gram;        ///< (column, column): ε'ε; without a presample, from the p-th value on
    LaneRow* start;       ///< (column, p): first p values of [0; w], zeros before the first observation

    // What it finds.
    LaneRow* solution;        ///< z
    LaneRow* sum_of_squares;  ///< S
    LaneRow* log_determinant; ///< log|Σ|, missing values included, regressors not
    LaneRow* digits;          ///< least share that is left of a sum: of M's pivots, S, and 1 - κ²

    // What gradient() reads, once the filters ran over [v; w].
    LaneRow* filled_start; ///< first p values of [v; w + Σ z·column]
    LaneRow* weight;       ///< ∂f/∂S

    // What it finds, for f with ∂f/∂log|Σ| = 1/2.
    LaneRow* covariance_source; ///< ∂f/∂covariance, q
    LaneRow* tail_source;       ///< ∂f/∂tail, q
    LaneRow* cross_source;   ///< (missing, q): ∂f/∂(v's share of the product with ε of a missing value)
    LaneRow* missing_source; ///< (missing, missing): weights of the columns in ∂f/∂ε of a missing value
    LaneRow* a_gradient;     ///< ∂f/∂a from everything here, a[0] unused
    LaneRow* c_gradient;

    // Workspace.
    LaneRow* factor;        ///< (rows, rows): Cholesky factor, lower triangle
    LaneRow* inverse;       ///< the same size
    LaneRow* ar_start;      ///< (column, p): A x of every column
    LaneRow* x_start;       ///< (column, p): x of every column
    LaneRow* start_errors;  ///< (column, p): standardised prediction errors of its first values
    LaneRow* impulse;       ///< first p values of 1/θ
    LaneRow* shifted_start; ///< b, p
    LaneRow* scratch;       ///< rows for steps in between
    LaneRow* step_down;     ///< (p, p): coefficients of the predictors of order 1 to p

    // Workspace where M is not dense.
    LaneRow* first_column; ///< of M, q
    LaneRow* generators;   ///< (4, q + 1) of M, and then of its inverse
    LaneRow* rotations;    ///< (q, 7)
    LaneRow* whitened;   ///< (column, q): L⁻¹ of each column's products with v's unit vectors, M_vv = LL'
    LaneRow* eliminated; ///< (missing, q): M_vv⁻¹ of those of missing values
    LaneRow* integrated; ///< (2, q)

  private:
    aligned_buffer<LaneRow> memory_;
};

/// The loops over all lanes, compiled for one instruction set.
struct LaneTable {
    /// sums += Σ_t x[t] y[t]
    void (*dot)(std::size_t count, const LaneRow* x, const LaneRow* y, LaneRow& sum);
    /// y += factor x
    void (*add_scaled)(std::size_t count, const LaneRow& factor, const LaneRow* x, LaneRow* y);
    /// How many rows there are up to the last that has an |x| above the limit.
    std::size_t (*rows_above)(std::size_t count, const LaneRow* x, double limit);
    void (*solve)(Presample&);
    /// After solve(), before what needs the presample's solution: finds it unless solve() did.
    void (*estimate_presample)(Presample&);
    void (*gradient)(Presample&);
    /// sums += Σ_t weight[t] x[t] y[t]
    void (*weighted_dot)(std::size_t count, const LaneRow* weight, const LaneRow* x, const LaneRow* y,
                         LaneRow& sum);
    void (*filter_gaps)(GapFilter&);
    void (*flow_back_gaps)(GapFilter&);
};

/// The best table for this processor.
const LaneTable& lane_loops();
/// Every table that this processor can run, the best first; for tests.
std::span<const LaneTable* const> runnable_lane_tables();

} // namespace timeloom::detail
