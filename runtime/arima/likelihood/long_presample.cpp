#include "timeloom/runtime/arima/likelihood/long_presample.hpp"

#include "timeloom/runtime/arima/polynomials/sparse_polynomial.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace timeloom::detail {

namespace {

using Vector = std::vector<double>;

/// φ(B) / θ(B) x and its adjoint.
struct Filter {
    SparsePolynomial ar, ma;

    Vector residuals(std::span<const double> x) const {
        Vector e = ar.times(x);
        ma.divide(e);
        return e;
    }
    Vector adjoint(Vector x) const {
        std::ranges::reverse(x);
        Vector result = residuals(x);
        std::ranges::reverse(result);
        return result;
    }
    /// After the series x with these residuals.
    Vector ahead(const Vector& x, const Vector& e) const {
        Vector result(std::max(ar.degree(), ma.degree()));
        const auto last = [](const Vector& values) {
            return [&](std::size_t k) { return k < values.size() ? values[values.size() - 1 - k] : 0.0; };
        };
        ar.add_parts_ahead(-1.0, last(x), result);
        ma.add_parts_ahead(1.0, last(e), result);
        return result;
    }
};

/// The least-squares problem for the presample, unknowns in reverse order.
struct Problem {
    Vector column;       ///< first one of the normal matrix
    Vector tail, start;  ///< last values of the impulse response, values of A (1/θ): both of the presample
    Vector products;     ///< of the series with the unknowns
    Vector first_effect; ///< of the first unknown on what is ahead
    Vector ahead;
};

Problem problem_of(const Filter& f, std::span<const double> w) {
    const std::size_t p = f.ar.degree(), q = f.ma.degree(), n = q + w.size();
    const auto reversed = [](Vector v) {
        std::ranges::reverse(v);
        return v;
    };
    Vector impulse(n), series(n), last(n);
    impulse[0] = 1;
    last[q - 1] = 1;
    std::ranges::copy(w, series.begin() + static_cast<std::ptrdiff_t>(q));
    const Vector response = f.residuals(impulse), residuals = f.residuals(series);
    Vector covariance = f.adjoint(response), products = f.adjoint(residuals);
    covariance.resize(q);
    products.resize(q);

    // A x of the first p values x of a series / θ.
    const auto start_of = [&](const Vector& y) {
        Vector x(y.begin(), y.begin() + static_cast<std::ptrdiff_t>(std::min(p, n)));
        x.resize(p);
        f.ma.divide(x);
        Vector a_x(p);
        for (const auto& term : f.ar.terms()) {
            for (std::size_t k = 0; k < term.lag; ++k) {
                a_x[k] += term.coefficient * x[term.lag - 1 - k];
            }
        }
        return a_x;
    };
    const Vector start = start_of(impulse), start_of_series = start_of(series);
    const auto lagged = [p](const Vector& x, const Vector& y, std::size_t lag) {
        double sum = 0;
        for (std::size_t k = 0; k + lag < p; ++k) {
            sum += x[k] * y[k + lag];
        }
        return sum;
    };
    Problem problem;
    problem.tail.resize(q);
    problem.start.resize(q);
    problem.column.resize(q);
    for (std::size_t i = 0; i < q; ++i) {
        problem.tail[i] = response[n - 1 - i];
        problem.start[i] = i < p ? start[i] : 0.0;
        covariance[i] -= lagged(start, start, i);
        products[i] -= lagged(start_of_series, start, i);
    }
    // The last row of the matrix: what begins in its first column, and is added to on the way down.
    for (std::size_t j = 0; j < q; ++j) {
        double sum = covariance[q - 1 - j];
        for (std::size_t d = 1; d <= j; ++d) {
            sum += problem.start[q - 1 - d] * problem.start[j - d] -
                   problem.tail[q - 1 - d] * problem.tail[j - d];
        }
        problem.column[q - 1 - j] = sum;
    }
    problem.tail = reversed(problem.tail);
    problem.start = reversed(problem.start);
    problem.products = reversed(products);
    problem.first_effect = f.ahead(last, f.residuals(last));
    problem.ahead = f.ahead(series, residuals);
    return problem;
}

/// One of the four vectors of which matrix and effects consist.
struct Generator {
    Vector rows, effects;
};

struct Rotation {
    double cosine, sine;
};

Rotation turn(double& x, double y) {
    const double r = std::hypot(x, y);
    const Rotation o = r > 0 ? Rotation{x / r, y / r} : Rotation{1, 0};
    x = r;
    return o;
}

/// The rotations of one step: of two pairs, which takes an element out of the second of each, and a
/// hyperbolic one of their first ones.
struct Step {
    Rotation positive, negative;
    double ratio, root, reciprocal;

    /// To entries of the pairs (g, t) and (h, b).
    void apply(std::size_t count, double* __restrict g, double* __restrict t, double* __restrict h,
               double* __restrict b) const {
        for (std::size_t i = 0; i < count; ++i) {
            const double plus = positive.cosine * g[i] + positive.sine * t[i];
            const double minus = negative.cosine * h[i] + negative.sine * b[i];
            t[i] = positive.cosine * t[i] - positive.sine * g[i];
            b[i] = negative.cosine * b[i] - negative.sine * h[i];
            g[i] = (plus - ratio * minus) * reciprocal;
            h[i] = root * minus - ratio * g[i];
        }
    }
};

class Elimination {
  public:
    explicit Elimination(const Problem& problem) : q_(problem.column.size()), products_(problem.products) {
        const double root = std::sqrt(problem.column[0]);
        for (Generator& g : generators_) {
            g.rows.resize(q_);
            g.effects.resize(problem.ahead.size());
        }
        auto& [g, t, h, b] = generators_;
        for (std::size_t i = 0; i < q_; ++i) {
            g.rows[i] = problem.column[i] / root;
            h.rows[i] = i > 0 ? g.rows[i] : 0.0;
            t.rows[i] = i > 0 ? problem.tail[i] : 0.0;
            b.rows[i] = i > 0 ? problem.start[i] : 0.0;
        }
        for (std::size_t i = 0; i < problem.ahead.size(); ++i) {
            g.effects[i] = h.effects[i] = problem.first_effect[i] / root;
        }
    }

    /// Takes the next unknown: the pivot's square, 0 or NaN where digits fail.
    double next() {
        auto& [g, t, h, b] = generators_;
        const std::size_t k = step_++;
        double plus = g.rows[k], minus = h.rows[k];
        Step o{};
        o.positive = turn(plus, t.rows[k]);
        o.negative = turn(minus, b.rows[k]);
        const double square = (plus - minus) * (plus + minus), pivot = std::sqrt(square);
        o.ratio = minus / plus;
        o.root = pivot / plus;
        o.reciprocal = plus / pivot;
        o.apply(q_ - k, &g.rows[k], &t.rows[k], &h.rows[k], &b.rows[k]);
        o.apply(g.effects.size(), g.effects.data(), t.effects.data(), h.effects.data(), b.effects.data());
        score_ = products_[k] / pivot;
        for (std::size_t i = k + 1; i < q_; ++i) {
            products_[i] -= score_ * g.rows[i];
        }
        return square;
    }

    /// What the combination of unknowns that has been taken, of unit variance, adds to each error.
    const Vector& effects() const { return generators_[0].effects; }
    /// Less its estimate.
    double score() const { return score_; }

    /// The next unknown is a step earlier, and its effects one step older: δs_i = δs_{i+1} - θ_i δs_1.
    void shift(const SparsePolynomial& ma) {
        Vector& rows = generators_[0].rows;
        std::copy_backward(rows.begin(), rows.end() - 1, rows.end());
        Vector& x = generators_[0].effects;
        const double first = x[0];
        std::copy(x.begin() + 1, x.end(), x.begin());
        x.back() = 0;
        for (const auto& term : ma.terms()) {
            x[term.lag - 1] -= term.coefficient * first;
        }
    }

  private:
    std::size_t q_, step_ = 0;
    Vector products_;
    std::array<Generator, 4> generators_;
    double score_ = 0;
};

bool is_negligible(const Vector& effects) {
    return std::ranges::all_of(effects, [](double x) { return std::abs(x) < 1e-17; });
}

} // namespace

std::optional<KnownState> state_after(const std::vector<double>& phi, const std::vector<double>& theta,
                                      std::span<const double> w) {
    constexpr double fewest_digits = 1e-10;
    const Filter filter{SparsePolynomial(phi), SparsePolynomial(theta)};
    const Problem problem = problem_of(filter, w);
    KnownState known{problem.ahead, {}};
    Elimination elimination(problem);
    for (std::size_t k = 0; k < filter.ma.degree(); ++k) {
        const double square = elimination.next();
        if (!(square > fewest_digits * problem.column[0])) {
            return std::nullopt;
        }
        const Vector& effects = elimination.effects();
        for (std::size_t i = 0; i < effects.size(); ++i) {
            known.ahead[i] -= elimination.score() * effects[i];
        }
        if (!is_negligible(effects)) {
            known.effects.push_back(effects);
        }
        elimination.shift(filter.ma);
    }
    return known;
}

} // namespace timeloom::detail
