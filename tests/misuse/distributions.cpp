// Distributions, with arguments that nobody should pass.
#include "misused_series.hpp"

#include "timeloom/runtime/series/distributions.hpp"

#include <cmath>

namespace timeloom::tests {

TEST_CASE("arguments that distributions do not have") {
    using One = double (*)(double);
    using Two = double (*)(double, double);
    for (const One function : {normal_pdf, normal_cdf, normal_sf}) {
        refuses("a normal distribution at NaN", "NaN", [&] { function(not_a_number); });
        for (const double x : {-infinity, -most, -1e300, -least, 0.0, least, 1e300, most, infinity}) {
            accepts("a normal distribution anywhere", [&] { CHECK((function(x) >= 0 && function(x) <= 1)); });
        }
    }
    for (const double p : {-0.1, 1.1, not_a_number, infinity, -infinity, -least}) {
        refuses("normal_quantile", "between 0 and 1", [&] { normal_quantile(p); });
        refuses("student_quantile", "between 0 and 1", [&] { student_quantile(p, 3); });
        refuses("chi2_quantile", "between 0 and 1", [&] { chi2_quantile(p, 3); });
    }
    for (const double df : {0.0, -1.0, not_a_number, infinity, -infinity}) {
        for (const Two function : {student_cdf, student_sf, chi2_cdf, chi2_sf}) {
            refuses("degrees of freedom", "degrees of freedom", [&] { function(1.0, df); });
        }
        for (const Two function : {student_quantile, chi2_quantile}) {
            refuses("degrees of freedom", "degrees of freedom", [&] { function(0.3, df); });
        }
        refuses("f_cdf", "degrees of freedom", [&] { f_cdf(1.0, df, 2.0); });
        refuses("f_cdf", "degrees of freedom", [&] { f_cdf(1.0, 2.0, df); });
        refuses("f_sf", "degrees of freedom", [&] { f_sf(1.0, df, 2.0); });
        refuses("f_sf", "degrees of freedom", [&] { f_sf(1.0, 2.0, df); });
    }
    for (const Two function : {student_cdf, student_sf, chi2_cdf, chi2_sf}) {
        refuses("a distribution at NaN", "NaN", [&] { function(not_a_number, 3); });
        for (const double x : {-infinity, -most, -least, least, most, infinity}) {
            for (const double df : {1e-300, 0.5, 1e6}) {
                accepts("a distribution anywhere",
                        [&] { CHECK((function(x, df) >= 0 && function(x, df) <= 1)); });
            }
        }
    }
    refuses("f_cdf at NaN", "NaN", [&] { f_cdf(not_a_number, 3, 3); });
    refuses("f_sf at NaN", "NaN", [&] { f_sf(not_a_number, 3, 3); });
    for (const double x : {-infinity, -least, least, 1e-300, 1e300, most, infinity}) {
        accepts("f_cdf anywhere", [&] { CHECK((f_cdf(x, 3, 4) >= 0 && f_cdf(x, 3, 4) <= 1)); });
        accepts("f_sf anywhere", [&] { CHECK((f_sf(x, 3, 4) >= 0 && f_sf(x, 3, 4) <= 1)); });
        ending("f_sf with extreme degrees of freedom", [&] { CHECK(f_sf(x, 1e-300, 1e300) <= 1); });
    }
    for (const double p : {0.0, least, 1e-300, 0.5, 1.0}) {
        accepts("student_quantile of any probability",
                [&] { CHECK_FALSE(std::isnan(student_quantile(p, 3))); });
        accepts("chi2_quantile of any probability", [&] { CHECK(chi2_quantile(p, 3) >= 0); });
        accepts("normal_quantile of any probability", [&] { CHECK_FALSE(std::isnan(normal_quantile(p))); });
        ending("student_quantile with extreme degrees of freedom", [&] { student_quantile(p, 1e-300); });
        ending("chi2_quantile with extreme degrees of freedom", [&] { chi2_quantile(p, 1e300); });
    }
}

} // namespace timeloom::tests
