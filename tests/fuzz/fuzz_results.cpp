// ArimaResults::load().
#include "checksums.hpp"
#include "fuzz_target.hpp"

#include "all_factors.timeloom.hpp"

#include "timeloom/runtime/arima/arima.hpp"

#include <cstdio>

namespace timeloom::fuzz {

namespace {

std::string digits(const std::vector<double>& values) {
    std::string text;
    for (const double value : values) {
        char number[40];
        std::snprintf(number, sizeof number, " %.17g", value);
        text += number;
    }
    return text;
}

std::string load(const std::filesystem::path& path) {
    const ArimaResults results = ArimaResults::load(path, all_factors_plan);
    return results.message() + to_string(results.status()) + digits(results.params()) +
           digits({results.llf()}) + "\nresiduals" + digits(results.resid()) + "\nerrors" +
           digits(results.bse());
}

void save_again(const std::filesystem::path& from, const std::filesystem::path& to) {
    ArimaResults::load(from, all_factors_plan).save(to);
}

} // namespace

/// Missing observations each need a column as long as the series.
const Target target{load, save_again,
                    [](std::string bytes) { return repair_json(std::move(bytes), "results"); },
                    [](std::string_view) { return true; }, 16384};

} // namespace timeloom::fuzz
