// A model that has what the others lack: dropout of both kinds, a softmax, an output at every time step.
#pragma once

#include <timeloom/dsl/dsl.hpp>

namespace timeloom::tests {

using namespace timeloom::dsl;

inline constexpr auto tagger = sequential( //
    input<7, 3>(),                         //
    gru<5>(return_sequences, dropout(0.25), reset_after(false)), dropout(0.25), dense<4>(), softmax);

} // namespace timeloom::tests
