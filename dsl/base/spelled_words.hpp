// For clang 14, which prints a string in a template argument as a list of numbers, but a pointer by the name
// of the object: sentences as lists of pointers to objects that are called as the words are.
#pragma once

#if defined(__clang__) && __clang_major__ < 15

#include "timeloom/dsl/base/static_vector.hpp"

#include <iterator>
#include <utility>

namespace timeloom::declaration::detail {

struct word {
    std::string_view text;
};

/// Words of a sentence; a name of the user's is spelled letter by letter.
template <int N>
struct words {
    const word* spelled[N];
};

namespace vocabulary {
// clang-format off
inline constexpr word A_{"A"}, B_{"B"}, C_{"C"}, D_{"D"}, E_{"E"}, F_{"F"}, G_{"G"}, H_{"H"}, I_{"I"}, J_{"J"}, K_{"K"},
    L_{"L"}, M_{"M"}, N_{"N"}, O_{"O"}, P_{"P"}, Q_{"Q"}, R_{"R"}, S_{"S"}, T_{"T"}, U_{"U"}, V_{"V"},
    W_{"W"}, X_{"X"}, Y_{"Y"}, Z_{"Z"}, underscore{"_"}, a{"a"}, above{"above"}, activation{"activation"},
    add{"add"}, affine{"affine"}, after{"after"}, all_{"all"}, alone{"alone"}, an{"an"}, and_{"and"},
    angle{"angle"}, another{"another"}, are{"are"}, argument{"argument"}, arima{"arima"},
    arima_family{"arima_family"}, as{"as"}, asks{"asks"}, assigned{"assigned"}, assigns{"assigns"},
    at{"at"}, autoregressive{"autoregressive"}, ave{"ave"}, axis{"axis"}, b{"b"}, batch{"batch"}, be{"be"},
    before{"before"}, begins{"begins"}, behind{"behind"}, belongs{"belongs"}, below{"below"},
    beta_initializer{"beta_initializer"}, bias{"bias"}, bias_initializer{"bias_initializer"},
    biases{"biases"}, bidirectional{"bidirectional"}, bool_{"bool"}, both{"both"}, brackets{"brackets"},
    but{"but"}, c{"c"}, call{"call"}, called{"called"}, cell{"cell"}, cells{"cells"},
    characters{"characters"}, coefficients{"coefficients"}, compares{"compares"}, computed{"computed"},
    concat{"concat"}, concatenate{"concatenate"}, concatenates{"concatenates"}, constant{"constant"},
    constraint{"constraint"}, could{"could"}, d{"d"}, declared{"declared"}, decoder{"decoder"},
    dense{"dense"}, difference{"difference"}, differencing{"differencing"}, digits{"digits"},
    directions{"directions"}, does{"does"}, dropout{"dropout"}, e{"e"}, each{"each"}, element{"element"},
    embedding{"embedding"}, encoder{"encoder"}, epsilon{"epsilon"}, equation{"equation"},
    equations{"equations"}, every{"every"}, exp{"exp"}, f{"f"}, factor{"factor"}, features{"features"},
    filter{"filter"}, first{"first"}, for_{"for"}, forward{"forward"}, forward_of{"forward_of"},
    function{"function"}, g{"g"}, gamma_initializer{"gamma_initializer"}, gate{"gate"}, gates{"gates"},
    gets{"gets"}, give{"give"}, given{"given"}, gives{"gives"},
    global_max_pooling1d{"global_max_pooling1d"}, go{"go"}, go_backwards{"go_backwards"},
    greater{"greater"}, gru{"gru"}, h{"h"}, hands{"hands"}, has{"has"}, have{"have"}, i{"i"}, ids{"ids"},
    in{"in"}, initial_state{"initial_state"}, initializer{"initializer"}, input{"input"}, inputs{"inputs"},
    inside{"inside"}, is{"is"}, it{"it"}, its{"its"}, j{"j"}, k{"k"}, known{"known"}, l{"l"}, l1{"l1"},
    l1_l2{"l1_l2"}, l2{"l2"}, lag{"lag"}, lags{"lags"}, lambda{"lambda"}, largest{"largest"}, last{"last"},
    layer{"layer"}, layer_normalization{"layer_normalization"}, layers{"layers"}, least{"least"},
    leave{"leave"}, leaves{"leaves"}, left{"left"}, letters{"letters"}, linear{"linear"}, log{"log"},
    loop{"loop"}, lstm{"lstm"}, m{"m"}, made{"made"}, makes{"makes"}, masking{"masking"},
    matrices{"matrices"}, matrix{"matrix"}, max_norm{"max_norm"}, max_pooling1d{"max_pooling1d"},
    may{"may"}, merge{"merge"}, model{"model"}, more{"more"}, most{"most"}, mul{"mul"},
    multiplied{"multiplied"}, multiplies{"multiplies"}, multiply{"multiply"}, must{"must"}, n{"n"},
    name{"name"}, named{"named"}, names{"names"}, needs{"needs"}, negative{"negative"}, next{"next"},
    no{"no"}, none{"none"}, norm{"norm"}, not_{"not"}, nothing{"nothing"}, number_{"number"}, o{"o"},
    of{"of"}, on{"on"}, once{"once"}, one{"one"}, only{"only"}, operand{"operand"}, operands{"operands"},
    operation{"operation"}, option{"option"}, options{"options"}, or_{"or"}, order{"order"},
    orthogonal{"orthogonal"}, out{"out"}, output{"output"}, own{"own"}, p{"p"}, parameter{"parameter"},
    parameters{"parameters"}, part{"part"}, period{"period"}, phi{"phi"}, pointwise{"pointwise"},
    polynomials{"polynomials"}, pow{"pow"}, powers{"powers"}, product{"product"}, products{"products"},
    q{"q"}, r{"r"}, rank{"rank"}, rate{"rate"}, reads{"reads"}, recurrent{"recurrent"},
    recurrent_activation{"recurrent_activation"}, regularizer{"regularizer"}, relu{"relu"},
    removes{"removes"}, repeat_vector{"repeat_vector"}, reset_after{"reset_after"}, return_{"return"},
    return_sequences{"return_sequences"}, return_state{"return_state"}, right{"right"}, round{"round"},
    run{"run"}, s{"s"}, same{"same"}, says{"says"}, season{"season"}, seasonal{"seasonal"},
    seasonal_order{"seasonal_order"}, sequence{"sequence"}, sequences{"sequences"}, share{"share"},
    shared{"shared"}, sigmoid{"sigmoid"}, simple_rnn{"simple_rnn"}, size{"size"}, sizes{"sizes"}, so{"so"},
    softmax{"softmax"}, sqrt{"sqrt"}, stacked_cells{"stacked_cells"}, stand{"stand"}, stands{"stands"},
    start{"start"}, starts{"starts"}, state{"state"}, stateful{"stateful"}, states{"states"}, step{"step"},
    steps{"steps"}, strides{"strides"}, such{"such"}, sum{"sum"}, t{"t"}, takes{"takes"}, tanh{"tanh"},
    terms{"terms"}, text{"text"}, that{"that"}, the{"the"}, them{"them"}, there{"there"}, theta{"theta"},
    this_{"this"}, those{"those"}, time{"time"}, time_distributed{"time_distributed"},
    timesteps{"timesteps"}, to{"to"}, token{"token"}, trained{"trained"}, trend{"trend"},
    truncate{"truncate"}, twice{"twice"}, two{"two"}, types{"types"}, u{"u"},
    unit_forget_bias{"unit_forget_bias"}, units{"units"}, unroll{"unroll"}, up{"up"}, use{"use"},
    use_bias{"use_bias"}, uses{"uses"}, v{"v"}, value{"value"}, values{"values"}, vector{"vector"},
    vectors{"vectors"}, vocabulary_{"vocabulary"}, w{"w"}, was{"was"}, weights{"weights"}, where{"where"},
    which{"which"}, whose{"whose"}, width{"width"}, window{"window"}, windows{"windows"}, with{"with"},
    without{"without"}, write{"write"}, written{"written"}, x{"x"}, y{"y"}, z{"z"};

/// Numbers are printed as the positions in this list, which is nowhere.
extern const word number[1'000'000'000];
inline constexpr word minus{"minus"};

inline constexpr const word* all[]{&A_, &B_, &C_, &D_, &E_, &F_, &G_, &H_, &I_, &J_, &K_, &L_, &M_, &N_, &O_, &P_, &Q_, &R_, &S_, &T_,
    &U_, &V_, &W_, &X_, &Y_, &Z_, &underscore, &a, &above, &activation, &add, &affine, &after, &all_,
    &alone, &an, &and_, &angle, &another, &are, &argument, &arima, &arima_family, &as, &asks, &assigned,
    &assigns, &at, &autoregressive, &ave, &axis, &b, &batch, &be, &before, &begins, &behind, &belongs,
    &below, &beta_initializer, &bias, &bias_initializer, &biases, &bidirectional, &bool_, &both, &brackets,
    &but, &c, &call, &called, &cell, &cells, &characters, &coefficients, &compares, &computed, &concat,
    &concatenate, &concatenates, &constant, &constraint, &could, &d, &declared, &decoder, &dense,
    &difference, &differencing, &digits, &directions, &does, &dropout, &e, &each, &element, &embedding,
    &encoder, &epsilon, &equation, &equations, &every, &exp, &f, &factor, &features, &filter, &first,
    &for_, &forward, &forward_of, &function, &g, &gamma_initializer, &gate, &gates, &gets, &give, &given,
    &gives, &global_max_pooling1d, &go, &go_backwards, &greater, &gru, &h, &hands, &has, &have, &i, &ids,
    &in, &initial_state, &initializer, &input, &inputs, &inside, &is, &it, &its, &j, &k, &known, &l, &l1,
    &l1_l2, &l2, &lag, &lags, &lambda, &largest, &last, &layer, &layer_normalization, &layers, &least,
    &leave, &leaves, &left, &letters, &linear, &log, &loop, &lstm, &m, &made, &makes, &masking, &matrices,
    &matrix, &max_norm, &max_pooling1d, &may, &merge, &model, &more, &most, &mul, &multiplied, &multiplies,
    &multiply, &must, &n, &name, &named, &names, &needs, &negative, &next, &no, &none, &norm, &not_,
    &nothing, &number_, &o, &of, &on, &once, &one, &only, &operand, &operands, &operation, &option,
    &options, &or_, &order, &orthogonal, &out, &output, &own, &p, &parameter, &parameters, &part, &period,
    &phi, &pointwise, &polynomials, &pow, &powers, &product, &products, &q, &r, &rank, &rate, &reads,
    &recurrent, &recurrent_activation, &regularizer, &relu, &removes, &repeat_vector, &reset_after,
    &return_, &return_sequences, &return_state, &right, &round, &run, &s, &same, &says, &season, &seasonal,
    &seasonal_order, &sequence, &sequences, &share, &shared, &sigmoid, &simple_rnn, &size, &sizes, &so,
    &softmax, &sqrt, &stacked_cells, &stand, &stands, &start, &starts, &state, &stateful, &states, &step,
    &steps, &strides, &such, &sum, &t, &takes, &tanh, &terms, &text, &that, &the, &them, &there, &theta,
    &this_, &those, &time, &time_distributed, &timesteps, &to, &token, &trained, &trend, &truncate, &twice,
    &two, &types, &u, &unit_forget_bias, &units, &unroll, &up, &use, &use_bias, &uses, &v, &value, &values,
    &vector, &vectors, &vocabulary_, &w, &was, &weights, &where, &which, &whose, &width, &window, &windows,
    &with, &without, &write, &written, &x, &y, &z};
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
struct declaration_error;

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

} // namespace timeloom::declaration::detail

#endif
