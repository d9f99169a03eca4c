// Calls of public functions with arguments that nobody should pass: each ends in its value or in a
// timeloom::Error.
#pragma once

#include "timeloom/runtime/error.hpp"

#include <catch2/catch.hpp>

#include <cstddef>
#include <exception>
#include <limits>
#include <string>
#include <typeinfo>
#include <utility>

namespace timeloom::tests {

/// What callers pass by mistake, by kind of argument.
inline constexpr std::size_t huge_size = std::numeric_limits<std::size_t>::max();
inline constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();
inline constexpr double infinity = std::numeric_limits<double>::infinity();

/// The number of cases so far, which the program prints at its end.
inline std::size_t& misuse_cases() {
    static std::size_t cases = 0;
    return cases;
}

/// How a call ended: "value", or the text of its timeloom::Error. Fails the test for any other exception and
/// for an Error without text.
template <class Call>
std::string ending(const std::string& what, Call&& call) {
    ++misuse_cases();
    INFO(what);
    try {
        std::forward<Call>(call)();
        return "value";
    } catch (const Error& error) {
        const std::string text = error.what();
        CHECK(text.size() > 10);
        return text;
    } catch (const std::exception& error) {
        FAIL_CHECK("an exception that is no timeloom::Error: " << typeid(error).name() << ": "
                                                               << error.what());
    } catch (...) {
        FAIL_CHECK("something was thrown that is no exception");
    }
    return "";
}

/// The call must end in an Error whose text holds `part`.
template <class Call>
void refuses(const std::string& what, const std::string& part, Call&& call) {
    const std::string end = ending(what, std::forward<Call>(call));
    INFO(what);
    CHECK(end != "value");
    CHECK_THAT(end, Catch::Contains(part));
}

/// The call must end without an exception; `call` checks its value itself.
template <class Call>
void accepts(const std::string& what, Call&& call) {
    INFO(what);
    CHECK(ending(what, std::forward<Call>(call)) == "value");
}

} // namespace timeloom::tests
