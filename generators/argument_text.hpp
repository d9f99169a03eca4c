// The arguments of a kernel as text.
#pragma once

#include <cstddef>
#include <span>
#include <string>

namespace timeloom::generators {

/// In their order, those of one role with rising indices as one: "matrices 0-1, vectors, gates 2".
template <class Argument>
std::string argument_text(std::span<const Argument> signature) {
    std::string text;
    for (std::size_t i = 0, end = 0; i < signature.size(); i = end) {
        for (end = i + 1; end < signature.size() && signature[end].role == signature[i].role &&
                          signature[end].index == signature[end - 1].index + 1;) {
            ++end;
        }
        const int first = signature[i].index, last = signature[end - 1].index;
        const std::string indices = last > first ? std::to_string(first) + "-" + std::to_string(last)
                                    : first > 0  ? std::to_string(first)
                                                 : "";
        text += (text.empty() ? "" : ", ") + std::string(name_of(signature[i].role)) +
                (indices.empty() ? "" : " " + indices);
    }
    return text;
}

} // namespace timeloom::generators
