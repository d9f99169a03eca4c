// Names of gates, states and cells have at most 40 characters.
// Error: gate "a_name_that_has_exactly_41_characters_now": a name has at most 40 characters, but this has 41
#include <timeloom/dsl/dsl.hpp>

using namespace timeloom::dsl;

constexpr auto wordy = cell<"wordy">([](inputs x, state<"h"> h) {
#ifdef CORRECT
    return next(h = tanh(affine<"a_name_that_has_exactly_forty_characters">(x, h)));
#else
    return next(h = tanh(affine<"a_name_that_has_exactly_41_characters_now">(x, h)));
#endif
});
