// Turns every exception of a function that reads or writes a file into a timeloom::Error.
#include "timeloom/runtime/files/only_errors.hpp"

#include "timeloom/runtime/error.hpp"

#include <new>

namespace timeloom::detail {

namespace {

/// Made when the program starts. Its copies share its text and so need no memory.
const OutOfMemory
    out_of_memory("there is not enough memory to read or write a file; free some and try again");

[[noreturn]] void rethrow_with_name(const std::filesystem::path& file) {
    try {
        throw;
    } catch (const Error&) {
        throw;
    } catch (const std::bad_alloc&) {
        throw OutOfMemory("there is not enough memory to read or write '" + file.string() +
                          "'; free some and try again");
    } catch (const std::exception& error) {
        throw Error("'" + file.string() + "' could not be read or written: " + error.what());
    }
}

} // namespace

void rethrow_as_error(const std::filesystem::path& file) {
    try {
        rethrow_with_name(file);
    } catch (const std::bad_alloc&) { // not even the message
        throw OutOfMemory(out_of_memory);
    }
}

} // namespace timeloom::detail
