// Loop orders and vectors: what becomes of the tiles that register_tile.hpp chooses.
#pragma once

#include "timeloom/codegen/schedule/register_tile.hpp"

namespace timeloom::codegen {

/// The loop variables of every time-step Func: unit = block · lanes + lane, row = row_block · rows + row.
struct step_vars {
    Halide::Var lane{"lane"}, block{"block"}, row{"row"}, row_block{"row_block"}, time{"time"};
    std::vector<Halide::Var> all() const { return {lane, block, row, row_block, time}; }
};

/// The loop over the time steps of one round of the loop over time, where such rounds are more than one.
inline constexpr const char* one_step_of_round = "step_of_round";

/// Loops of a step in which other Funcs are computed.
struct step_loops {
    Halide::Var accumulators; ///< over tiles: the sums of a tile
    Halide::Var point;        ///< the innermost: the values of a vector
};

/// Loop order and vectorisation of a Func that finishes a time step (or one of its stages). `time_outside`:
/// one stage a step, so that a weight panel serves all rows before the next one is touched; otherwise each
/// row tile walks through all of time, with its stages in scratch memory on the stack. `rows_of_vector` rows
/// are finished as one long vector, so that the processor has several chains of operations to work on.
step_loops schedule_step(Halide::Func step, const step_vars& v, const register_tile& tile, bool time_outside,
                         int rows_of_vector);

/// `values` are computed a vector at a time, all of them before the first one is stored.
void schedule_values(Halide::Func values, Halide::Func step, const step_vars& v, const step_loops& loops);

/// Keeps the accumulators of a tile in registers throughout the loop over `k`.
void schedule_accumulators(Halide::Func sums, const step_vars& v, const std::vector<Halide::RVar>& k,
                           const register_tile& tile);

/// `starts` are copies of `sums`, of `products` values for `steps` time steps: a few steps' sums stay in
/// registers throughout the loops over `k`, and a block's weights in the cache for all steps.
void schedule_ahead(Halide::Func starts, Halide::Func sums, const step_vars& v,
                    const std::vector<Halide::RVar>& k, int products, const step_shape& shape, int steps,
                    const Halide::Target& target);

/// Update `update` of `gradient` adds `sums`, which are accumulated in registers over all of `reduction`.
/// `at` is (lane, gate, k, block); `k` is the row of the matrix in the update, and `rows` of them make a
/// tile.
void schedule_weight_gradient(Halide::Func gradient, int update, Halide::Func sums,
                              const std::vector<Halide::Var>& at, const Halide::RVar& k,
                              const std::vector<Halide::RVar>& reduction, const weight_gradient_tile& tile,
                              int rows);

void schedule_vector_gradient(Halide::Func gradient, Halide::Func sums, const Halide::Var& unit,
                              const Halide::Var& vector, const std::vector<Halide::RVar>& reduction,
                              int width, int vectors, const Halide::Target& target);

/// A recursion over time: `step` is (step of a run, run), and the lanes of a vector are series.
void schedule_recursion(Halide::Func series, const Halide::Var& lane, const Halide::Var& column,
                        const Halide::RDom& step, const Halide::Target& target);

/// `sums`, a Tuple of `count` dot products over time, is kept in registers; `gradient` is its copy, (lane, k,
/// column).
void schedule_lagged_dots(Halide::Func gradient, Halide::Func sums, const Halide::Var& lane,
                          const Halide::Var& k, const Halide::Var& column, const Halide::RDom& step,
                          int count, const Halide::Target& target);

} // namespace timeloom::codegen
