// Names of gates, states and cells have at most 40 characters.
#include <timeloom/dsl/dsl.hpp>

using namespace timeloom::dsl;

constexpr graph wordy = cell<"wordy">([](inputs x, state<"h"> h) {
#ifdef CORRECT
    return next(h = tanh(affine<"a_name_that_has_exactly_forty_characters">(x, h)));
#else
    return next(h = tanh(affine<"a_name_that_has_exactly_41_characters_now">(x, h)));
#endif
});
