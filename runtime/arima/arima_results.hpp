// What is known after an ARIMA model was fitted. Names as in statsmodels.
#pragma once

#include "timeloom/runtime/arima/arima_options.hpp"
#include "timeloom/runtime/plan/arima.hpp"

#include <complex>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace timeloom {

/// Point predictions with standard errors and the interval of the asked level.
struct ArimaForecast {
    std::vector<double> predicted_mean;
    std::vector<double> se_mean;
    std::vector<double> lower;
    std::vector<double> upper;
};

struct ForecastOptions {
    double alpha = 0.05; ///< the interval has probability 1 - alpha
    Regressors exog{};   ///< of the steps to forecast
};

/// Root of a lag polynomial; stationary or invertible where all moduli are above 1. `frequency` is the angle
/// in cycles.
struct LagRoot {
    std::complex<double> value;
    double modulus;
    double frequency;
};

enum class SimulationAnchor {
    start, ///< a series like the sample, from its first observation on
    end    ///< what may follow the sample
};

struct SimulateOptions {
    std::uint64_t seed = 0;
    SimulationAnchor anchor = SimulationAnchor::start;
    Regressors exog{}; ///< of the simulated steps
};

/// Everything but the plots. Series have one value for each observation after differencing, nobs() of them,
/// unless said otherwise; missing ones are NaN. Results that were moved from only throw Error.
class ArimaResults {
  public:
    /// Throws Error where the fit is not one of this model, or not of a model at all: another number of
    /// parameters, some that are not finite or not stationary, a negative sigma2.
    ArimaResults(const plan::LagFilterKernels& kernels, const plan::ArimaOrders& orders, plan::Trend trend,
                 std::span<const double> y, const Regressors& exog, ArimaFit fit, ArimaMethod method,
                 CovarianceType cov_type);
    ~ArimaResults();
    ArimaResults(const ArimaResults&);
    ArimaResults(ArimaResults&&) noexcept;
    ArimaResults& operator=(ArimaResults) noexcept;

    const plan::ArimaOrders& orders() const;
    FitStatus status() const;
    const std::string& message() const;
    bool converged() const { return status() == FitStatus::converged; }

    // Parameters, sigma2 last.
    std::vector<std::string> param_names() const;
    const std::vector<double>& params() const;
    double sigma2() const;
    double sigma() const;
    std::vector<double> cov_params() const; ///< row by row
    std::vector<double> bse() const;        ///< NaN where the information matrix has no inverse
    std::vector<double> zvalues() const;
    std::vector<double> pvalues() const; ///< two-sided, normal
    std::vector<std::pair<double, double>> conf_int(double alpha = 0.05) const;

    double llf() const;
    double aic() const;
    double aicc() const;
    double bic() const;
    double hqic() const;
    std::size_t nobs() const;
    std::size_t evaluations() const;

    std::vector<LagRoot> arroots() const;
    std::vector<LagRoot> maroots() const;

    const std::vector<double>& resid() const; ///< one-step prediction errors, exact from the first on
    std::vector<double> standardized_resid() const;
    std::vector<double> fittedvalues() const; ///< one-step predictions of the series itself
    /// One-step predictions in the sample with their errors, of the observations after the first that
    /// differencing loses; as in statsmodels of the missing ones, too. NaN and infinite where the
    /// observations before tell nothing.
    ArimaForecast predictions(double alpha = 0.05) const;
    /// At most a million steps.
    ArimaForecast forecast(std::size_t steps, const ForecastOptions& options = {}) const;
    /// A draw from the model with normal innovations: with `anchor` start as Arima::simulate, with end from
    /// the distribution of which forecast() tells mean and standard error, as statsmodels' anchor="end"; NaN
    /// where forecast() knows nothing.
    std::vector<double> simulate(std::size_t nsimulations, const SimulateOptions& options = {}) const;
    /// The series with missing observations as estimated from all others, full length; NaN where these tell
    /// nothing.
    std::vector<double> smoothed_series() const;

    /// The same parameters, or with `refit` new ones begun at them (unless the series was constant and had
    /// none), over the series with more observations.
    /// (ArimaStream takes one observation at a time.)
    ArimaResults append(std::span<const double> y, bool refit = false, const Regressors& exog = {}) const;

    /// Tables of coefficients, fit, roots and residual tests, as text.
    std::string summary() const;

    /// A JSON file from which load() makes the same results again. Written atomically; load() throws Error
    /// for a file that is missing, damaged, of another kind, or of orders that the kernels do not serve.
    void save(const std::filesystem::path& path) const;
    static ArimaResults load(const std::filesystem::path& path, const plan::ArimaFilters& kernels);

    struct Impl;

  private:
    friend class ArimaStream;
    const Impl& impl() const;

    std::unique_ptr<Impl> impl_;
};

/// Forecasts of one step from growing samples, beginning after `first` observations: with `refit` the
/// parameters are estimated anew each time, by a fit() of its own with these options, otherwise they stay as
/// after `first`.
std::vector<double> rolling_forecast(const class Arima& model, std::span<const double> y, std::size_t first,
                                     bool refit = true, const ArimaFitOptions& options = {});

} // namespace timeloom
