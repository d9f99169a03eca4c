// What leaves the library as an exception is a timeloom::Error.
#pragma once

#include "timeloom/runtime/error.hpp"

#include <exception>
#include <new>
#include <string>
#include <system_error>
#include <utility>

namespace timeloom {

/// Made when the program starts: copies share its text, and so need no memory.
inline const Error out_of_memory("there is not enough memory; use less data at a time");

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

/// Returns call(). Where memory runs out or the system refuses something, it throws Error instead of what the
/// standard library throws, beginning with `where`, the public function's name. What users_own() carries is
/// thrown as it was.
template <class Call>
decltype(auto) as_error(const char* where, Call&& call) {
    const auto refuse = [where] {
        try {
            throw Error(std::string(where) + ": there is not enough memory; use less data at a time");
        } catch (const std::bad_alloc&) { // not even for the message
            throw Error(out_of_memory);
        }
    };
    try {
        return std::forward<Call>(call)();
    } catch (const UserException& carried) {
        std::rethrow_exception(carried.exception);
    } catch (const std::bad_alloc&) {
        refuse();
        throw;
    } catch (const std::length_error&) { // of a container that no memory could hold
        refuse();
        throw;
    } catch (const std::system_error& error) { // of threads, files and streams
        throw Error(std::string(where) + ": " + error.what());
    }
}

} // namespace timeloom
