// Which layers may look their input's products up: those of an embedding's rows, of which a batch names few.
#pragma once

#include "timeloom/dsl/cells/products.hpp"
#include "timeloom/dsl/network/network.hpp"

namespace timeloom::declaration {

/// True if the layer is a cell that reads whole rows of an embedding, and those only to multiply them with
/// its matrices. Then products of equal rows are equal.
inline bool may_look_up_input(const network& network, const layer& layer) {
    return layer.kind == layer_kind::cell && layer.reads.size() == 1 &&
           !network.is_input(layer.reads[0].node) &&
           network.layer_at(layer.reads[0].node).kind == layer_kind::embedding &&
           !uses_input_pointwise(layer.cell.step) && !input_affines(layer.cell.step).empty();
}

} // namespace timeloom::declaration
