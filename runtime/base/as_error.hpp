// What leaves the library as an exception is a timeloom::Error.
#pragma once

#include "timeloom/runtime/error.hpp"

#include <exception>
#include <new>
#include <utility>

namespace timeloom {

/// Carries what the user's own code threw through the library.
struct UserException {
    std::exception_ptr exception;
};

/// Returns call(), which is the user's own code. What it throws leaves as_error() as it is; except that
/// memory may run out in it as anywhere.
template <class Call>
decltype(auto) users_own(Call&& call) {
    try {
        return std::forward<Call>(call)();
    } catch (const std::bad_alloc&) {
        throw;
    } catch (const UserException&) {
        throw;
    } catch (...) {
        throw UserException{std::current_exception()};
    }
}

namespace detail {

/// To be called in a catch block: throws on what was caught. An Error stays as it is, and so does what
/// users_own() carries. Where memory ran out it becomes an OutOfMemory, and where the system refused
/// something an Error, that begins with `where`, the public function's name.
[[noreturn]] void rethrow_as_error(const char* where);

} // namespace detail

/// Returns call(); what it throws goes through rethrow_as_error().
template <class Call>
decltype(auto) as_error(const char* where, Call&& call) {
    try {
        return std::forward<Call>(call)();
    } catch (...) {
        detail::rethrow_as_error(where);
    }
}

} // namespace timeloom
