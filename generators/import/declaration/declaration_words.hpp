// Numbers and layers as a declaration spells them.
#pragma once

#include "timeloom/generators/import/declaration/declared_layers.hpp"

#include <string>

namespace timeloom::importing {

/// With as few digits as it takes to read the same value.
std::string number(double value);

/// "lstm<16>(return_sequences)"
std::string words_of(const Layer& layer);

/// The layer with its name and what it reads: "named<\"encoder\">(lstm<16>(), reads<\"x\">)".
std::string words_of(const DeclaredLayer& element);

} // namespace timeloom::importing
