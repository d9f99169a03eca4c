#include "timeloom/runtime/base/halide_message.hpp"

#include <HalideRuntime.h>

namespace timeloom {

namespace {

thread_local std::string last_message;

} // namespace

void remember_halide_message(void*, const char* message) { last_message = message; }

void remember_halide_messages() {
    static const bool installed = (halide_set_error_handler(remember_halide_message), true);
    (void)installed;
}

const std::string& last_halide_message() { return last_message; }

} // namespace timeloom
