// read_wide_csv(), and WideCsvReader, which must tell the same.
#include "fuzz_target.hpp"

#include "timeloom/runtime/csv/wide_csv.hpp"
#include "timeloom/runtime/error.hpp"

#include <stdexcept>

namespace timeloom::fuzz {

namespace {

std::string text_of(const NamedSeries& series) {
    std::string text = series.id + ':';
    for (const double value : series.values) {
        text += ' ' + std::to_string(value);
    }
    return text + '\n';
}

std::string one_at_a_time(const std::filesystem::path& path) {
    std::string text;
    WideCsvReader reader(path);
    for (NamedSeries series; reader.next(series);) {
        text += text_of(series);
    }
    return text;
}

std::string all_at_once(const std::filesystem::path& path) {
    std::string text;
    for (const NamedSeries& series : read_wide_csv(path)) {
        text += text_of(series);
    }
    return text;
}

/// What reading tells, be it an Error.
template <class Read>
std::string told(const Read& read, const std::filesystem::path& path) {
    try {
        return read(path);
    } catch (const Error& error) {
        return error.what();
    }
}

std::string load(const std::filesystem::path& path) {
    if (told(one_at_a_time, path) != told(all_at_once, path)) {
        throw std::logic_error("series are read otherwise one at a time than all at once");
    }
    return all_at_once(path);
}

} // namespace

const Target target{.load = load, .bytes_of_memory_per_byte = 512};

} // namespace timeloom::fuzz
