// How a declaration that cannot be compiled is refused: with one sentence, which stands in the compiler's
// first error.
#pragma once

#include "timeloom/dsl/static_vector.hpp"

#include <stdexcept>
#include <string>

#if defined(__clang__) && __clang_major__ < 15
#include "timeloom/dsl/spelled_words.hpp"
#endif

namespace timeloom::dsl {

/// What is wrong with a declaration; empty where nothing is.
using fault = static_string<360>;

namespace detail {

constexpr void append_to(fault& sentence, std::string_view words) { sentence.append(words); }
constexpr void append_to(fault& sentence, int number) {
    if (number < 0) {
        sentence.append("-");
    }
    const int digits = number < 0 ? -number : number;
    if (digits >= 10) {
        append_to(sentence, digits / 10);
    }
    const char last = static_cast<char>('0' + digits % 10);
    sentence.append({&last, 1});
}

} // namespace detail

/// A sentence of words and numbers: say("layer ", 2, " reads …").
template <class... Parts>
constexpr fault say(const Parts&... parts) {
    fault sentence;
    (detail::append_to(sentence, parts), ...);
    return sentence;
}

/// A name as a sentence shows it: "h".
constexpr fault quoted(std::string_view name) { return say("\"", name, "\""); }

/// The first one that says something.
template <class... Faults>
constexpr fault first_of(const Faults&... faults) {
    fault first;
    ((first = first.empty() ? faults : first), ...);
    return first;
}

#if !defined(__clang__) || __clang_major__ >= 15
namespace detail {

template <std::size_t N>
struct printed {
    char sentence[N]{};
    constexpr explicit printed(std::string_view words) { words.copy(sentence, N - 1); }
};

/// Not defined, so that the compiler's message holds the sentence.
template <auto Sentence>
struct declaration_error;

} // namespace detail
#endif

/// True where nothing is wrong; else a compile error that holds the sentence. `Sentence` is a function
/// without arguments.
template <fault Sentence()>
constexpr bool refuse() {
    constexpr std::size_t size = Sentence().view().size();
    if constexpr (size > 0) {
#if defined(__clang__) && __clang_major__ < 15
        static_assert(detail::spelled_sentence<Sentence>::type::possible);
#else
        static_assert(detail::declaration_error<detail::printed<size + 1>{Sentence().view()}>::possible);
#endif
    }
    return size == 0;
}

/// For what only values tell: not a constant expression; at run time an exception.
[[noreturn]] inline void this_cannot_be_compiled(std::string_view sentence) {
    throw std::invalid_argument("timeloom: " + std::string(sentence));
}

} // namespace timeloom::dsl
