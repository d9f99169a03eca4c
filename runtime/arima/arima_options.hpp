// What a caller may choose when an ARIMA model is fitted. Names as in statsmodels.
#pragma once

#include "timeloom/runtime/arima/data/regressors.hpp"
#include "timeloom/runtime/plan/arima_names.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace timeloom {

enum class ArimaMethod {
    mle, ///< exact Gaussian maximum likelihood
    /// Least squares ("conditional sum of squares") of the residuals that need no value before the first or
    /// missing; all others are zero for what follows. For autoregressions that is R's method = "CSS".
    css,
    css_mle ///< maximum likelihood, begun at the least-squares estimate
};

/// How standard errors are found.
enum class CovarianceType {
    none,
    oim, ///< observed information: inverse of the negative Hessian of the log-likelihood at its maximum
    opg  ///< inverse of the sum of outer products of the observations' scores
};

struct ArimaFitOptions {
    ArimaMethod method = ArimaMethod::mle;
    CovarianceType cov_type = CovarianceType::oim;
    Regressors exog{};                  ///< regression with ARIMA errors
    std::vector<double> start_params{}; ///< without sigma2, in the order of param_names(); must be stationary
    /// Most searches from different points; 0: until no other maximum is to be expected.
    std::size_t starts = 0;
    std::size_t maxiter = 200; ///< evaluations of the likelihood in one search
};

/// How a fit ended.
enum class FitStatus {
    converged,       ///< the gradient is zero there, and searches from other points found nothing higher
    iteration_limit, ///< stopped at maxiter, or where no step led further up: estimates are the best that
                     ///< were seen
    constant,        ///< nothing varies once the series is differenced and its regressors are taken out: ARMA
                     ///< coefficients, sigma2 and llf (which has no bound) are 0
    failed           ///< bad data; `message` tells
};
const char* to_string(FitStatus status);

/// Estimates for one series, without what is only computed on request (see ArimaResults).
struct ArimaFit {
    FitStatus status = FitStatus::failed;
    std::string message;        ///< empty where converged
    std::vector<double> params; ///< in the order of param_names(), without sigma2
    double sigma2 = 0;          ///< infinite or zero where σ² is no double any more
    double sigma = 0;           ///< its root; where 0, that of sigma2
    double llf = 0;             ///< log-likelihood; for CSS the conditional one
    std::size_t nobs = 0;       ///< observations after differencing
    std::size_t evaluations = 0;

    bool ok() const { return status != FitStatus::failed; }
    /// Parameters with sigma2.
    std::size_t parameters() const { return params.size() + 1; }
    double aic() const;
    double aicc() const; ///< Hurvich and Tsai 1989
    double bic() const;
    double hqic() const;
};

} // namespace timeloom
