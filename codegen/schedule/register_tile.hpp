// What a target keeps in registers, and the tiles that are chosen for it. Algorithms need not know how long a
// vector is.
#pragma once

#include <Halide.h>

namespace timeloom::codegen {

/// The storage of `units` values: `blocks` blocks of `lanes`; and how many rows are computed together.
struct step_shape {
    int units = 0;
    int lanes = 0;
    int blocks = 0;
    int rows = 1;
};

/// How many accumulators the target keeps in registers, and how they are spread.
struct register_tile {
    int vector_lanes; ///< floats in a vector
    int tile_lanes;   ///< lanes of a block that are computed together
    int tile_blocks;  ///< blocks computed together
    int rows;         ///< rows computed together
};

/// Sums of every value that are made apart and then added: a single row's are too few to hide the latency of
/// a multiply-add.
int partial_sums(const Halide::Target& target, const step_shape& shape, int products);

/// The fastest tile for accumulating `products` sums at once, whose matrices have `depth` rows together.
register_tile choose_tile(const Halide::Target& target, const step_shape& shape, int products, int depth);

/// The largest number of at most `limit` that divides n.
int largest_divisor(int n, int limit);

/// Tile of a weight gradient: k rows × gates × blocks, all lanes of a block.
struct weight_gradient_tile {
    int vector_lanes;
    int k;
    int gates;
    int blocks;
};
weight_gradient_tile choose_weight_gradient_tile(const Halide::Target& target, int lanes, int blocks,
                                                 int gates);

} // namespace timeloom::codegen
