// What a description computes, in double, straight from its layers: the reference that imported models are
// held to.
#pragma once

#include "timeloom/generators/import/description/description.hpp"
#include "timeloom/generators/import/reference/cell_steps.hpp"

#include <map>
#include <string>

namespace timeloom::importing {

/// The output for one sample. `inputs`, by the names of the input layers: sequences of vectors, of token ids
/// (one feature) or, for a vector, of one step. A vector comes out as one step, too. The description must
/// have passed check_shapes(). Throws Error for token ids that an embedding does not have.
Sequence interpret(const Description& description, const std::map<std::string, Sequence>& inputs);

} // namespace timeloom::importing
