// The cases of bench_rnn: a row of data each.
#pragma once

#include "timeloom/runtime/plan/over_time.hpp"

#include <nlohmann/json_fwd.hpp>

#include <memory>
#include <string>
#include <vector>

namespace timeloom::bench {

enum class Work {
    train,     ///< a whole step: forward, backward, Adam
    gradients, ///< forward with all outputs, mean squared error, gradients of weights and input
    inference, ///< forward only
    step,      ///< one time step of one row, with the states of the one before
    stream     ///< as many time steps of one row as the plan has, with the states of those before
};

struct RnnCase {
    std::string name;
    std::string title;
    Work work;
    std::string cell; ///< lstm, gru (reset_after), gru_before, simple_rnn
    std::size_t batch;
    std::size_t max_threads;
    plan::Model plan;
    std::size_t repeat = 1; ///< times that we do the work in one measurement; batches of a training's epoch

    std::shared_ptr<const plan::OverTime> over_time{}; ///< what a plan with other time steps refers to
    bool uniform_words = false; ///< token ids are all as frequent, instead of by Zipf's law

    std::vector<std::int32_t> drawn_tokens(std::size_t count) const;
    /// Multiplications and additions of the matrix products, backward twice those of forward; those of equal
    /// words count as often as the words come.
    double gflops() const;
    /// What must be moved at least once: inputs, what the layers hand on, parameters; in training, Adam's
    /// moments too, and all of them there and back.
    double gigabytes() const;
    bool has_tokens() const { return plan.inputs[0].features == 0; }
    std::size_t timesteps() const { return static_cast<std::size_t>(plan.inputs[0].timesteps); }
    /// Width of what the first recurrent layer reads.
    std::size_t inputs() const;
};

std::vector<RnnCase> rnn_cases();

/// The LSTM layer of 16, 64, 256 or 512 units with another number of rows and time steps.
RnnCase lstm_layer_case(Work work, int units, std::size_t batch, int timesteps);

/// What peers are told of a case; peer_case.hpp and peer_case.py read it.
nlohmann::json described(const RnnCase& c);

} // namespace timeloom::bench
