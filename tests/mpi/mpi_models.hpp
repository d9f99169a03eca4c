// The networks of the tests with MPI.
#pragma once

#include <timeloom/dsl/dsl.hpp>

namespace timeloom::tests {

using namespace timeloom::dsl;

/// Words, of which a batch names some; dropout.
inline constexpr auto mpi_words =
    sequential(input<9>(), embedding<200, 5>(mask_zero), lstm<6>(return_sequences, dropout(0.25)), gru<5>(),
               dropout(0.25), dense<1>(sigmoid));

/// Vectors, and an output for every time step.
inline constexpr auto mpi_vectors =
    sequential(input<7, 3>(), gru<5>(return_sequences, recurrent_dropout(0.1)), dense<3>(), softmax);

} // namespace timeloom::tests
