// Timeloom's own part in bench_rnn, by the calls that its users make.
#pragma once

#include "../contender.hpp"
#include "peers/step_times.hpp"
#include "rnn_case.hpp"

#include "timeloom/runtime/streams/stream.hpp"

namespace timeloom::bench {

/// A case's model and its batches, the first of them with the numbers of peer_case.hpp. A training has a
/// batch of its own for each time that the work is done: they make up one epoch.
class TimeloomRun {
  public:
    /// `kernels` are those of the case, or a copy of that table.
    TimeloomRun(const RnnCase& rnn_case, const plan::Model& plan, std::size_t threads);

    /// Milliseconds of each of `count` measurements.
    std::vector<double> run(int count);
    /// The numbers by which contenders are compared. To be called before run().
    std::vector<double> check();
    /// What each of `count` steps of a stream takes.
    StepTimes time_steps(const std::string& signal, int count);

  private:
    Inputs x() const { return tokens_.values.empty() ? Inputs(vectors_) : Inputs(tokens_); }
    std::size_t rows() const { return case_.batch * (case_.work == Work::train ? case_.repeat : 1); }
    void draw_inputs();
    void draw_targets();
    void set_weights();
    /// The work of one measurement.
    void work();
    std::vector<double> losses_of_first_batch();
    void process_block(std::size_t block);

    const RnnCase& case_;
    Model model_;
    std::optional<Stream> stream_; ///< of single steps and of blocks
    std::vector<float> streamed_;  ///< a block's output
    TokenMatrix tokens_;
    Tensor vectors_;
    Tensor targets_;
};

Contender start_timeloom(const RnnCase& rnn_case, std::size_t threads);

} // namespace timeloom::bench
