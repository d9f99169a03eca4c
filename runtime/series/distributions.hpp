// Distribution functions that tests of series need, in double precision.
#pragma once

namespace timeloom {

/// Each cdf is P(X <= x), each sf is P(X > x), exact also where it is tiny, and each quantile is the inverse
/// of the cdf at a probability in [0, 1]. x may be infinite. Throws Error for NaN, for a probability outside
/// [0, 1], and for degrees of freedom that are not positive.

double normal_pdf(double x);
double normal_cdf(double x);
double normal_sf(double x);
double normal_quantile(double probability);

double student_cdf(double x, double df);
double student_sf(double x, double df);
double student_quantile(double probability, double df);

double chi2_cdf(double x, double df);
double chi2_sf(double x, double df);
double chi2_quantile(double probability, double df);

double f_cdf(double x, double df_numerator, double df_denominator);
double f_sf(double x, double df_numerator, double df_denominator);

} // namespace timeloom
