#include "timeloom/codegen/schedule/register_tile.hpp"

#include "timeloom/codegen/schedule/machine.hpp"

#include <algorithm>
#include <bit>
#include <optional>

namespace timeloom::codegen {

using namespace Halide;

int largest_divisor(int n, int limit) {
    int best = 1;
    for (int d = 2; d <= std::min(n, limit); ++d) {
        best = n % d == 0 ? d : best;
    }
    return best;
}

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
double cycles_for_k(const machine& m, const register_tile& tile, const step_shape& shape, int products,
                    int depth) {
    const int vectors = tile.tile_lanes / tile.vector_lanes * tile.tile_blocks;
    const int block_tiles = (shape.blocks + tile.tile_blocks - 1) / tile.tile_blocks;
    const int tiles = shape.lanes / tile.tile_lanes * block_tiles * (shape.rows / tile.rows);
    const double sums = 0.5 * products * vectors * tile.rows, loads = 0.5 * (products * vectors + tile.rows);
    const int bytes = products * vectors * tile.vector_lanes * static_cast<int>(sizeof(float));
    const bool is_cached = bytes * depth <= m.first_cache;
    const double transfer = is_cached ? 0 : static_cast<double>(bytes) / m.second_cache_bytes_a_cycle;
    return tiles * std::max({sums, loads, transfer, m.multiply_add_latency});
}

} // namespace

int partial_sums(const Target& target, const step_shape& shape, int products) {
    if (shape.rows > 1) {
        return 1;
    }
    const int vectors_of_block = shape.lanes / std::min(target.natural_vector_size<float>(), shape.lanes);
    const int most = std::max(1, machine_of(target).accumulators / (products * vectors_of_block));
    return static_cast<int>(std::bit_floor(static_cast<unsigned>(std::min(most, 8))));
}

register_tile choose_tile(const Target& target, const step_shape& shape, int products, int depth) {
    products = std::max(1, products);
    if (shape.rows == 1) { // block after block, so that the weights are read once in order
        return {std::min(target.natural_vector_size<float>(), shape.lanes), shape.lanes, 1, 1};
    }
    const machine& m = machine_of(target);
    std::optional<register_tile> best;
    for (int rows = shape.rows; rows > 1; --rows) {
        if (shape.rows % rows != 0) {
            continue;
        }
        // More than eight vectors a sum would hide no more of the multiply-add's latency.
        for (int vectors = std::clamp(m.accumulators / (products * rows), 1, 8); vectors > 0; --vectors) {
            const register_tile tile = tile_of(target, shape, rows, vectors);
            if (!best || cycles_for_k(m, tile, shape, products, depth) <
                             cycles_for_k(m, *best, shape, products, depth)) {
                best = tile;
            }
        }
    }
    return *best;
}

weight_gradient_tile choose_weight_gradient_tile(const Target& target, int lanes, int blocks, int gates) {
    // Each k row of the tile needs one accumulator for every vector of gate gradients.
    const int vector_lanes = std::min(target.natural_vector_size<float>(), lanes);
    const int vectors_of_block = lanes / vector_lanes;
    const int most = std::max(1, machine_of(target).accumulators / 6 / vectors_of_block);
    // Blocks first: they lie side by side in memory, so that their rows fill the cache evenly.
    const int tile_blocks = largest_divisor(blocks, most);
    const int tile_gates = largest_divisor(gates, std::max(1, most / tile_blocks));
    const int k =
        std::max(1, machine_of(target).accumulators / (vectors_of_block * tile_gates * tile_blocks));
    return {vector_lanes, std::min(k, 8), tile_gates, tile_blocks};
}

} // namespace timeloom::codegen
