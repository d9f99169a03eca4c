// What a piece of code asks of the system: memory, locks, calls.
#pragma once

#include <functional>

namespace timeloom::tests {

/// Calls of malloc and its like, and of what locks or waits, on any thread of the program, while `work` runs.
struct Asked {
    std::size_t allocations = 0;
    std::size_t locks = 0;
    bool operator==(const Asked&) const = default;
};
Asked asked_by(const std::function<void()>& work);

/// True if `work` ends without a call of the system: done in a process of its own, which the kernel ends at
/// the first one. Throws std::runtime_error where the system cannot be made to do that.
bool calls_no_system(const std::function<void()>& work);

} // namespace timeloom::tests
