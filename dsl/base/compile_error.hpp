// How a declaration that cannot be compiled is refused: with one sentence, which stands in the compiler's
// first error.
#pragma once

#include "timeloom/dsl/base/static_vector.hpp"
#include "timeloom/runtime/error.hpp"

#include <initializer_list>
#include <string>
#include <type_traits>

#if defined(__clang__) && __clang_major__ < 15
#include "timeloom/dsl/base/spelled_words.hpp"
#endif

namespace timeloom::declaration {

/// What is wrong with a declaration; empty where nothing is.
using fault = static_string<640>;

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

namespace detail {

/// A layer with its sizes: lstm<4>.
constexpr fault sized(std::string_view name, std::initializer_list<int> sizes) {
    fault sentence = say(name, "<");
    const char* separator = "";
    for (const int size : sizes) {
        sentence = say(sentence, separator, size);
        separator = ", ";
    }
    return say(sentence, ">");
}

} // namespace detail

/// A name as a sentence shows it: "h".
constexpr fault quoted(std::string_view name) { return say("\"", name, "\""); }

/// The first one that says something.
template <class... Faults>
constexpr fault first_of(const Faults&... faults) {
    fault first;
    ((first = first.empty() ? faults : first), ...);
    return first;
}

namespace detail {

#if defined(__clang__)
struct no_error {};
inline constexpr no_error none;
/// Clang prints the whole type where a condition on it does not hold.
template <auto... Sentence>
struct declaration_error : no_error {
    static constexpr bool possible = false;
};
#else
/// Not defined, so that the compiler's message holds the sentence.
template <auto Sentence>
struct declaration_error;
#endif

#if defined(__clang__) && __clang_major__ < 15
template <fault Sentence()>
using error_of = typename spelled_sentence<Sentence>::type;
#else
template <std::size_t N>
struct printed {
    char sentence[N]{};
    constexpr explicit printed(std::string_view words) { words.copy(sentence, N - 1); }
};
template <fault Sentence()>
using error_of = declaration_error<printed<Sentence().view().size() + 1>{Sentence().view()}>;
#endif

[[noreturn]] inline void throw_fault(std::string_view sentence) { throw Error(std::string(sentence)); }
template <class Error>
bool stop(std::string_view sentence) {
    throw_fault(sentence);
}

} // namespace detail

/// True where nothing is wrong; else a compile error that holds the sentence. `Sentence` is a function
/// without arguments.
template <fault Sentence()>
constexpr auto refuse() {
    constexpr std::size_t size = Sentence().view().size();
    if constexpr (size > 0) {
#if defined(__clang__)
        static_assert(detail::error_of<Sentence>::possible);
#else
        static_assert(detail::declaration_error<detail::printed<size + 1>{Sentence().view()}>::possible);
#endif
    }
    return size == 0;
}

/// For what only values tell: no constant expression can make one, and the compile error holds the sentence;
/// at run time it throws.
template <fault Sentence(), class Error = detail::error_of<Sentence>>
struct not_meant {
#if defined(__clang__)
    bool stops = std::is_constant_evaluated() ? &static_cast<const Error&>(detail::none) != nullptr
                                              : detail::stop<void>(Sentence().view());
#else
    bool stops = detail::stop<Error>(Sentence().view());
#endif
};

/// Stands where a compile error says already why there is no layer or model.
struct refused {};
template <class T>
inline constexpr bool is_refused = std::is_same_v<T, refused>;

/// A string of any length as a template argument.
template <std::size_t N>
struct text {
    char chars[N]{};

    constexpr text() = default;
    consteval text(const char (&literal)[N]) {
        for (std::size_t i = 0; i < N; ++i) {
            chars[i] = literal[i];
        }
    }
    constexpr std::string_view view() const { return {chars, N - 1}; }
};

/// The words themselves as a function: not_meant<sentence<"unroll needs at least one time step">>{}.
template <text Words>
constexpr fault sentence() {
    return Words.view();
}

} // namespace timeloom::declaration
