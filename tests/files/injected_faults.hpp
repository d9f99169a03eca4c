// Failures of the system that tests ask for: the linker leads the library's calls through here (-Wl,--wrap).
#pragma once

#include <string_view>

namespace timeloom::tests {

/// The calls that can fail or end the process: those that writing and reading files is made of.
inline constexpr std::string_view wrapped_calls[] = {"open",   "write", "fsync", "fchmod",
                                                     "rename", "close", "read"};

/// The `at`-th call (from 0) of this name fails with `error_number`, the last of its kind; nothing else does.
void fail_call(std::string_view name, int at, int error_number);
/// All calls of that name from the `at`-th on.
void fail_calls_from(std::string_view name, int at, int error_number);
/// SIGKILL before the `at`-th of all wrapped calls; a write has then written half of its bytes.
void kill_at_call(int at);
/// Back to normal. Returns whether a call failed since.
bool stop_failing();

/// The `at`-th allocation fails, or all from then on.
void fail_allocation(int at, bool all_later_ones);
bool stop_failing_allocations();

/// While it lives, no allocation fails: around what a test itself allocates.
class UnharmedAllocations {
  public:
    UnharmedAllocations();
    ~UnharmedAllocations();
    UnharmedAllocations(const UnharmedAllocations&) = delete;
    UnharmedAllocations& operator=(const UnharmedAllocations&) = delete;

  private:
    int left_;
};

} // namespace timeloom::tests
