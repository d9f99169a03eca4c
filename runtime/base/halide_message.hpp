// What Halide's runtime said of a kernel call that failed.
#pragma once

#include <string>

namespace timeloom {

/// From now on errors of kernels are remembered instead of ending the process, as Halide's own handler does.
void remember_halide_messages();

/// Remembers one: the error handler of Halide's runtime here, and of the runtimes that shared objects with
/// kernels have.
void remember_halide_message(void* context, const char* message);

/// The last message on this thread.
const std::string& last_halide_message();

} // namespace timeloom
