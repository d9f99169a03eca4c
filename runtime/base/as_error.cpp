// Turns what the standard library throws into a timeloom::Error.
#include "timeloom/runtime/base/as_error.hpp"

#include <stdexcept>
#include <string>
#include <system_error>

namespace timeloom::detail {

namespace {

/// Made when the program starts: copies share its text, and so need no memory.
const OutOfMemory out_of_memory("there is not enough memory; use less data at a time");

[[noreturn]] void refuse_memory(const char* where) {
    try {
        throw OutOfMemory(std::string(where) + ": " + out_of_memory.what());
    } catch (const std::bad_alloc&) { // not even for the message
        throw OutOfMemory(out_of_memory);
    }
}

} // namespace

void rethrow_as_error(const char* where) {
    try {
        throw;
    } catch (const UserException& carried) {
        std::rethrow_exception(carried.exception);
    } catch (const std::bad_alloc&) {
        refuse_memory(where);
    } catch (const std::length_error&) { // of a container that no memory could hold
        refuse_memory(where);
    } catch (const std::system_error& error) { // of threads, files and streams
        throw Error(std::string(where) + ": " + error.what());
    }
}

} // namespace timeloom::detail
