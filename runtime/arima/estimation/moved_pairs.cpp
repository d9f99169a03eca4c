#include "timeloom/runtime/arima/estimation/moved_pairs.hpp"

#include "timeloom/runtime/arima/polynomials/polynomial_roots.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <complex>
#include <numbers>
#include <span>
#include <utility>

namespace timeloom::detail {

namespace {

using Polynomial = std::vector<double>; ///< 1 + c₁ z + …
using Roots = std::vector<std::complex<double>>;

Polynomial product(const Polynomial& a, const Polynomial& b) {
    Polynomial c(a.size() + b.size() - 1);
    for (std::size_t i = 0; i < a.size(); ++i) {
        for (std::size_t j = 0; j < b.size(); ++j) {
            c[i + j] += a[i] * b[j];
        }
    }
    return c;
}

/// Inverse roots: 1 + c₁ z + … = Π (1 - r z). As many as the degree, zeros included.
Roots inverse_roots(const Polynomial& polynomial) {
    Roots roots = polynomial_roots(polynomial);
    for (std::complex<double>& root : roots) {
        root = 1.0 / root;
    }
    roots.resize(polynomial.size() - 1);
    return roots;
}

/// A real factor of one or two roots, and the product of all others.
struct Split {
    Polynomial factor, rest;
};

std::vector<Split> splits(const Roots& roots, std::size_t size) {
    const auto is_real = [](std::complex<double> r) { return std::abs(r.imag()) <= 1e-12 * std::abs(r); };
    const auto without = [&](std::size_t i, std::size_t j) {
        std::vector<std::complex<double>> rest{1.0};
        for (std::size_t k = 0; k < roots.size(); ++k) {
            if (k != i && k != j) {
                rest.push_back(0.0);
                for (std::size_t l = rest.size(); l-- > 1;) {
                    rest[l] -= roots[k] * rest[l - 1];
                }
            }
        }
        Polynomial real;
        for (const std::complex<double>& c : rest) {
            real.push_back(c.real());
        }
        return real;
    };
    std::vector<Split> found;
    for (std::size_t i = 0; i < roots.size(); ++i) {
        if (size == 1 && is_real(roots[i])) {
            found.push_back({{1.0, -roots[i].real()}, without(i, i)});
        }
        for (std::size_t j = i + 1; size == 2 && j < roots.size(); ++j) {
            const std::complex<double> sum = roots[i] + roots[j], both = roots[i] * roots[j];
            if ((is_real(roots[i]) && is_real(roots[j])) || std::abs(sum.imag()) < 1e-9) {
                found.push_back({{1.0, -sum.real(), both.real()}, without(i, j)});
            }
        }
    }
    return found;
}

/// The splits of both polynomials whose factors are most alike.
std::pair<const Split*, const Split*> most_alike(const std::vector<Split>& ar, const std::vector<Split>& ma) {
    std::pair<const Split*, const Split*> closest{nullptr, nullptr};
    double least = HUGE_VAL;
    for (const Split& a : ar) {
        for (const Split& b : ma) {
            double distance = 0;
            for (std::size_t i = 1; i < a.factor.size(); ++i) {
                distance += std::abs(a.factor[i] - b.factor[i]);
            }
            if (distance < least) {
                least = distance;
                closest = {&a, &b};
            }
        }
    }
    return closest;
}

/// Factors of φ and θ.
struct Pair {
    Polynomial ar, ma;
};

std::vector<Pair> real_pairs() {
    constexpr std::array<double, 7> radii{0.0, 0.3, 0.6, 0.8, 0.9, 0.97, 0.999};
    std::vector<Pair> pairs;
    for (const double sign : {-1.0, 1.0}) {
        for (const double ar : radii) {
            for (const double ma : radii) {
                if (ar != ma) {
                    pairs.push_back({{1, sign * ar}, {1, sign * ma}});
                }
            }
        }
    }
    return pairs;
}

/// At frequencies as close as the autoregressive roots are to the unit circle, or as observations tell apart.
std::vector<Pair> conjugate_pairs(std::size_t observations) {
    constexpr std::array<std::pair<double, double>, 6> radii{
        {{0.8, 0.999}, {0.9, 0.999}, {0.96, 0.999}, {0.99, 0.999}, {0.999, 0.97}, {0.99, 0.9}}};
    std::vector<Pair> pairs;
    for (const auto& [ar, ma] : radii) {
        const auto needed = static_cast<std::size_t>(std::numbers::pi / (1 - std::min(ar, ma)));
        const std::size_t count = std::min({needed, observations, std::size_t{256}});
        for (std::size_t i = 0; i < count; ++i) {
            const double cosine =
                std::cos(std::numbers::pi * (static_cast<double>(i) + 0.5) / static_cast<double>(count));
            pairs.push_back({{1, -2 * ar * cosine, ar * ar}, {1, -2 * ma * cosine, ma * ma}});
        }
    }
    return pairs;
}

} // namespace

std::vector<StartingPoint> moved_pairs(const std::vector<double>& point, const plan::LagFilter& kernels,
                                       const plan::LagFilter& orders, std::size_t observations) {
    std::vector<StartingPoint> points;
    if (orders.p == 0 || orders.q == 0) {
        return points;
    }
    ParameterSpace space(kernels, orders);
    std::vector<double> coefficients(space.size()), moved(space.size());
    space.to_coefficients(point, coefficients);
    const auto p = static_cast<std::size_t>(orders.p), q = static_cast<std::size_t>(orders.q);
    const std::size_t first_ma = p + static_cast<std::size_t>(orders.seasonal_p + orders.second_p);
    Polynomial phi{1.0}, theta{1.0};
    for (std::size_t i = 0; i < p; ++i) {
        phi.push_back(-coefficients[i]);
    }
    for (std::size_t i = 0; i < q; ++i) {
        theta.push_back(coefficients[first_ma + i]);
    }
    const Roots ar_roots = inverse_roots(phi), ma_roots = inverse_roots(theta);
    for (std::size_t size = 1; size <= std::min<std::size_t>({2, p, q}); ++size) {
        const std::vector<Split> of_ar = splits(ar_roots, size), of_ma = splits(ma_roots, size);
        const auto [ar, ma] = most_alike(of_ar, of_ma);
        if (ar == nullptr) {
            continue;
        }
        for (const Pair& pair : size == 1 ? real_pairs() : conjugate_pairs(observations)) {
            const Polynomial new_phi = product(ar->rest, pair.ar), new_theta = product(ma->rest, pair.ma);
            for (std::size_t i = 0; i < p; ++i) {
                coefficients[i] = -new_phi[i + 1];
            }
            for (std::size_t i = 0; i < q; ++i) {
                coefficients[first_ma + i] = new_theta[i + 1];
            }
            if (space.to_point(coefficients, moved)) {
                points.push_back({moved});
            }
        }
    }
    return points;
}

} // namespace timeloom::detail
