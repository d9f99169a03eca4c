// Where the kernels of a case spend their time, and how close they come to the processor's peak.
#pragma once

#include "rnn_timeloom.hpp"
#include "timed_kernels.hpp"

#include <map>
#include <string>
#include <vector>

namespace timeloom::bench {

enum class KernelPart {
    forward,
    backward_through_time,
    weight_gradients,
    bias_gradients,
    input_gradient,
    initial_state_gradient,
    whole_backward ///< all but forward
};

/// Matrix products of one part of a case's work. With several threads `milliseconds` is the mean over them,
/// and `gflops` that of one.
struct KernelRow {
    std::string layer; ///< or "all recurrent"
    std::string part;
    bool is_sum = false; ///< of rows before it
    double milliseconds = 0;
    double gflops = 0; ///< 0 where the part holds no products
};

/// Does the case's work with timed kernels.
class KernelReport {
  public:
    KernelReport(const RnnCase& rnn_case, std::size_t threads);

    void run(int count);
    /// The fastest run of each part, in the network's order; then the recurrent layers' sums.
    std::vector<KernelRow> rows() const;

  private:
    struct Part {
        double flops = 0; ///< of one time the work
        Samples seconds;  ///< of one time the work, in all threads together
    };
    using Key = std::pair<int, KernelPart>; ///< of a layer

    const RnnCase& case_;
    std::size_t threads_;
    TimedKernels kernels_;
    TimeloomRun run_;
    std::map<Key, Part> parts_;
};

} // namespace timeloom::bench
