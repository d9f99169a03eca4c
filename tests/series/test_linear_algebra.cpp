// The small pieces of linear algebra that ARIMA and the tests of series are made of.
#include "timeloom/runtime/linear_algebra/levinson.hpp"
#include "timeloom/runtime/linear_algebra/orthogonal_basis.hpp"
#include "timeloom/runtime/linear_algebra/reflection.hpp"
#include "timeloom/runtime/simd/random.hpp"

#include <catch2/catch.hpp>

#include <limits>

using namespace timeloom;
using namespace timeloom::detail;

namespace {

std::vector<double> random_vector(Random& random, std::size_t n) {
    std::vector<double> x(n);
    for (double& value : x) {
        value = random.normal();
    }
    return x;
}

long double exact_dot(const std::vector<double>& a, const std::vector<double>& b) {
    long double sum = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        sum += static_cast<long double>(a[i]) * b[i];
    }
    return sum;
}

} // namespace

TEST_CASE("products and sizes of vectors of any length") {
    Random random(1);
    for (std::size_t n = 0; n < 40; ++n) {
        const std::vector<double> a = random_vector(random, n), b = random_vector(random, n);
        const auto expected = static_cast<double>(exact_dot(a, b));
        CHECK(dot(a, b) == Approx(expected).margin(1e-13));
        CHECK(dot_in_parts(a, b) == Approx(expected).margin(1e-13));
        const double mean_square =
            n == 0 ? 0.0 : static_cast<double>(exact_dot(a, a)) / static_cast<double>(n);
        CHECK(root_mean_square(a) == Approx(std::sqrt(mean_square)).epsilon(1e-13));
    }
    CHECK(root_mean_square(std::vector{3e300, -4e300}) == Approx(std::sqrt(12.5) * 1e300));
    CHECK(root_mean_square(std::vector{3e-300, -4e-300}) == Approx(std::sqrt(12.5) * 1e-300));
    CHECK(root_mean_square(std::vector{0.0, 0.0}) == 0);
    CHECK(greatest_size(std::vector{1.0, -5.0, std::numeric_limits<double>::quiet_NaN()}) == 5);
}

TEST_CASE("a reflection keeps products and turns its vector to the first axis") {
    Random random(2);
    for (const std::size_t n : {1, 2, 5, 30}) {
        for (int sign : {-1, 1}) {
            std::vector<double> x = random_vector(random, n), y = random_vector(random, n);
            x[0] = sign * std::abs(x[0]);
            const double xy = dot(x, y), xx = dot(x, x);
            const Reflection reflection(x);
            reflection.apply(x);
            reflection.apply(y);
            CHECK(std::abs(reflection.diagonal()) == Approx(std::sqrt(xx)));
            CHECK(x[0] == Approx(reflection.diagonal()));
            for (std::size_t i = 1; i < n; ++i) {
                CHECK(x[i] == Approx(0).margin(1e-13));
            }
            CHECK(dot(x, y) == Approx(xy).margin(1e-12));
        }
    }
}

TEST_CASE("what is left of a vector is orthogonal to the basis, also of one that all but depends on it") {
    Random random(3);
    OrthogonalBasis basis;
    std::vector<std::vector<double>> vectors, left;
    for (std::size_t k = 0; k < 6; ++k) {
        std::vector<double> v = random_vector(random, 50);
        if (k > 0) {
            for (std::size_t t = 0; t < v.size(); ++t) {
                v[t] = 1e6 * vectors[k - 1][t] + 1e-3 * v[t];
            }
        }
        vectors.push_back(v);
        const std::vector<double> coefficients = basis.project_out(v);
        REQUIRE(coefficients.size() == k);
        for (const std::vector<double>& other : left) {
            CHECK(std::abs(dot(other, v)) < 1e-13 * std::sqrt(dot(other, other) * dot(v, v)));
        }
        std::vector<double> sum = v;
        for (std::size_t j = 0; j < k; ++j) {
            for (std::size_t t = 0; t < sum.size(); ++t) {
                sum[t] += coefficients[j] * left[j][t];
            }
        }
        for (std::size_t t = 0; t < sum.size(); ++t) {
            CHECK(sum[t] == Approx(vectors[k][t]).epsilon(1e-9));
        }
        left.push_back(v);
        basis.add(v);
    }
    CHECK(basis.take_vectors() == left);
}

TEST_CASE("the recursion from order to order solves Yule and Walker's equations") {
    const std::vector<double> gamma{4.0, 2.5, 1.9, 0.4, -0.3, 0.2};
    const std::vector<double> partial = durbin_levinson(gamma, 0.0, [](double kappa) { return kappa; });
    REQUIRE(partial.size() == 5);
    std::vector<double> phi;
    for (const double kappa : partial) {
        extend_order(phi, kappa);
        CHECK(phi.back() == kappa);
        for (std::size_t lag = 1; lag <= phi.size(); ++lag) {
            double sum = 0;
            for (std::size_t i = 1; i <= phi.size(); ++i) {
                sum += phi[i - 1] * gamma[i > lag ? i - lag : lag - i];
            }
            CHECK(sum == Approx(gamma[lag]).margin(1e-13));
        }
    }
    CHECK(partial[0] == 2.5 / 4.0);
    const auto limited = durbin_levinson(gamma, 0.0, [](double kappa) { return std::min(kappa, 0.5); });
    CHECK(limited[0] == 0.5);
    // Where nothing is left to explain.
    CHECK(durbin_levinson(std::vector{0.0, 0.0, 0.0}, 0.0, [](double k) { return k; }) ==
          std::vector{0.0, 0.0});
    CHECK(durbin_levinson(std::vector{1.0, 1.0, 1.0}, 0.0, [](double k) { return k; }) ==
          std::vector{1.0, 0.0});
}
