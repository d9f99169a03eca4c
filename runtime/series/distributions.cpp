// Distribution functions that tests of series need, in double precision.
#include "timeloom/runtime/series/distributions.hpp"

#include "timeloom/runtime/error.hpp"

#include <boost/math/distributions/chi_squared.hpp>
#include <boost/math/distributions/fisher_f.hpp>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>

#include <algorithm>
#include <cmath>
#include <exception>
#include <limits>
#include <numbers>
#include <string>

namespace timeloom {

namespace {

// Quantiles of 0 and 1 are infinite, not errors; long double would make results depend on the machine.
using Policy =
    boost::math::policies::policy<boost::math::policies::overflow_error<boost::math::policies::ignore_error>,
                                  boost::math::policies::promote_double<false>>;
using ChiSquared = boost::math::chi_squared_distribution<double, Policy>;
using FisherF = boost::math::fisher_f_distribution<double, Policy>;
using Normal = boost::math::normal_distribution<double, Policy>;
using StudentsT = boost::math::students_t_distribution<double, Policy>;

void require_number(double x) {
    if (std::isnan(x))
        throw Error("a distribution function was asked for at NaN");
}

void require_df(double df) {
    if (!(df > 0.0) || std::isinf(df))
        throw Error("degrees of freedom must be positive and finite, but are " + std::to_string(df));
}

void require_probability(double probability) {
    if (!(probability >= 0.0 && probability <= 1.0))
        throw Error("a quantile needs a probability between 0 and 1, but got " + std::to_string(probability));
}

/// What Boost computes; its errors, with arguments at the ends of double, as ours.
template <class Function>
double evaluated(const Function& function) {
    double value = std::numeric_limits<double>::quiet_NaN();
    std::string reason = "the result is no number";
    try {
        value = function();
    } catch (const std::exception& error) {
        reason = error.what();
    }
    if (std::isnan(value))
        throw Error("a distribution function cannot be computed at these arguments (" + reason +
                    "); take degrees of freedom of usual size");
    return value;
}

template <class Distribution>
double cdf_of(const Distribution& distribution, double x, double lowest) {
    require_number(x);
    if (x <= lowest)
        return 0.0;
    return std::isinf(x) ? 1.0 : evaluated([&] { return boost::math::cdf(distribution, x); });
}

template <class Distribution>
double sf_of(const Distribution& distribution, double x, double lowest) {
    require_number(x);
    if (x <= lowest)
        return 1.0;
    return std::isinf(x)
               ? 0.0
               : evaluated([&] { return boost::math::cdf(boost::math::complement(distribution, x)); });
}

/// Below it arguments are near the least double.
constexpr double tiny = 1e-150;
constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double minus_infinity = -infinity;

/// log of Euler's beta function.
double log_beta(double a, double b) { return std::lgamma(a) + std::lgamma(b) - std::lgamma(a + b); }

/// True if the first term of the incomplete beta function's series in z is all of it to rounding. Boost loses
/// it where z vanishes, or the probability does.
bool one_term_suffices(double log_z, double b) { return log_z + std::log1p(b) < std::log(1e-17); }

double first_beta_term(double log_z, double a, double b) {
    return std::min(1.0, std::exp(a * log_z - std::log(a) - log_beta(a, b)));
}

/// P(T > x) for x > 0.
double student_tail(double x, double df) {
    const double log_z = std::log(df) - 2.0 * std::log(x);
    return std::isfinite(x) && one_term_suffices(log_z, 0.5) ? 0.5 * first_beta_term(log_z, 0.5 * df, 0.5)
                                                             : sf_of(StudentsT(df), x, minus_infinity);
}

/// The x > 0 at which a falling function of it is `probability`, by bisection of its logarithm.
template <class Falling>
double bisected(const Falling& function, double probability) {
    double low = std::log(std::numeric_limits<double>::denorm_min());
    double high = std::log(std::numeric_limits<double>::max());
    if (function(std::exp(high)) > probability)
        return infinity;
    if (function(std::exp(low)) < probability)
        return 0.0;
    for (double middle = 0.5 * (low + high); middle > low && middle < high; middle = 0.5 * (low + high))
        (function(std::exp(middle)) > probability ? low : high) = middle;
    return std::exp(0.5 * (low + high));
}

/// Boost's quantile, or NaN where it has none.
template <class Distribution>
double boost_quantile(const Distribution& distribution, double probability) {
    try {
        return boost::math::quantile(distribution, probability);
    } catch (const std::exception&) {
        return std::numeric_limits<double>::quiet_NaN();
    }
}

/// True if a function of a quantile is the probability, or cannot tell.
template <class Function>
bool gives(const Function& function, double probability) {
    constexpr double rounding = 4.0 * std::numeric_limits<double>::denorm_min();
    try {
        return std::abs(function() - probability) <= 1e-9 * probability + rounding;
    } catch (const Error&) {
        return true;
    }
}

/// The x > 0 with P(T > x) = probability < 1/2. Boost's iteration overflows for small probabilities.
double student_upper_quantile(double probability, double df) {
    const double x = -boost_quantile(StudentsT(df), probability);
    if (x > 0.0 && std::isfinite(x) && gives([&] { return student_tail(x, df); }, probability))
        return x;
    return bisected([df](double at) { return student_tail(at, df); }, probability);
}

} // namespace

double normal_pdf(double x) {
    require_number(x);
    return std::exp(-0.5 * x * x) / std::sqrt(2.0 * std::numbers::pi);
}

double normal_cdf(double x) { return cdf_of(Normal(), x, minus_infinity); }
double normal_sf(double x) { return sf_of(Normal(), x, minus_infinity); }
double normal_quantile(double probability) {
    require_probability(probability);
    if (probability == 0.0 || probability == 1.0)
        return probability == 0.0 ? minus_infinity : infinity;
    return evaluated([&] { return boost::math::quantile(Normal(), probability); });
}

double student_cdf(double x, double df) {
    require_number(x);
    return student_sf(-x, df);
}

double student_sf(double x, double df) {
    require_number(x);
    require_df(df);
    if (x == 0.0)
        return 0.5;
    return x > 0.0 ? student_tail(x, df) : 1.0 - student_tail(-x, df);
}

double student_quantile(double probability, double df) {
    require_df(df);
    require_probability(probability);
    if (probability == 0.0 || probability == 1.0)
        return probability == 0.0 ? minus_infinity : infinity;
    if (probability == 0.5)
        return 0.0;
    return probability < 0.5 ? -student_upper_quantile(probability, df)
                             : student_upper_quantile(1.0 - probability, df);
}

double chi2_cdf(double x, double df) {
    require_number(x);
    require_df(df);
    if (x > 0.0 && x < tiny) // the first term of the series, where half of x may vanish
        return std::min(1.0,
                        std::exp(0.5 * df * (std::log(x) - std::numbers::ln2) - std::lgamma(0.5 * df + 1.0)));
    return cdf_of(ChiSquared(df), x, 0.0);
}

double chi2_sf(double x, double df) {
    require_number(x);
    require_df(df);
    return x > 0.0 && x < tiny ? 1.0 - chi2_cdf(x, df) : sf_of(ChiSquared(df), x, 0.0);
}

double chi2_quantile(double probability, double df) {
    require_df(df);
    require_probability(probability);
    if (probability == 0.0 || probability == 1.0)
        return probability == 0.0 ? 0.0 : infinity;
    const double x = boost_quantile(ChiSquared(df), probability);
    const bool lower = probability < 0.5;
    const auto tail = [&] { return lower ? chi2_cdf(x, df) : chi2_sf(x, df); };
    if (x > 0.0 && std::isfinite(x) && gives(tail, lower ? probability : 1.0 - probability))
        return x;
    return lower ? bisected([df](double at) { return -chi2_cdf(at, df); }, -probability)
                 : bisected([df](double at) { return chi2_sf(at, df); }, 1.0 - probability);
}

double f_cdf(double x, double df_numerator, double df_denominator) {
    require_number(x);
    require_df(df_numerator);
    require_df(df_denominator);
    const double log_z = std::log(df_numerator) - std::log(df_denominator) + std::log(x);
    if (x > 0.0 && one_term_suffices(log_z, 0.5 * df_denominator))
        return first_beta_term(log_z, 0.5 * df_numerator, 0.5 * df_denominator);
    return cdf_of(FisherF(df_numerator, df_denominator), x, 0.0);
}

double f_sf(double x, double df_numerator, double df_denominator) {
    require_number(x);
    require_df(df_numerator);
    require_df(df_denominator);
    const double log_z = std::log(df_denominator) - std::log(df_numerator) - std::log(x);
    if (x > 0.0 && std::isfinite(x) && one_term_suffices(log_z, 0.5 * df_numerator))
        return first_beta_term(log_z, 0.5 * df_denominator, 0.5 * df_numerator);
    if (x > 0.0 && x < tiny)
        return 1.0 - f_cdf(x, df_numerator, df_denominator);
    return sf_of(FisherF(df_numerator, df_denominator), x, 0.0);
}

} // namespace timeloom
