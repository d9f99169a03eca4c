// A quasi-Newton search that is asked for points and told values, so that many can share vector lanes.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace timeloom::detail {

enum class SearchStatus { running, converged, no_progress, iteration_limit, not_finite };

struct BfgsOptions {
    /// Converged when the quadratic model promises less than this much, ½ g'Hg.
    double tolerance = 1e-10;
    std::size_t most_evaluations = 200;
    double longest_step = 3.0; ///< in any one coordinate
};

/// Minimises a smooth function by BFGS with backtracking (Nocedal and Wright 2006, algorithm 6.1).
class Bfgs {
  public:
    /// Begins anew at `start`, with the inverse Hessian given or, where that is empty, `scale`·1.
    void begin(std::span<const double> start, std::span<const double> inverse_hessian, double scale,
               const BfgsOptions& options);

    /// Where the function is to be evaluated next.
    std::span<const double> trial() const { return trial_; }
    /// Value and gradient there. Returns whether the search is over.
    bool tell(double value, std::span<const double> gradient);

    SearchStatus status() const { return status_; }
    std::span<const double> point() const { return point_; }
    double value() const { return value_; }
    /// The inverse of the Hessian at point(), as far as the search has learnt it from gradients.
    const std::vector<double>& inverse_hessian() const { return inverse_hessian_; }
    std::size_t evaluations() const { return evaluations_; }
    /// Whether the last value that was told is that of point().
    bool accepted() const { return since_accepted_ == 0; }

  private:
    bool accept(double value, std::span<const double> gradient);
    bool is_proven();
    bool has_stalled();
    void update_inverse_hessian(std::span<const double> gradient);
    void widen();
    void choose_direction();
    void shorten(double value);
    void place_trial();

    BfgsOptions options_;
    SearchStatus status_ = SearchStatus::running;
    std::vector<double> point_, gradient_, direction_, trial_, difference_, product_;
    std::vector<double> inverse_hessian_;
    double scale_ = 1;
    double value_ = 0;
    double slope_ = 0;
    double step_ = 1;
    std::size_t evaluations_ = 0;
    std::size_t since_accepted_ = 0;
    std::size_t stall_check_ = 0; ///< evaluations after which progress since value_before_ is looked at
    double value_before_ = 0;
    std::size_t unproven_ = 0; ///< steps to make before a small promise is believed
    bool fresh_ = true;        ///< the inverse Hessian is still a multiple of 1
};

} // namespace timeloom::detail
