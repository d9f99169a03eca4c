// A number that tells whether kernels were generated from the same declaration.
#pragma once

#include "timeloom/dsl/network.hpp"

namespace timeloom::dsl {

/// FNV-1a over everything in the declaration that kernels depend on.
inline std::uint64_t fingerprint(const network& n) {
    std::uint64_t hash = 14695981039346656037ull;
    const auto mix = [&](auto value) {
        const auto bits = static_cast<std::uint64_t>(value);
        for (int byte = 0; byte < 8; ++byte) {
            hash = (hash ^ ((bits >> (8 * byte)) & 0xff)) * 1099511628211ull;
        }
    };
    for (const layer& l : n.layers) {
        mix(static_cast<int>(l.kind));
        for (const int value : {l.features, l.units, static_cast<int>(l.return_sequences), l.unroll}) {
            mix(value);
        }
        for (const node& step : l.cell.step.nodes) {
            mix(static_cast<int>(step.kind));
            for (const int value : {step.index, step.a, step.b}) {
                mix(value);
            }
            mix(static_cast<std::int64_t>(step.constant * 1e9));
        }
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

} // namespace timeloom::dsl
