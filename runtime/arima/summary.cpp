#include "timeloom/runtime/arima/results_impl.hpp"

#include "timeloom/runtime/base/as_error.hpp"
#include "timeloom/runtime/series/acf.hpp"
#include "timeloom/runtime/series/residual_tests.hpp"

#include <cmath>
#include <cstdarg>
#include <cstdio>
#include <optional>

namespace timeloom {

namespace {

/// printf onto the end of a string.
[[gnu::format(printf, 2, 3)]] void print(std::string& text, const char* format, ...) {
    std::va_list arguments;
    va_start(arguments, format);
    char line[256];
    std::vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    text += line;
}

/// With `decimals` places, or to four significant digits where fewer than `digits` of them would be left;
/// tiny and huge numbers with an exponent.
std::string readable(double value, int decimals, int digits) {
    const double size = std::abs(value);
    std::string text;
    if (size != 0 && (size < 1e-5 || size >= 1e7)) {
        print(text, "%.3e", value);
        return text;
    }
    if (size != 0 && size < std::pow(10.0, digits - 1 - decimals)) {
        decimals = 3 - static_cast<int>(std::floor(std::log10(size)));
    }
    print(text, "%.*f", decimals, value);
    return text;
}

const std::string rule(86, '=');
const std::string thin_rule(86, '-');

const char* name_of(ArimaMethod method) {
    switch (method) {
    case ArimaMethod::mle:
        return "exact maximum likelihood";
    case ArimaMethod::css:
        return "conditional least squares";
    default:
        return "conditional least squares, then exact maximum likelihood";
    }
}

const char* name_of(CovarianceType type) {
    switch (type) {
    case CovarianceType::oim:
        return "observed information";
    case CovarianceType::opg:
        return "outer products of gradients";
    default:
        return "not computed";
    }
}

/// Tests on residuals may have nothing to work on, as with few observations.
template <class Test>
auto where_possible(const Test& test) -> std::optional<decltype(test())> {
    try {
        return test();
    } catch (const OutOfMemory&) {
        throw;
    } catch (const Error&) {
        return std::nullopt;
    }
}

void print_roots(std::string& text, const char* kind, const std::vector<LagRoot>& roots) {
    constexpr std::size_t most = 16;
    for (std::size_t i = 0; i < roots.size() && i < most; ++i) {
        const LagRoot& r = roots[i];
        print(text, "%s.%-4zu %18.4f %+17.4fj %18.4f %18.4f\n", kind, i + 1, r.value.real(), r.value.imag(),
              r.modulus, r.frequency);
    }
    if (roots.size() > most) {
        print(text, "%s.…    %zu more, of modulus up to %.4f\n", kind, roots.size() - most,
              roots.back().modulus);
    }
}

} // namespace

std::string ArimaResults::summary() const try {
    const Impl& i = impl();
    std::string text = rule + '\n';
    print(text, "Model:        %-36s No. observations: %8zu\n", name_of(i.orders).c_str(), i.y.size());
    print(text, "Differenced:  %-36zu Log likelihood:   %12.3f\n", nobs(), llf());
    print(text, "Missing:      %-36zu S.D. of innov.:   %12s\n", i.data.missing,
          readable(sigma(), 3, 3).c_str());
    print(text, "Likelihood evaluations: %-26zu AIC:              %12.3f\n", evaluations(), aic());
    print(text, "Status:       %-36s AICc:             %12.3f\n", to_string(status()), aicc());
    print(text, "%-50s BIC:              %12.3f\n", "", bic());
    print(text, "%-50s HQIC:             %12.3f\n", "", hqic());
    print(text, "Method: %s. Standard errors: %s.\n", name_of(i.method), name_of(i.cov_type));
    if (!message().empty()) {
        text += "Note: " + message() + ".\n";
    }
    text += rule + '\n';
    print(text, "%-12s %12s %12s %10s %9s %12s %12s\n", "", "coef", "std err", "z", "P>|z|", "[0.025",
          "0.975]");
    text += thin_rule + '\n';
    const std::vector<std::string> names = param_names();
    const std::vector<double> errors = bse(), z = zvalues(), p = pvalues();
    const auto intervals = conf_int();
    for (std::size_t k = 0; k < names.size(); ++k) {
        print(text, "%-12s %12s %12s %10.3f %9.3f %12s %12s\n", names[k].c_str(),
              readable(params()[k], 4, 3).c_str(), readable(errors[k], 3, 2).c_str(), z[k], p[k],
              readable(intervals[k].first, 3, 2).c_str(), readable(intervals[k].second, 3, 2).c_str());
    }
    const std::vector<LagRoot> ar = arroots(), ma = maroots();
    if (!ar.empty() || !ma.empty()) {
        text += rule + '\n';
        print(text, "%-4s %20s %18s %18s %18s\n", "Root", "Real", "Imaginary", "Modulus", "Frequency");
        text += thin_rule + '\n';
        print_roots(text, "AR", ar);
        print_roots(text, "MA", ma);
    }
    text += rule + '\n';
    std::vector<double> errors_left;
    for (const double e : standardized_resid()) {
        if (std::isfinite(e)) {
            errors_left.push_back(e);
        }
    }
    if (const auto q = where_possible([&] { return ljung_box(errors_left, 1); })) {
        print(text, "Ljung-Box (lag 1) Q: %25.2f   Prob(Q):  %6.2f\n", q->statistic[0], q->p_value[0]);
    }
    if (const auto jb = where_possible([&] { return jarque_bera(errors_left); })) {
        print(text, "Jarque-Bera (JB): %28.2f   Prob(JB): %6.2f   Skew: %5.2f   Kurtosis: %5.2f\n",
              jb->statistic, jb->p_value, jb->skew, jb->kurtosis);
    }
    if (const auto h = where_possible([&] { return heteroskedasticity_test(standardized_resid()); })) {
        print(text, "Heteroskedasticity (H): %22.2f   Prob(H):  %6.2f (two-sided)\n", h->statistic,
              h->p_value);
    }
    return text + rule + '\n';
} catch (...) {
    detail::rethrow_as_error("summary");
}

} // namespace timeloom
