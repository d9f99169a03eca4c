// A description as the header that a person would have written.
#pragma once

#include "timeloom/generators/import/declaration/declared_layers.hpp"

#include <string>

namespace timeloom::importing {

/// The text of a header that declares constexpr model `name` in namespace <name>_import. `file`: where it
/// comes from.
std::string declaration(const Description& description, const DeclaredLayers& declared,
                        const std::string& name, const std::string& file);

/// True for words that a declaration is made of, such as lstm, and that mean something in C++.
bool is_declaration_word(const std::string& name);

/// Throws Error unless it can name a model and its files in C++.
void require_model_name(const std::string& name);

} // namespace timeloom::importing
