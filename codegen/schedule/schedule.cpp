#include "timeloom/codegen/schedule/schedule.hpp"

#include "timeloom/codegen/schedule/machine.hpp"
#include "timeloom/codegen/schedule/turning_loops.hpp"
#include "timeloom/runtime/plan/lag_filter.hpp"

#include <algorithm>

namespace timeloom::codegen {

using namespace Halide;

step_loops schedule_step(Func step, const step_vars& v, const register_tile& tile, bool time_outside,
                         int rows_of_vector) {
    const bool turns = tile.rows == 1;
    Var lane_tile("lane_tile"), lane_in_tile("lane_in_tile"), vector("vector"),
        block_tile(turns ? turning_loop : "block_tile"), block_in_tile("block_in_tile"),
        rows_tile("row_tile"), row_in_tile("row_in_tile"), row_group("row_group");
    step.split(v.lane, lane_tile, lane_in_tile, tile.tile_lanes)
        .split(lane_in_tile, vector, v.lane, tile.vector_lanes)
        .split(v.block, block_tile, block_in_tile, tile.tile_blocks)
        .split(v.row, rows_tile, row_in_tile, tile.rows)
        .split(row_in_tile, row_group, v.row, rows_of_vector);
    if (time_outside) {
        step.reorder(v.lane, v.row, vector, block_in_tile, row_group, rows_tile, v.row_block, lane_tile,
                     block_tile, v.time);
    } else {
        step.reorder(v.lane, v.row, vector, block_in_tile, row_group, rows_tile, lane_tile, block_tile,
                     v.time, v.row_block);
    }
    // One loop, no deeper than that over k: LLVM takes a deeper one for busier, and would keep the constants
    // of its functions in registers instead of the sums.
    Var in_row("in_row"), point("point");
    step.fuse(vector, block_in_tile, in_row).fuse(in_row, row_group, point);
    step.vectorize(v.lane).vectorize(v.row);
    return {rows_tile, point};
}

void schedule_values(Func values, Func step, const step_vars& v, const step_loops& loops) {
    values.compute_at(step, loops.point).store_in(MemoryType::Stack).vectorize(v.lane).vectorize(v.row);
}

void schedule_accumulators(Func sums, const step_vars& v, const std::vector<RVar>& k,
                           const register_tile& tile) {
    Var vector("vector");
    sums.reorder(v.lane, v.block, v.row).split(v.lane, vector, v.lane, tile.vector_lanes).vectorize(v.lane);
    sums.unroll(vector).unroll(v.block).unroll(v.row);
    for (int i = 0; i < static_cast<int>(k.size()); ++i) {
        sums.update(i)
            .reorder(v.lane, v.block, v.row, k[static_cast<std::size_t>(i)])
            .split(v.lane, vector, v.lane, tile.vector_lanes)
            .vectorize(v.lane)
            .unroll(vector)
            .unroll(v.block)
            .unroll(v.row);
    }
}

void schedule_ahead(Func starts, Func sums, const step_vars& v, const std::vector<RVar>& k, int products,
                    const step_shape& shape, int steps, const Target& target) {
    const int vector_lanes = std::min(target.natural_vector_size<float>(), shape.lanes);
    const int most = std::max(1, machine_of(target).accumulators / (products * (shape.lanes / vector_lanes)));
    const int together = largest_divisor(steps, most);
    Var vector("vector"), time_tile("time_tile"), step("step");
    starts.bound_extent(v.time, steps)
        .split(v.time, time_tile, step, together)
        .split(v.lane, vector, v.lane, vector_lanes)
        .reorder(v.lane, vector, step, v.row, time_tile, v.block, v.row_block)
        .vectorize(v.lane);
    sums.compute_at(starts, time_tile).store_in(MemoryType::Stack);
    const auto in_registers = [&](Stage stage) {
        stage.split(v.lane, vector, v.lane, vector_lanes)
            .vectorize(v.lane)
            .unroll(vector)
            .unroll(v.row)
            .unroll(v.time);
    };
    in_registers(sums);
    for (int i = 0; i < static_cast<int>(k.size()); ++i) {
        sums.update(i).reorder(v.lane, v.row, v.time, k[static_cast<std::size_t>(i)], v.block);
        in_registers(sums.update(i));
    }
}

void schedule_weight_gradient(Func gradient, int update, Func sums, const std::vector<Var>& at, const RVar& k,
                              const std::vector<RVar>& reduction, const weight_gradient_tile& tile,
                              int rows) {
    const Var &lane = at[0], &gate = at[1], &row = at[2], &block = at[3];
    Var vector("vector"), gate_tile("gate_tile"), gate_in("gate_in"), block_tile("block_tile"),
        block_in("block_in");
    RVar k_tile("k_tile"), k_in("k_in");
    gradient.update(update)
        .split(k, k_tile, k_in, rows)
        .split(gate, gate_tile, gate_in, tile.gates)
        .split(block, block_tile, block_in, tile.blocks)
        .split(lane, vector, lane, tile.vector_lanes)
        .reorder(lane, vector, gate_in, k_in, block_in, k_tile, gate_tile, block_tile)
        .vectorize(lane);
    sums.compute_at(gradient, k_tile).store_in(MemoryType::Stack);
    const auto in_registers = [&](Stage stage) {
        stage.split(lane, vector, lane, tile.vector_lanes)
            .vectorize(lane)
            .unroll(vector)
            .unroll(gate)
            .unroll(row)
            .unroll(block);
    };
    in_registers(sums);
    sums.update().reorder(lane, gate, block, row, reduction[0], reduction[1]);
    in_registers(sums.update());
}

void schedule_vector_gradient(Func gradient, Func sums, const Var& unit, const Var& vector,
                              const std::vector<RVar>& reduction, int width, int vectors,
                              const Target& target) {
    const int lanes = std::min(target.natural_vector_size<float>(), width);
    const int tile = lanes * largest_divisor(width / lanes, std::max(1, 16 / vectors));
    Var unit_tile("unit_tile"), unit_vector("unit_vector");
    gradient.update()
        .split(unit, unit_tile, unit, tile)
        .split(unit, unit_vector, unit, lanes)
        .reorder(unit, unit_vector, vector, unit_tile)
        .vectorize(unit);
    sums.compute_at(gradient, unit_tile).store_in(MemoryType::Stack);
    sums.bound_extent(vector, vectors)
        .split(unit, unit_vector, unit, lanes)
        .vectorize(unit)
        .unroll(unit_vector)
        .unroll(vector);
    sums.update()
        .reorder(unit, vector, reduction[0], reduction[1])
        .split(unit, unit_vector, unit, lanes)
        .vectorize(unit)
        .unroll(unit_vector)
        .unroll(vector);
}

void schedule_recursion(Func series, const Var& lane, const Var& column, const RDom& step,
                        const Target& target) {
    const int lanes = target.natural_vector_size<double>();
    Var vector("vector");
    series.update()
        .split(lane, vector, lane, lanes)
        .reorder(lane, vector, step.x, step.y, column)
        .vectorize(lane)
        .unroll(vector)
        .unroll(step.x);
}

void schedule_lagged_dots(Func gradient, Func sums, const Var& lane, const Var& k, const Var& column,
                          const RDom& step, int count, const Target& target) {
    const int lanes = target.natural_vector_size<double>();
    Var vector("vector");
    gradient.bound(lane, 0, plan::series_lanes)
        .bound(k, 0, count)
        .split(lane, vector, lane, lanes)
        .reorder(lane, k, vector, column)
        .vectorize(lane)
        .unroll(k);
    sums.compute_at(gradient, vector).vectorize(lane, lanes);
    sums.update().reorder(lane, step.x, step.y).vectorize(lane, lanes).unroll(step.x);
}

} // namespace timeloom::codegen
