// Distribution functions that tests of series need, in double precision.
#include "timeloom/runtime/series/distributions.hpp"

#include "timeloom/runtime/error.hpp"

#include <boost/math/distributions/chi_squared.hpp>
#include <boost/math/distributions/fisher_f.hpp>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>

#include <cmath>
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
        throw Error("A distribution function was asked for at NaN.");
}

void require_df(double df) {
    if (!(df > 0.0) || std::isinf(df))
        throw Error("Degrees of freedom must be positive and finite, but are " + std::to_string(df) + ".");
}

void require_probability(double probability) {
    if (!(probability >= 0.0 && probability <= 1.0))
        throw Error("A quantile needs a probability between 0 and 1, but got " + std::to_string(probability) +
                    ".");
}

template <class Distribution>
double cdf_of(const Distribution& distribution, double x, double lowest) {
    require_number(x);
    if (x <= lowest)
        return 0.0;
    return std::isinf(x) ? 1.0 : boost::math::cdf(distribution, x);
}

template <class Distribution>
double sf_of(const Distribution& distribution, double x, double lowest) {
    require_number(x);
    if (x <= lowest)
        return 1.0;
    return std::isinf(x) ? 0.0 : boost::math::cdf(boost::math::complement(distribution, x));
}

template <class Distribution>
double quantile_of(const Distribution& distribution, double probability, double lowest) {
    require_probability(probability);
    if (probability == 0.0)
        return lowest;
    return probability == 1.0 ? std::numeric_limits<double>::infinity()
                              : boost::math::quantile(distribution, probability);
}

constexpr double minus_infinity = -std::numeric_limits<double>::infinity();

} // namespace

double normal_pdf(double x) {
    require_number(x);
    return std::exp(-0.5 * x * x) / std::sqrt(2.0 * std::numbers::pi);
}

double normal_cdf(double x) { return cdf_of(Normal(), x, minus_infinity); }
double normal_sf(double x) { return sf_of(Normal(), x, minus_infinity); }
double normal_quantile(double probability) { return quantile_of(Normal(), probability, minus_infinity); }

double student_cdf(double x, double df) {
    require_df(df);
    return cdf_of(StudentsT(df), x, minus_infinity);
}

double student_sf(double x, double df) {
    require_df(df);
    return sf_of(StudentsT(df), x, minus_infinity);
}

double student_quantile(double probability, double df) {
    require_df(df);
    return quantile_of(StudentsT(df), probability, minus_infinity);
}

double chi2_cdf(double x, double df) {
    require_df(df);
    return cdf_of(ChiSquared(df), x, 0.0);
}

double chi2_sf(double x, double df) {
    require_df(df);
    return sf_of(ChiSquared(df), x, 0.0);
}

double chi2_quantile(double probability, double df) {
    require_df(df);
    return quantile_of(ChiSquared(df), probability, 0.0);
}

double f_cdf(double x, double df_numerator, double df_denominator) {
    require_df(df_numerator);
    require_df(df_denominator);
    return cdf_of(FisherF(df_numerator, df_denominator), x, 0.0);
}

double f_sf(double x, double df_numerator, double df_denominator) {
    require_df(df_numerator);
    require_df(df_denominator);
    return sf_of(FisherF(df_numerator, df_denominator), x, 0.0);
}

} // namespace timeloom
