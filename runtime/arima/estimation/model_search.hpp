// Which searches one model of one series gets, round by round, until its maximum is known.
#pragma once

#include "timeloom/runtime/arima/data/arima_data.hpp"
#include "timeloom/runtime/arima/estimation/bfgs.hpp"
#include "timeloom/runtime/arima/estimation/starting_points.hpp"

#include <vector>

namespace timeloom::detail {

/// How much is searched. Rounds of searches follow each other until there is little reason to expect a
/// maximum that none of them has found, or `most` have been made.
struct SearchPlan {
    std::vector<double> start{};       ///< begins here and nowhere else
    std::vector<StartingPoint> near{}; ///< further starting points
    std::vector<double> known{};       ///< a maximum that was found before, of the value:
    double known_value = 0;
    std::size_t made = 0;    ///< searches of a function much like this one: `near` is where they ended
    std::size_t first = 1;   ///< searches of the first round
    std::size_t further = 0; ///< of each round after it
    std::size_t most = 1;
    std::size_t scattered = 0; ///< searches of each round that begin anywhere, however unlikely
    std::size_t looked_at = 0; ///< points from all over the space that are valued first
    std::size_t patience = 32; ///< evaluations of a search that is above a known maximum
    BfgsOptions search{};
};

/// The best point that was found for one series.
struct Estimate {
    SearchStatus status = SearchStatus::not_finite;
    std::vector<double> point;               ///< in the parameter space
    std::vector<double> coefficients;        ///< φ, Φ, θ, Θ
    std::vector<double> column_coefficients; ///< of the regressors' basis, in the data's scale
    double objective = 0;                    ///< LikelihoodTile's f for the scaled series
    double variance = 0;                     ///< of the scaled series
    std::size_t evaluations = 0;             ///< of all searches

    /// The likelihood of what predicts the series without error grows for ever: rounding alone ends its
    /// search.
    bool is_without_error() const { return variance < 1e-15; }
    bool is_maximum() const { return status == SearchStatus::converged && !is_without_error(); }
};

/// One model of one series to estimate.
struct EstimationJob {
    const ArimaData* data = nullptr;
    plan::LagFilter orders;
    SearchPlan plan{};
};

/// The state of a job between its evaluations.
class ModelSearch {
  public:
    ModelSearch(const EstimationJob& job, const plan::LagFilter& kernels, Estimate& best);

    /// Starting points of the next round whose values choose() wants; none when the search is over.
    std::vector<StartingPoint> candidates();
    /// Those to be followed: the likeliest that do not lie close together, or close to a known maximum; and
    /// some from anywhere.
    std::vector<StartingPoint> choose(std::vector<StartingPoint> candidates,
                                      const std::vector<double>& values);
    /// How many of the round's candidates choose() will keep.
    std::size_t round_size() const;

    /// True if a search is about to end where an earlier round did, or creeps along a ridge above it.
    bool adds_nothing(const Bfgs& search) const;
    /// A search that ended, by itself or because it adds nothing. The best point is kept by the caller.
    void tell(const Bfgs& search);

    /// When the search is over: the maxima that were found and may be the best, the best one first.
    std::vector<StartingPoint> maxima() const;
    std::size_t searches() const { return searches_; }

    const EstimationJob& job() const { return job_; }
    Estimate& best() { return best_; }

  private:
    struct Maximum {
        std::vector<double> point;
        double value;
        std::vector<double> inverse_hessian{};
    };
    struct Valued {
        StartingPoint start;
        double value;
    };
    void end_round();
    bool may_be_best(const Maximum& known) const;
    bool is_settled() const;

    const EstimationJob& job_;
    const plan::LagFilter& kernels_;
    Estimate& best_;
    std::size_t rounds_ = 0, searches_ = 0, scattered_ = 0;
    std::vector<Valued> pool_;      ///< candidates not yet followed
    std::vector<Maximum> followed_; ///< where searches began
    std::vector<Maximum> told_;     ///< ends of this round's searches
    std::vector<Maximum> known_;    ///< of earlier rounds, each once, the best first
};

} // namespace timeloom::detail
