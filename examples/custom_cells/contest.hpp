// Trains every contestant alike, then times their training steps in turns.
#pragma once

#include "contestants.hpp"
#include "hourly_windows.hpp"

#include <cstdint>
#include <vector>

namespace custom_cells {

struct ContestOptions {
    std::size_t epochs = 5;
    std::size_t batch_size = 128;
    std::uint64_t seed = 1;
    std::size_t threads = 0;        ///< to train with
    std::size_t timing_threads = 1; ///< one: two wait for each other, and for whatever else runs
    std::size_t rounds = 20;        ///< in each of which every contestant has a turn
    std::size_t steps = 6;          ///< of training in a turn
};

struct Outcome {
    const Contestant* contestant;
    std::size_t parameters;
    timeloom::History history;
    timeloom::Evaluation train;
    timeloom::Evaluation test;
    std::vector<double>
        milliseconds; ///< of every timed training step, from reading the batch to new parameters
};

/// In the order of contestants(). The loss is the mean absolute error in scaled values.
std::vector<Outcome> hold_contest(const HourlyData& data, const ContestOptions& options);

} // namespace custom_cells
