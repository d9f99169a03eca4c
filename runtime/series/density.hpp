// Densities of a sample, for plots of residuals.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace timeloom {

/// n^(-1/5) times the standard deviation (divided by n - 1): the rule of Scott (1992). Throws Error for
/// missing values, fewer than 2 of them, or constant ones.
double scott_bandwidth(std::span<const double> sample);

/// sum(phi((x - x_i) / bandwidth)) / (n bandwidth), phi the normal density, at each x of `points`; bandwidth
/// 0 stands for scott_bandwidth. As scipy's gaussian_kde in one dimension. Throws Error as scott_bandwidth
/// does, for a negative bandwidth, a point that is NaN, and a density beyond the range of double.
std::vector<double> gaussian_kde(std::span<const double> sample, std::span<const double> points,
                                 double bandwidth = 0.0);

struct Curve {
    std::vector<double> x;
    std::vector<double> y;
};

/// gaussian_kde on `size` equally spaced points, at most a million, that reach 3 bandwidths beyond the
/// sample.
Curve density_curve(std::span<const double> sample, std::size_t size = 200, double bandwidth = 0.0);

/// Middles of equally wide bins between least and greatest value, and the sample's density in each, which sum
/// to 1 times the width. 0 bins stand for log2(n) + 1, rounded up (Sturges 1926). Throws Error for missing
/// values, a constant sample, more than a million bins, and a density beyond the range of double.
Curve histogram(std::span<const double> sample, std::size_t bins = 0);

} // namespace timeloom
