#include "timeloom/codegen/schedule/machine.hpp"

#include <algorithm>

namespace timeloom::codegen {

namespace {

using Halide::Target;

struct row {
    bool (*fits)(const Target&);
    machine numbers;
};

/// The first one that fits.
constexpr row rows[] = {
    // arm-64: NEON as of Cortex-A72, whose first cache is the smaller one of the usual cores. A multiply-add
    // hands its sum on to the next one three cycles later.
    {[](const Target& t) { return t.arch == Target::ARM; },
     {.vector_registers = 32,
      .accumulators = 24,
      .products_per_pass = 4,
      .first_cache = 24 * 1024,
      .second_cache_bytes_a_cycle = 16,
      .multiply_add_latency = 3}},
    {[](const Target& t) { return t.has_feature(Target::AVX512); },
     {.vector_registers = 32, .accumulators = 24, .products_per_pass = 4}},
    {[](const Target&) { return true; },
     {.vector_registers = 16, .accumulators = 12, .products_per_pass = 2}},
};

} // namespace

const machine& machine_of(const Target& target) {
    return std::ranges::find_if(rows, [&](const row& r) { return r.fits(target); })->numbers;
}

plan::Tuning tuning() {
    constexpr std::size_t floats = second_cache / sizeof(float);
    return {.row_tile = row_tile,
            .steps_ahead = steps_ahead,
            .cache = floats,
            .training_cache = 3 * floats,
            .distinct_percent = distinct_percent};
}

} // namespace timeloom::codegen
