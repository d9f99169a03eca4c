#include "timeloom/codegen/schedule/machine.hpp"

namespace timeloom::codegen {

namespace {

constexpr machine with_16_registers{.vector_registers = 16, .accumulators = 12, .products_per_pass = 2};
constexpr machine with_32_registers{.vector_registers = 32, .accumulators = 24, .products_per_pass = 4};

} // namespace

const machine& machine_of(const Halide::Target& target) {
    return target.has_feature(Halide::Target::AVX512) ? with_32_registers : with_16_registers;
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
