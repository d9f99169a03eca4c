// The JSON reader that other readers are made of, beside another one.
#include "fuzz_target.hpp"

#include "timeloom/runtime/error.hpp"
#include "timeloom/runtime/files/input_file.hpp"
#include "timeloom/runtime/files/json_reader.hpp"

#include <nlohmann/json.hpp>

#include <optional>
#include <stdexcept>

namespace timeloom::fuzz {

namespace {

constexpr detail::FileKind json_file{"JSON file", "check its name", 1 << 20};

/// Nothing where it stops at a number beyond all doubles, which is JSON.
std::optional<bool> other_reader_takes(const std::string& text) {
    try {
        return !nlohmann::json::parse(text).is_discarded();
    } catch (const nlohmann::json::out_of_range&) {
        return std::nullopt;
    } catch (const nlohmann::json::exception&) {
        return false;
    }
}

/// The text must be valid for both, or for neither; only ours refuses deep nesting and names that come twice.
std::string load(const std::filesystem::path& path) {
    const std::string text = detail::read_text(path, json_file);
    std::string refused;
    try {
        detail::JsonReader in(text);
        in.skip();
        in.end();
    } catch (const Error& error) {
        refused = error.what();
    }
    const bool stricter =
        refused.find("twice") != std::string::npos || refused.find("deeper") != std::string::npos;
    // The other one passes over a byte-order mark, and takes NUL for the end.
    const bool has_its_own_meaning = text.starts_with("\xEF\xBB\xBF") || text.find('\0') != std::string::npos;
    const std::optional<bool> taken = other_reader_takes(text);
    if (taken && !stricter && !has_its_own_meaning && refused.empty() != *taken) {
        throw std::logic_error("only one reader takes the text; ours says: " + refused);
    }
    if (!refused.empty()) {
        throw Error(path.string() + ": " + refused);
    }
    return "valid";
}

} // namespace

const Target target{.load = load, .bytes_of_memory_per_byte = 256};

} // namespace timeloom::fuzz
