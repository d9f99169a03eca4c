// Table of the losses of softmax over rows of logits, one instance per instruction set.
#pragma once

#include <cstddef>
#include <span>

namespace timeloom::detail {

/// The loops, compiled for one instruction set. No pointer needs to be aligned.
struct SoftmaxTable {
    const char* instruction_set;

    /// Cross-entropy of one row of logits: returns sum(targets (log(sum(exp(logits))) - logits)) and, unless
    /// `diff` is null, writes scale (softmax(logits) sum(targets) - targets).
    double (*softmax_crossentropy)(std::size_t width, const float* logits, const float* targets, float scale,
                                   float* diff);
    /// The same for targets that are 1 at `label` and 0 elsewhere.
    double (*sparse_softmax_crossentropy)(std::size_t width, const float* logits, std::size_t label,
                                          float scale, float* diff);
};

/// The best table for this processor, chosen once.
const SoftmaxTable& softmax_loops();

/// Every table that this processor can run, the best first; for tests and benchmarks.
std::span<const SoftmaxTable* const> runnable_softmax_tables();

} // namespace timeloom::detail
