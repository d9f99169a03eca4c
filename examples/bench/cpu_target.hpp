// Which instruction set Timeloom's kernels and loops choose, as if the processor had no better one.
#pragma once

#include <string>

namespace timeloom::bench {

/// "avx512" or "avx2"; to be called before any kernel runs. Throws Error where the processor lacks it.
void force_target(const std::string& target);

} // namespace timeloom::bench
