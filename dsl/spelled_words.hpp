// For clang 14, which prints a string in a template argument as a list of numbers, but a pointer by the name
// of the object: sentences as lists of pointers to objects that are called as the words are.
#pragma once

#include "timeloom/dsl/static_vector.hpp"

#include <iterator>
#include <utility>

namespace timeloom::dsl::detail {

struct word {
    std::string_view text;
};

/// Words of a sentence; a name of the user's is spelled letter by letter.
template <int N>
struct words {
    const word* spelled[N];
};

namespace vocabulary {
inline constexpr word A_{"A"}, B_{"B"}, C_{"C"}, D_{"D"}, E_{"E"}, F_{"F"}, G_{"G"}, H_{"H"}, I_{"I"},
    J_{"J"}, K_{"K"}, L_{"L"}, M_{"M"}, N_{"N"}, O_{"O"}, P_{"P"}, Q_{"Q"}, R_{"R"}, S_{"S"}, T_{"T"},
    U_{"U"}, V_{"V"}, W_{"W"}, X_{"X"}, Y_{"Y"}, Z_{"Z"}, underscore{"_"}, a{"a"}, b{"b"}, but{"but"}, c{"c"},
    d{"d"}, e{"e"}, f{"f"}, features{"features"}, g{"g"}, gets{"gets"}, h{"h"}, i{"i"}, j{"j"}, k{"k"},
    l{"l"}, layer{"layer"}, lstm{"lstm"}, m{"m"}, n{"n"}, o{"o"}, p{"p"}, q{"q"}, r{"r"}, reads{"reads"},
    s{"s"}, sequence{"sequence"}, t{"t"}, u{"u"}, v{"v"}, w{"w"}, x{"x"}, y{"y"}, z{"z"};

/// Numbers are printed as the positions in this list, which is nowhere.
extern const word number[1'000'000'000];
inline constexpr word minus{"minus"};

inline constexpr const word* all[]{
    &A_, &B_, &C_, &D_, &E_,       &F_,    &G_,   &H_,       &I_, &J_, &K_, &L_,         &M_,    &N_,   &O_,
    &P_, &Q_, &R_, &S_, &T_,       &U_,    &V_,   &W_,       &X_, &Y_, &Z_, &underscore, &a,     &b,    &but,
    &c,  &d,  &e,  &f,  &features, &g,     &gets, &h,        &i,  &j,  &k,  &l,          &layer, &lstm, &m,
    &n,  &o,  &p,  &q,  &r,        &reads, &s,    &sequence, &t,  &u,  &v,  &w,          &x,     &y,    &z};
} // namespace vocabulary

/// Where a sentence's words, one behind the other, are printed as one list.
struct word_group {
    int first = 0;
    int count = 0;
};

struct spelled_words {
    static_vector<const word*, 400> all;
    static_vector<word_group, 120> groups;

    /// A compiler prints no more than ten of a list.
    constexpr void add(const word* next, bool begins_group) {
        if (begins_group || groups.empty() || groups[groups.size() - 1].count == 10) {
            groups.push_back({all.size(), 0});
        }
        all.push_back(next);
        ++groups[groups.size() - 1].count;
    }
};

constexpr const word* find_word(std::string_view text) {
    for (const word* known : vocabulary::all) {
        if (known->text == text) {
            return known;
        }
    }
    return nullptr;
}

constexpr bool is_in_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

constexpr bool is_number(std::string_view text) {
    for (const char c : text) {
        if (c < '0' || c > '9') {
            return false;
        }
    }
    return text.size() < 9;
}

constexpr const word* number_word(std::string_view text) {
    int value = 0;
    for (const char digit : text) {
        value = 10 * value + (digit - '0');
    }
    return &vocabulary::number[value];
}

/// Punctuation is left out.
constexpr spelled_words spell(std::string_view sentence) {
    spelled_words result;
    bool was_spelled = false;
    for (std::size_t i = 0; i < sentence.size(); ++i) {
        std::size_t size = 0;
        while (i + size < sentence.size() && is_in_word(sentence[i + size])) {
            ++size;
        }
        if (size == 0) {
            if (sentence[i] == '-' && i + 1 < sentence.size() && sentence[i + 1] >= '0' &&
                sentence[i + 1] <= '9') {
                result.add(&vocabulary::minus, was_spelled);
                was_spelled = false;
            }
            continue;
        }
        const std::string_view text = sentence.substr(i, size);
        if (is_number(text)) {
            result.add(number_word(text), was_spelled);
            was_spelled = false;
        } else if (const word* known = find_word(text)) {
            result.add(known, was_spelled);
            was_spelled = false;
        } else {
            for (std::size_t c = 0; c < size; ++c) {
                const word* letter = find_word(text.substr(c, 1));
                result.add(letter != nullptr ? letter : number_word(text.substr(c, 1)), c == 0);
            }
            was_spelled = true;
        }
        i += size - 1;
    }
    return result;
}

template <auto... Sentence>
struct declaration_error {
    static constexpr bool possible = false;
};

template <auto Sentence>
struct spelled_sentence {
    static constexpr spelled_words spelled = spell(Sentence().view());

    template <int Group>
    static constexpr auto words_of() {
        constexpr word_group group = spelled.groups[Group];
        return [&]<int... I>(std::integer_sequence<int, I...>) {
            return words<group.count>{{spelled.all[group.first + I]...}};
        }
        (std::make_integer_sequence<int, group.count>{});
    }
    template <int... Group>
    static declaration_error<words_of<Group>()...> error(std::integer_sequence<int, Group...>);
    using type = decltype(error(std::make_integer_sequence<int, spelled.groups.size()>{}));
};

} // namespace timeloom::dsl::detail
