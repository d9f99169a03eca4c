// Cells that Keras lacks, such as ONNX's with peepholes, written out as equations of the DSL.
#pragma once

#include "timeloom/generators/import/description/description.hpp"

#include <string>

namespace timeloom::importing {

/// The constant of a declaration that holds the layer's equations, by what distinguishes them:
/// "lstm_peephole". Empty where is_own_cell() is false.
std::string own_cell_name(const Layer& layer);

/// Its definition, with the functions that it calls but activations.
std::string own_cell_text(const Layer& layer);

/// True if the cell's equations read this weight. A cell with coupled gates has no peephole for its gate f.
bool own_cell_reads(const Layer& layer, const std::string& role);

/// A weight of the layer in the columns that these equations have: coupled gates lack f.
Tensor as_own_cell_has_it(const Layer& layer, const std::string& role, const Tensor& values);

} // namespace timeloom::importing
