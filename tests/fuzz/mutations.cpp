// Random changes of files, of bytes and of what they mean.
#include "fuzz_target.hpp"

#include <algorithm>
#include <array>
#include <random>

namespace timeloom::fuzz {

namespace {

using Random = std::minstd_rand;

constexpr std::array<std::string_view, 26> numbers{"0",
                                                   "1",
                                                   "-1",
                                                   "2",
                                                   "3",
                                                   "7",
                                                   "12",
                                                   "41",
                                                   "255",
                                                   "256",
                                                   "65536",
                                                   "2147483647",
                                                   "-2147483648",
                                                   "4294967296",
                                                   "9223372036854775807",
                                                   "18446744073709551615",
                                                   "18446744073709551616",
                                                   "0.5",
                                                   "-0.0",
                                                   "1e308",
                                                   "-1e308",
                                                   "1e-308",
                                                   "1e999",
                                                   "null",
                                                   "true",
                                                   "1.0000001"};

constexpr std::array<std::string_view, 24> tokens{
    "\"",           "\\", ",",       ";",       ":",    "[",   "]",  "{",   "}", "\n",           "\r",
    "\r\n",         "\t", "\\u0000", "\\ud800", "\"\"", "NaN", "NA", "inf", "-", "\xEF\xBB\xBF", "\xC3\xA9",
    "__metadata__", "F32"};

std::size_t place(const std::string& bytes, Random& random) { return random() % (bytes.size() + 1); }

void replace_number(std::string& bytes, Random& random) {
    const std::string_view digits = "0123456789";
    std::size_t first = bytes.find_first_of(digits, place(bytes, random));
    if (first == std::string::npos) {
        first = bytes.find_first_of(digits);
    }
    if (first != std::string::npos) {
        const std::size_t end = std::min(bytes.find_first_not_of("0123456789.eE+-", first), bytes.size());
        bytes.replace(first, end - first, numbers[random() % numbers.size()]);
    }
}

void copy_range(std::string& bytes, Random& random) {
    const std::size_t from = place(bytes, random);
    bytes.insert(place(bytes, random), bytes.substr(from, 1 + random() % 64));
}

void mutate_once(std::string& bytes, Random& random) {
    const std::size_t at = place(bytes, random);
    switch (random() % 8) {
    case 0:
    case 1:
        if (at < bytes.size()) {
            bytes[at] = static_cast<char>(bytes[at] ^ (1 << random() % 8));
        }
        return;
    case 2:
        bytes.erase(at, 1 + random() % 16);
        return;
    case 3:
        bytes.insert(at, tokens[random() % tokens.size()]);
        return;
    case 4:
        return copy_range(bytes, random);
    case 5:
        if (at < bytes.size()) {
            bytes[at] = static_cast<char>(random());
        }
        return;
    default:
        return replace_number(bytes, random);
    }
}

} // namespace

std::string mutated(std::string bytes, unsigned seed) {
    Random random(seed | 1u);
    random.discard(4); // neighbouring seeds begin alike
    for (auto changes = 1 + random() % 3; changes > 0; --changes) {
        mutate_once(bytes, random);
    }
    return target.repair != nullptr && random() % 2 == 0 ? target.repair(std::move(bytes)) : bytes;
}

} // namespace timeloom::fuzz
