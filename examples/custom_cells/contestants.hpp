// The cells that are trained and timed, and which of them are compared.
#pragma once

#include <timeloom/dsl/network/network.hpp>
#include <timeloom/runtime/model/model.hpp>

#include <string>
#include <vector>

namespace custom_cells {

struct Contestant {
    std::string name;                       ///< as in JSON
    std::string title;                      ///< as tables show it
    std::string source;                     ///< where its equations are from
    timeloom::declaration::network network; ///< as it was declared
    const timeloom::plan::Model* plan;

    /// Matrix products of one time step, those with the input and those with a state.
    int products() const { return network.layers.front().cell.step.matrices.size(); }
};

/// The custom cells, then the built-in ones.
const std::vector<Contestant>& contestants();

/// Names of a custom cell and of the built-in one that it is measured against.
struct Comparison {
    std::string custom;
    std::string built_in;
};

/// First the pairs with equally many products. The minimal gated unit, with two products for each operand,
/// has no built-in equal: next to it stands the GRU that, like it, multiplies by a computed value, and has
/// three.
const std::vector<Comparison>& comparisons();

} // namespace custom_cells
