// Models that one kernel runs step by step.
#pragma once

#include <timeloom/dsl/dsl.hpp>

namespace timeloom::tests {

using namespace timeloom::dsl;

/// What amplifiers are modelled by.
inline constexpr auto amp_model = sequential(input<64, 1>(), lstm<16>(return_sequences), dense<1>());

/// Layers before, between and behind two recurrent ones, of widths that fill no vector.
inline constexpr auto stream_stack =
    sequential(input<64, 3>(), dense<6>(tanh), gru<12>(return_sequences), dropout(0.3),
               lstm<9>(return_sequences), dense<5>(relu), dense<2>());

/// Every operation that there is, a weight for each unit, a product of a computed value, an output that is
/// no state.
inline constexpr auto of_all_operations =
    cell<"of_all_operations">([](inputs x, state<"h"> h, state<"c"> c, weights<"p"> p) {
        const auto a = sigmoid(affine<"a">(x, h) + p * c);
        const auto b = tanh(affine<"b">(x, a * h));
        const auto grown = log(1 + exp(min(b, 1 - a))) + sqrt(abs(b) + 0.1) / (1 + softplus(c));
        const auto next_c = 0.5 * c + a * b - greater(b, 0) * max(grown, -b) * 0.25;
        return output(relu(next_c) + (1 - a) * tanh(next_c), next(h = a * tanh(next_c), c = next_c));
    });
inline constexpr auto stream_cells = sequential(input<64, 2>(), gru<20>(reset_after(false), return_sequences),
                                                recurrent<7>(of_all_operations, return_sequences),
                                                simple_rnn<1>(return_sequences), dense<3>(sigmoid));

/// Inputs and outputs that fill vectors.
inline constexpr auto stream_of_vectors =
    sequential(input<64, 16>(), lstm<16>(return_sequences), gru<16>(return_sequences));

} // namespace timeloom::tests
