// A number that tells whether kernels were generated from the same declaration.
#pragma once

#include "timeloom/dsl/network/network.hpp"

#include <bit>

namespace timeloom::declaration {

/// FNV-1a over everything in the declaration that kernels or the meaning of weights depend on; `row_tile`
/// rows are computed together.
inline std::uint64_t fingerprint(const network& n, int row_tile) {
    std::uint64_t hash = 14695981039346656037ull;
    const auto mix = [&](auto value) {
        const auto bits = static_cast<std::uint64_t>(value);
        for (int byte = 0; byte < 8; ++byte) {
            hash = (hash ^ ((bits >> (8 * byte)) & 0xff)) * 1099511628211ull;
        }
    };
    for (const int layout : {row_tile, plan::lane_block(16)}) {
        mix(layout);
    }
    for (const layer& l : n.layers) {
        mix(static_cast<int>(l.kind));
        mix(static_cast<int>(l.merge));
        mix((l.go_backwards ? 1 : 0) + (l.stateful ? 2 : 0) + (l.makes_mask ? 4 : 0));
        for (const value_source& source : l.reads) {
            mix(source.node);
        }
        for (const state_source& source : l.initial_states) {
            mix(source.node);
            mix(source.state);
        }
        for (const int value : {l.features, l.units, static_cast<int>(l.return_sequences), l.unroll, 0}) {
            mix(value);
        }
        if (l.kind == layer_kind::pooling) {
            mix((l.pooled.maximum ? 1 : 0) + (l.pooled.same_padding ? 2 : 0));
            mix(l.pooled.size);
            mix(l.pooled.strides);
        }
        if (l.shares > 0) {
            mix(l.shares);
        }
        for (const node& step : l.cell.step.nodes) {
            mix(static_cast<int>(step.kind));
            for (const int value : {step.index, step.a, step.b}) {
                mix(value);
            }
            mix(std::bit_cast<std::uint64_t>(step.constant));
        }
        mix(l.cell.step.output);
        for (const state_entry& s : l.cell.step.states) {
            mix(s.next);
        }
        mix(l.cell.step.vectors.size());
        for (const matrix& m : l.cell.step.matrices) {
            mix(m.operand);
        }
        for (const affine_sum& sum : l.cell.step.affines) {
            for (const int m : sum.matrices) {
                mix(m);
            }
            for (const int v : sum.biases) {
                mix(v + 1000);
            }
        }
    }
    return hash;
}

} // namespace timeloom::declaration
