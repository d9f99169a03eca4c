// Timeloom's own part in bench_rnn, by the calls that its users make.
#pragma once

#include "contender.hpp"
#include "rnn_case.hpp"

#include "timeloom/runtime/stream.hpp"

namespace timeloom::bench {

/// A case's model and one batch for it, with the numbers of peer_case.hpp.
class TimeloomRun {
  public:
    /// `kernels` are those of the case, or a copy of that table.
    TimeloomRun(const RnnCase& rnn_case, const KernelTable& kernels, std::size_t threads);

    /// Milliseconds of each of `count` measurements.
    std::vector<double> run(int count);
    /// The numbers by which contenders are compared. To be called before run().
    std::vector<double> check();

  private:
    Inputs x() const { return tokens_.values.empty() ? Inputs(vectors_) : Inputs(tokens_); }
    void draw_inputs();
    void draw_targets();
    void set_weights();
    /// One measurement's work.
    void work();

    const RnnCase& case_;
    Model model_;
    std::optional<Stream> stream_; ///< of single steps
    TokenMatrix tokens_;
    Tensor vectors_;
    Tensor targets_;
};

Contender start_timeloom(const RnnCase& rnn_case, std::size_t threads);

} // namespace timeloom::bench
