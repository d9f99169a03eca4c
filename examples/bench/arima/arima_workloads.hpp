// The series that bench_arima fits: two known ones, and simulated ones that everyone gets to the last digit.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

namespace timeloom::bench {

/// Seasonal ARIMA(p,d,q)(P,D,Q)s of several series, with or without the mean of their differences.
struct ArimaCase {
    std::string name;
    std::string title;
    int p = 0, d = 0, q = 0;
    int seasonal_p = 0, seasonal_d = 0, seasonal_q = 0, season = 0;
    bool mean = false;
    std::vector<std::vector<double>> series{}; ///< not differenced
    int repeats = 1;                           ///< fits of each series in one turn

    /// ar, ma, seasonal ar, seasonal ma, mean.
    std::size_t coefficients() const {
        return static_cast<std::size_t>(p + q + seasonal_p + seasonal_q + (mean ? 1 : 0));
    }
};

/// Differenced as the case says.
std::vector<double> differences(const ArimaCase& c, const std::vector<double>& series);

/// `simulated` series of 200 values of each simulated case, a quarter as many of 1000 values. Simulated ones
/// have coefficients drawn for each series from partial autocorrelations uniform in (-0.9, 0.9), are burnt
/// in, then integrated. Throws Error when sales.csv, which is not part of the repository, is not in `data`.
std::vector<ArimaCase> arima_cases(const std::filesystem::path& data, std::size_t simulated);

/// Writes what the peers read: for each case a line "case NAME p d q P D Q s MEAN COUNT" and COUNT lines
/// "LENGTH value...", with 17 digits.
void write_arima_cases(const std::vector<ArimaCase>& cases, const std::filesystem::path& path);

} // namespace timeloom::bench
