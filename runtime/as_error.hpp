// What leaves the library as an exception is a timeloom::Error.
#pragma once

#include "timeloom/runtime/error.hpp"

#include <new>
#include <string>
#include <system_error>
#include <utility>

namespace timeloom {

/// Returns call(). Where memory runs out or the system refuses something, it throws Error instead of what the
/// standard library throws, beginning with `where`, the public function's name. Exceptions of the user's own
/// callbacks pass as they are.
template <class Call>
decltype(auto) as_error(const char* where, Call&& call) {
    const auto out_of_memory = [where](const char* what) {
        return Error(std::string(where) + ": there is not enough memory (" + what +
                     "); use less data at a time");
    };
    try {
        return std::forward<Call>(call)();
    } catch (const std::bad_alloc& error) {
        throw out_of_memory(error.what());
    } catch (const std::length_error& error) { // of a container that no memory could hold
        throw out_of_memory(error.what());
    } catch (const std::system_error& error) { // of threads, files and streams
        throw Error(std::string(where) + ": " + error.what());
    }
}

} // namespace timeloom
