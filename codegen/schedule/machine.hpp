// The numbers of the processors that kernels are generated for. Schedules take theirs from here, and plans
// hand on those that the runtime needs.
#pragma once

#include "timeloom/runtime/plan/tuning.hpp"

#include <Halide.h>

namespace timeloom::codegen {

/// The numbers of one kind of processor.
struct machine {
    int vector_registers;
    int accumulators; ///< registers that hold sums, beside the weights of one k and a broadcast
    /// Products that are accumulated in one pass over their operand; the rest of a step's take further
    /// passes.
    int products_per_pass;
    int first_cache = 40 * 1024;         ///< bytes of weights that stay in it beside all else
    int second_cache_bytes_a_cycle = 32; ///< that a core reads
    double multiply_add_latency = 4;     ///< cycles; two are begun in each
};
/// The row that fits the target: a new kind of processor is a row in machine.cpp.
const machine& machine_of(const Halide::Target& target);

// The same for all targets, so that one plan serves all of them.

/// Rows (sequences of a batch) that a kernel keeps in registers together. Row counts of whole-batch kernels
/// are padded to a multiple of it; kernels for single rows take any count.
inline constexpr int row_tile = 6;
/// Time steps whose products with the input kernels of kind forward_ahead make at once: a single row's time
/// goes into reading weights, which so are read once for all of them.
inline constexpr int steps_ahead = 8;

inline constexpr int second_cache = 512 * 1024; ///< bytes that a piece of work may fill; a core has 1 to 2 MB
inline constexpr int least_features_ahead = 8;  ///< for forward_ahead: the weights of fewer are soon read
/// Percent of a batch's tokens that may differ for products with them to be looked up: with more, looking
/// them up takes longer than making them (measured).
inline constexpr int distinct_percent = 70;

/// Bytes of weights up to which one kernel makes all layers' time steps of a stream: they stay in the first
/// cache, and its code, which has no loop over them, does too.
inline constexpr int most_weights_of_stream = 32 * 1024;

/// What the runtime needs of these.
plan::Tuning tuning();

} // namespace timeloom::codegen
