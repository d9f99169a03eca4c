// Recurrent cells that other frameworks have too, recognized by their equations.
#pragma once

#include "timeloom/runtime/plan/equations.hpp"
#include "timeloom/runtime/plan/foreign_layout.hpp"

#include <optional>
#include <vector>

namespace timeloom::detail {

/// A gate's numbers in the cell's equations; −1 for what it has not.
struct KnownGate {
    std::string_view name{}; ///< as plan/foreign_layout.hpp calls it
    int kernel = -1, recurrent_kernel = -1;
    int bias = -1, recurrent_bias = -1;
};

/// An activation is one of the operations that have one operand, or none: linear.
using Activation = std::optional<plan::Operation>;

struct KnownCell {
    plan::CellType type{};
    bool resets_before = false; ///< a GRU
    bool is_masked = false;     ///< masked steps leave its states as they were
    Activation activation{}, recurrent_activation{};
    std::vector<KnownGate> gates{};

    const KnownGate& gate(std::string_view name) const;
    bool has_biases() const { return gates[0].bias >= 0 || gates[0].recurrent_bias >= 0; }
};

/// nullopt for a cell of somebody's own and for layers without states.
std::optional<KnownCell> known_cell(const plan::Equations& equations);

} // namespace timeloom::detail
