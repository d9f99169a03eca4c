#include "arima_workloads.hpp"

#include "timeloom/examples/airline/passengers.hpp"
#include "timeloom/runtime/csv/csv.hpp"
#include "timeloom/runtime/files/atomic_write.hpp"
#include "timeloom/runtime/simd/random.hpp"

#include <cmath>
#include <limits>
#include <sstream>

namespace timeloom::bench {

namespace {

constexpr std::size_t burn_in = 500;

/// Coefficients of a stationary autoregression with partial autocorrelations drawn from (-0.9, 0.9), by the
/// Durbin-Levinson recursion.
std::vector<double> random_stationary(Random& random, int order) {
    std::vector<double> coefficients;
    for (int k = 0; k < order; ++k) {
        const double partial = -0.9 + 1.8 * static_cast<double>(random.uniform());
        const std::vector<double> shorter = coefficients;
        for (std::size_t i = 0; i < shorter.size(); ++i) {
            coefficients[i] -= partial * shorter[shorter.size() - 1 - i];
        }
        coefficients.push_back(partial);
    }
    return coefficients;
}

/// sum of coefficients[i] * values[t-1-i].
double lagged(const std::vector<double>& coefficients, const std::vector<double>& values, std::size_t t) {
    double sum = 0;
    for (std::size_t i = 0; i < std::min(coefficients.size(), t); ++i) {
        sum += coefficients[i] * values[t - 1 - i];
    }
    return sum;
}

std::vector<double> simulate(const ArimaCase& c, std::size_t length, Random random) {
    const std::vector<double> ar = random_stationary(random, c.p);
    std::vector<double> ma = random_stationary(random, c.q);
    for (double& coefficient : ma) {
        coefficient = -coefficient;
    }
    std::vector<double> noise(burn_in + length);
    std::vector<double> w(burn_in + length);
    for (std::size_t t = 0; t < w.size(); ++t) {
        noise[t] = random.normal();
        w[t] = lagged(ar, w, t) + noise[t] + lagged(ma, noise, t);
    }
    std::vector<double> series(w.end() - static_cast<std::ptrdiff_t>(length), w.end());
    for (int k = 0; k < c.d; ++k) {
        for (std::size_t t = 1; t < series.size(); ++t) {
            series[t] += series[t - 1];
        }
    }
    return series;
}

/// `stream` keeps the cases' random numbers apart.
ArimaCase simulated_case(ArimaCase c, std::size_t count, std::size_t length, std::uint64_t stream) {
    for (std::size_t i = 0; i < count; ++i) {
        c.series.push_back(simulate(c, length, Random(1, stream << 32 | i)));
    }
    return c;
}

std::vector<double> logged_passengers() {
    std::vector<double> values;
    for (const float passengers : airline::passengers) {
        values.push_back(std::log(static_cast<double>(passengers)));
    }
    return values;
}

void subtract_lag(std::vector<double>& values, std::size_t lag) {
    for (std::size_t t = values.size(); t-- > lag;) {
        values[t] -= values[t - lag];
    }
    values.erase(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(std::min(lag, values.size())));
}

} // namespace

std::vector<double> differences(const ArimaCase& c, const std::vector<double>& series) {
    std::vector<double> w = series;
    for (int k = 0; k < c.seasonal_d; ++k) {
        subtract_lag(w, static_cast<std::size_t>(c.season));
    }
    for (int k = 0; k < c.d; ++k) {
        subtract_lag(w, 1);
    }
    return w;
}

std::vector<ArimaCase> arima_cases(const std::filesystem::path& data, std::size_t simulated) {
    constexpr int repeats = 10;
    ArimaCase short_212{.name = "arma212_200", .title = "(2,1,2) n=200", .p = 2, .d = 1, .q = 2};
    ArimaCase short_510{.name = "ar510_200", .title = "(5,1,0) n=200", .p = 5, .d = 1, .q = 0};
    ArimaCase long_212{.name = "arma212_1000", .title = "(2,1,2) n=1000", .p = 2, .d = 1, .q = 2};
    return {
        {.name = "sales",
         .title = "(5,1,0)+c sales",
         .p = 5,
         .d = 1,
         .mean = true,
         .series = {read_csv(data / "sales.csv").column<double>("Sales")},
         .repeats = repeats},
        {.name = "airline",
         .title = "airline",
         .d = 1,
         .q = 1,
         .seasonal_d = 1,
         .seasonal_q = 1,
         .season = 12,
         .series = {logged_passengers()},
         .repeats = repeats},
        simulated_case(std::move(short_212), simulated, 200, 1),
        simulated_case(std::move(short_510), simulated, 200, 2),
        simulated_case(std::move(long_212), (simulated + 3) / 4, 1000, 3),
    };
}

void write_arima_cases(const std::vector<ArimaCase>& cases, const std::filesystem::path& path) {
    std::ostringstream file;
    file.precision(std::numeric_limits<double>::max_digits10);
    for (const ArimaCase& c : cases) {
        file << "case " << c.name << ' ' << c.p << ' ' << c.d << ' ' << c.q << ' ' << c.seasonal_p << ' '
             << c.seasonal_d << ' ' << c.seasonal_q << ' ' << c.season << ' ' << c.mean << ' '
             << c.series.size() << '\n';
        for (const std::vector<double>& series : c.series) {
            file << series.size();
            for (const double value : series) {
                file << ' ' << value;
            }
            file << '\n';
        }
    }
    write_file_atomically(path, file.str());
}

} // namespace timeloom::bench
