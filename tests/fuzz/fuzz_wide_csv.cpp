// read_wide_csv().
#include "fuzz_target.hpp"

#include "timeloom/runtime/series/wide_csv.hpp"

namespace timeloom::fuzz {

namespace {

std::string load(const std::filesystem::path& path) {
    std::string text;
    for (const NamedSeries& series : read_wide_csv(path)) {
        text += series.id + ':';
        for (const double value : series.values) {
            text += ' ' + std::to_string(value);
        }
        text += '\n';
    }
    return text;
}

} // namespace

const Target target{.load = load, .bytes_of_memory_per_byte = 512};

} // namespace timeloom::fuzz
