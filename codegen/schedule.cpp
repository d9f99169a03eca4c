#include "timeloom/codegen/schedule.hpp"

#include "timeloom/codegen/turning_loops.hpp"
#include "timeloom/dsl/lag_filter.hpp"

#include <algorithm>
#include <bit>
#include <optional>

namespace timeloom::codegen {

using namespace Halide;

namespace {

int vector_registers(const Target& target) { return target.has_feature(Target::AVX512) ? 32 : 16; }

/// Sums that stay in registers, beside the weights of one k and a broadcast.
int accumulators(const Target& target) { return vector_registers(target) == 32 ? 24 : 12; }

int largest_divisor(int n, int limit) {
    int best = 1;
    for (int d = 2; d <= std::min(n, limit); ++d) {
        best = n % d == 0 ? d : best;
    }
    return best;
}

} // namespace

int products_per_pass(const Target& target) { return vector_registers(target) == 32 ? 4 : 2; }

namespace {

/// The widest tile of `rows` rows and at most `vectors` vectors a sum.
register_tile tile_of(const Target& target, const step_shape& shape, int rows, int vectors) {
    const int vector_lanes = std::min(target.natural_vector_size<float>(), shape.lanes);
    const int vectors_of_block = shape.lanes / vector_lanes;
    const int tile_lanes = vector_lanes * largest_divisor(vectors_of_block, vectors);
    // As many blocks as fit, evenly: where they do not divide, the last tile overlaps the one before it.
    const int most_blocks = std::max(1, vectors / vectors_of_block);
    const int tiles = (shape.blocks + most_blocks - 1) / most_blocks;
    const int tile_blocks = (shape.blocks + tiles - 1) / tiles;
    return {vector_lanes, tile_lanes, tile_blocks, rows};
}

/// Cycles that a processor with two multiply-adds and two loads a cycle needs for one k of all tiles. Weights
/// that are more than fits into the first cache come from the second one for every tile of rows.
double cycles_for_k(const register_tile& tile, const step_shape& shape, int products, int depth) {
    constexpr double multiply_add_latency = 4;
    constexpr int first_cache = 40 * 1024, second_cache_bytes_a_cycle = 32;
    const int vectors = tile.tile_lanes / tile.vector_lanes * tile.tile_blocks;
    const int block_tiles = (shape.blocks + tile.tile_blocks - 1) / tile.tile_blocks;
    const int tiles = shape.lanes / tile.tile_lanes * block_tiles * (shape.rows / tile.rows);
    const double sums = 0.5 * products * vectors * tile.rows, loads = 0.5 * (products * vectors + tile.rows);
    const int bytes = products * vectors * tile.vector_lanes * static_cast<int>(sizeof(float));
    const bool is_cached = bytes * depth <= first_cache;
    const double transfer = is_cached ? 0 : static_cast<double>(bytes) / second_cache_bytes_a_cycle;
    return tiles * std::max({sums, loads, transfer, multiply_add_latency});
}

} // namespace

int partial_sums(const Target& target, const step_shape& shape, int products) {
    if (shape.rows > 1) {
        return 1;
    }
    const int vectors_of_block = shape.lanes / std::min(target.natural_vector_size<float>(), shape.lanes);
    const int most = std::max(1, accumulators(target) / (products * vectors_of_block));
    return static_cast<int>(std::bit_floor(static_cast<unsigned>(std::min(most, 8))));
}

register_tile choose_tile(const Target& target, const step_shape& shape, int products, int depth) {
    products = std::max(1, products);
    if (shape.rows == 1) { // block after block, so that the weights are read once in order
        return {std::min(target.natural_vector_size<float>(), shape.lanes), shape.lanes, 1, 1};
    }
    std::optional<register_tile> best;
    for (int rows = shape.rows; rows > 1; --rows) {
        if (shape.rows % rows != 0) {
            continue;
        }
        // More than eight vectors a sum would hide no more of the multiply-add's latency.
        for (int vectors = std::clamp(accumulators(target) / (products * rows), 1, 8); vectors > 0;
             --vectors) {
            const register_tile tile = tile_of(target, shape, rows, vectors);
            if (!best ||
                cycles_for_k(tile, shape, products, depth) < cycles_for_k(*best, shape, products, depth)) {
                best = tile;
            }
        }
    }
    return *best;
}

step_loops schedule_step(Func step, const step_vars& v, const register_tile& tile, bool time_outside,
                         int rows_of_vector) {
    const bool turns = tile.rows == 1;
    Var lane_tile("lane_tile"), lane_in_tile("lane_in_tile"), vector("vector"),
        block_tile(turns ? turning_loop : "block_tile"), block_in_tile("block_in_tile"), row_tile("row_tile"),
        row_in_tile("row_in_tile"), row_group("row_group");
    step.split(v.lane, lane_tile, lane_in_tile, tile.tile_lanes)
        .split(lane_in_tile, vector, v.lane, tile.vector_lanes)
        .split(v.block, block_tile, block_in_tile, tile.tile_blocks)
        .split(v.row, row_tile, row_in_tile, tile.rows)
        .split(row_in_tile, row_group, v.row, rows_of_vector);
    if (time_outside) {
        step.reorder(v.lane, v.row, vector, block_in_tile, row_group, row_tile, v.row_block, lane_tile,
                     block_tile, v.time);
    } else {
        step.reorder(v.lane, v.row, vector, block_in_tile, row_group, row_tile, lane_tile, block_tile, v.time,
                     v.row_block);
    }
    // One loop, no deeper than that over k: LLVM takes a deeper one for busier, and would keep the constants
    // of its functions in registers instead of the sums.
    Var in_row("in_row"), point("point");
    step.fuse(vector, block_in_tile, in_row).fuse(in_row, row_group, point);
    step.vectorize(v.lane).vectorize(v.row);
    return {row_tile, point};
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
    const int most = std::max(1, accumulators(target) / (products * (shape.lanes / vector_lanes)));
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

weight_gradient_tile choose_weight_gradient_tile(const Target& target, int lanes, int blocks, int gates) {
    // Each k row of the tile needs one accumulator for every vector of gate gradients.
    const int vector_lanes = std::min(target.natural_vector_size<float>(), lanes);
    const int vectors_of_block = lanes / vector_lanes;
    const int most = std::max(1, accumulators(target) / 6 / vectors_of_block);
    // Blocks first: they lie side by side in memory, so that their rows fill the cache evenly.
    const int tile_blocks = largest_divisor(blocks, most);
    const int tile_gates = largest_divisor(gates, std::max(1, most / tile_blocks));
    const int k = std::max(1, accumulators(target) / (vectors_of_block * tile_gates * tile_blocks));
    return {vector_lanes, std::min(k, 8), tile_gates, tile_blocks};
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
    gradient.bound(lane, 0, dsl::series_lanes)
        .bound(k, 0, count)
        .split(lane, vector, lane, lanes)
        .reorder(lane, k, vector, column)
        .vectorize(lane)
        .unroll(k);
    sums.compute_at(gradient, vector).vectorize(lane, lanes);
    sums.update().reorder(lane, step.x, step.y).vectorize(lane, lanes).unroll(step.x);
}

} // namespace timeloom::codegen
