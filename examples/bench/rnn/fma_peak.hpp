// The fastest this processor multiplies and adds, as the measure for the kernels' speed.
#pragma once

#include <cstddef>
#include <string>

namespace timeloom::bench {

/// Widest instruction set that both this processor and the generated kernels have: "avx512", "avx2" or
/// "x86-64".
std::string kernel_target();

/// From now on, as if the processor had no AVX-512.
void keep_peak_to_avx2();

/// Float32 GFLOP/s of one core while `threads` cores compute: the fastest of several short runs of
/// independent multiply-adds in registers.
double fma_peak_per_core(std::size_t threads);

} // namespace timeloom::bench
