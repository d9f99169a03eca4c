// Forms: texts with @names@ in them.
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace timeloom::embedded {

using Texts = std::map<std::string, std::string, std::less<>>;

/// The form with the texts in place of their @names@. Throws std::out_of_range for a name without a text.
std::string filled(std::string_view form, const Texts& texts);

} // namespace timeloom::embedded
