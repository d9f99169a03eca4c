// The sales that the examples model: 36 months of shampoo sales (Makridakis, Wheelwright, Hyndman 1998).
#pragma once

#include <timeloom/runtime/csv/csv.hpp>
#include <timeloom/runtime/error.hpp>

#include <filesystem>
#include <numeric>
#include <string>
#include <vector>

namespace sales {

inline const std::string default_csv = "../shared/data/sales.csv";

/// Reads the column Sales. Its file names the months 1-01, 1-02, …, year and month from the first on.
inline std::vector<double> read_sales(const std::string& csv) {
    if (!std::filesystem::exists(csv)) {
        throw timeloom::Error("there is no data file " + csv +
                              "; name another, with columns Month and Sales, with --csv FILE");
    }
    return timeloom::read_csv_column<double>(csv, "Sales");
}

/// Numbers of `count` months, for the x axis.
inline std::vector<double> months(std::size_t first, std::size_t count) {
    std::vector<double> numbers(count);
    std::iota(numbers.begin(), numbers.end(), static_cast<double>(first));
    return numbers;
}

} // namespace sales
