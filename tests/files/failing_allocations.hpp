// Tries work with each of its allocations failing.
#pragma once

#include "injected_faults.hpp"

#include "timeloom/runtime/error.hpp"

#include <catch2/catch.hpp>

#include <exception>

namespace timeloom::tests {

/// Calls work() with each of its allocations failing in turn, alone and with all later ones, until none
/// fails. check(failed, text of the Error) is called after each. Allocations beyond the first `dense` are
/// sampled.
template <class Work, class Check>
int fail_each_allocation(Work work, Check check) {
    constexpr int dense = 400;
    int injected = 0;
    for (const bool all_later_ones : {false, true}) {
        for (int at = 0;; at += at < dense ? 1 : 1 + at / 50) {
            bool failed = false;
            fail_allocation(at, all_later_ones);
            try {
                work();
            } catch (const Error&) {
                failed = true;
            } catch (const std::exception& error) {
                stop_failing_allocations();
                FAIL("allocation " << at << ": an exception that is no Error: " << error.what());
            }
            const bool happened = stop_failing_allocations();
            check(failed, at);
            if (!happened) {
                break;
            }
            ++injected;
        }
    }
    return injected;
}

} // namespace timeloom::tests
