// Resident memory of this process, by Linux's account.
#pragma once

#include <fstream>
#include <string>

namespace timeloom::bench {

/// KiB; `field` is VmRSS for now, VmHWM for the most so far. -1 where there is no such account.
inline long resident_kib(const std::string& field) {
    std::ifstream status("/proc/self/status");
    for (std::string word; status >> word;) {
        if (word == field + ":") {
            long kib = -1;
            status >> kib;
            return kib;
        }
    }
    return -1;
}

} // namespace timeloom::bench
