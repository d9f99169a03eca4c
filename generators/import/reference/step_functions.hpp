// What layers without states compute, in double.
#pragma once

#include "timeloom/generators/import/description/description.hpp"
#include "timeloom/generators/import/reference/cell_steps.hpp"

#include <string>
#include <vector>

namespace timeloom::importing {

/// A layer that reads one value and has no states.
Sequence apply(const Layer& layer, const Sequence& in);

/// concatenate, add, subtract, multiply, average.
Sequence join(const Layer& layer, const std::vector<Sequence>& parts);

/// Both directions of a bidirectional layer by "concat", "sum", "mul" or "ave".
Sequence merge(const std::string& how, const Sequence& forward, const Sequence& backward);

} // namespace timeloom::importing
