// MacKinnon's response surfaces for the Dickey-Fuller distribution, one integrated series.
#include "timeloom/runtime/series/unit_roots/mackinnon.hpp"

#include "timeloom/runtime/series/distributions.hpp"

#include <limits>
#include <span>

namespace timeloom::detail {

namespace {

/// MacKinnon (1994), "Approximate asymptotic distribution functions for unit-root and cointegration tests",
/// Journal of Business & Economic Statistics 12, tables 3 and 4: p = Phi(polynomial of the statistic), one
/// polynomial left of `split` and one right of it, 0 below `lowest` and 1 above `highest`.
struct PValueSurface {
    double lowest;
    double split;
    double highest;
    std::array<double, 3> left;
    std::array<double, 4> right;
};

// In the order n, c, ct, ctt.
constexpr std::array<PValueSurface, 4> p_value_surfaces{{
    {-19.04,
     -1.04,
     std::numeric_limits<double>::infinity(),
     {0.6344, 1.2378, 0.032496},
     {0.4797, 0.93557, -0.06999, 0.033066}},
    {-18.83, -1.61, 2.74, {2.1659, 1.4412, 0.038269}, {1.7339, 0.93202, -0.12745, -0.010368}},
    {-16.18, -2.89, 0.70, {3.2512, 1.6047, 0.049588}, {2.5261, 0.61654, -0.37956, -0.060285}},
    {-17.17, -3.21, 0.54, {4.0003, 1.6580, 0.048288}, {3.0778, 0.49529, -0.41477, -0.059359}},
}};

/// MacKinnon (2010), "Critical values for cointegration tests", Queen's Economics Department working paper
/// 1227, tables 1 and 2: a polynomial of 1 / nobs for each of 1, 5 and 10 percent.
using CriticalSurface = std::array<std::array<double, 4>, 3>;

constexpr std::array<CriticalSurface, 4> critical_surfaces{{
    {{{-2.56574, -2.2358, -3.627, 0.0},
      {-1.94100, -0.2686, -3.365, 31.223},
      {-1.61682, 0.2656, -2.714, 25.364}}},
    {{{-3.43035, -6.5393, -16.786, -79.433},
      {-2.86154, -2.8903, -4.234, -40.040},
      {-2.56677, -1.5384, -2.809, 0.0}}},
    {{{-3.95877, -9.0531, -28.428, -134.155},
      {-3.41049, -4.3904, -9.036, -45.374},
      {-3.12705, -2.5856, -3.925, -22.380}}},
    {{{-4.37113, -11.5882, -35.819, -334.047},
      {-3.83239, -5.9057, -12.490, -118.284},
      {-3.55326, -3.6596, -5.293, -63.559}}},
}};

double polynomial(std::span<const double> coefficients, double x) {
    double value = 0.0;
    for (std::size_t i = coefficients.size(); i-- > 0;)
        value = value * x + coefficients[i];
    return value;
}

} // namespace

double mackinnon_p_value(double statistic, UnitRootRegression regression) {
    const PValueSurface& surface = p_value_surfaces[static_cast<std::size_t>(regression)];
    if (statistic > surface.highest)
        return 1.0;
    if (statistic < surface.lowest)
        return 0.0;
    return normal_cdf(statistic <= surface.split ? polynomial(surface.left, statistic)
                                                 : polynomial(surface.right, statistic));
}

std::array<double, 3> mackinnon_critical_values(UnitRootRegression regression, std::size_t nobs) {
    const CriticalSurface& surface = critical_surfaces[static_cast<std::size_t>(regression)];
    const double x = 1.0 / static_cast<double>(nobs);
    return {polynomial(surface[0], x), polynomial(surface[1], x), polynomial(surface[2], x)};
}

} // namespace timeloom::detail
