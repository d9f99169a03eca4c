// The ways in which a recurrent network's inputs and outputs may stand to each other.
#pragma once

#include <timeloom/dsl/dsl.hpp>

namespace topologies {

using namespace timeloom::dsl;

inline constexpr int history = 24; ///< months that are read
inline constexpr int year = 12;
inline constexpr int units = 24;

/// A year of months → the next month. No recurrence.
inline constexpr auto one_to_one = sequential( //
    vector_input<year>(),                      //
    dense<units>(tanh),                        //
    dense<1>());

/// A year of months as one vector → a sequence, the year after.
inline constexpr auto one_to_many = sequential( //
    vector_input<year>(),                       //
    repeat_vector<year>(),                      //
    lstm<units>(return_sequences),              //
    time_distributed(dense<1>()));

/// A sequence of months → the next month.
inline constexpr auto many_to_one = sequential( //
    input<history, 1>(),                        //
    lstm<units>(),                              //
    dense<1>());

inline constexpr auto stacked_many_to_one = sequential( //
    input<history, 1>(),                                //
    lstm<units>(return_sequences),                      //
    lstm<units>(),                                      //
    dense<1>());

/// An encoder reads the months, a decoder that starts with its states writes the year after, knowing the
/// calendar.
inline constexpr auto many_to_many = functional( //
    named<"months">(input<history, 1>()),        //
    named<"encoder">(lstm<units>()),             //
    named<"calendar">(input<year, 2>()),         //
    named<"decoder">(lstm<units>(return_sequences), initial_state<"encoder">), time_distributed(dense<1>()));

/// A label for every step: which month of the year it is.
inline constexpr auto synchronized_many_to_many = sequential( //
    input<history, 1>(),                                      //
    lstm<units>(return_sequences),                            //
    time_distributed(dense<year>()),                          //
    softmax);

} // namespace topologies
