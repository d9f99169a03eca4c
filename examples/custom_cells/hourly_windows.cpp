#include "hourly_windows.hpp"

#include "models.hpp"

#include <timeloom/runtime/csv/wide_csv.hpp>
#include <timeloom/runtime/error.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <span>

namespace custom_cells {

namespace {

constexpr std::size_t hours = window, ahead = horizon, day = 24;
static_assert(ahead <= day);

/// Training windows of a series begin so many hours apart: together they begin at every hour of the day.
constexpr std::size_t stride = 25;

using Section = std::span<const double>; // a window and what follows it

Windows as_windows(const std::vector<Section>& sections) {
    Windows windows{timeloom::Tensor({sections.size(), hours, 1}),
                    timeloom::Tensor({sections.size(), ahead})};
    for (std::size_t i = 0; i < sections.size(); ++i) {
        const Section seen = sections[i].first(hours);
        const double mean = std::reduce(seen.begin(), seen.end()) / static_cast<double>(hours);
        double squares = 0;
        for (const double value : seen) {
            squares += (value - mean) * (value - mean);
        }
        const double deviation = std::sqrt(squares / static_cast<double>(hours));
        const double scale = deviation > 0 ? deviation : 1; // a constant window
        const auto scaled = [&](double value) { return static_cast<float>((value - mean) / scale); };
        std::ranges::transform(seen, windows.x.data() + i * hours, scaled);
        for (std::size_t h = 0; h < ahead; ++h) {
            windows.y(i, h) = scaled(sections[i][hours + h]) - scaled(seen[hours - day + h]);
        }
    }
    return windows;
}

} // namespace

HourlyData read_hourly(const std::filesystem::path& folder) {
    auto train = timeloom::read_wide_csv(folder / "m4" / "Hourly-train.csv");
    const auto test = timeloom::read_wide_csv(folder / "m4" / "Hourly-test.csv");
    if (train.size() != test.size()) {
        throw timeloom::Error("m4/Hourly-train.csv and m4/Hourly-test.csv in " + folder.string() +
                              " do not have equally many series; fetch both anew");
    }
    std::vector<Section> to_train, to_test;
    for (std::size_t i = 0; i < train.size(); ++i) {
        std::vector<double>& values = train[i].values;
        const std::size_t known = values.size();
        if (known < hours + ahead) {
            throw timeloom::Error("series " + train[i].id + " of m4/Hourly-train.csv in " + folder.string() +
                                  " has fewer than " + std::to_string(hours + ahead) +
                                  " values; leave it out of both files");
        }
        values.insert(values.end(), test[i].values.begin(), test[i].values.end());
        const Section series = values;
        for (std::size_t end = known; end >= hours + ahead; end -= stride) {
            to_train.push_back(series.subspan(end - hours - ahead, hours + ahead));
        }
        for (std::size_t begin = known; begin + ahead <= series.size(); begin += ahead) {
            to_test.push_back(series.subspan(begin - hours, hours + ahead));
        }
    }
    return {as_windows(to_train), as_windows(to_test)};
}

double naive_error(const Windows& windows) {
    double sum = 0;
    for (const float change : windows.y.values()) {
        sum += std::abs(change);
    }
    return sum / static_cast<double>(windows.y.size());
}

} // namespace custom_cells
