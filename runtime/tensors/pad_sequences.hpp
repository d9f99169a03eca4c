// Makes sequences of unequal lengths rectangular, as Keras's pad_sequences does.
#pragma once

#include "timeloom/runtime/tensors/token_matrix.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>

namespace timeloom {

/// The end of a sequence at which something is added or removed.
enum class SequenceEnd { pre, post };

/// Options with Keras's names and defaults; without `maxlen` the longest sequence decides.
struct PadOptions {
    std::optional<std::size_t> maxlen = std::nullopt;
    SequenceEnd padding = SequenceEnd::pre;
    SequenceEnd truncating = SequenceEnd::pre;
    std::int32_t value = 0;
};

/// Returns a (sequences.size(), maxlen) matrix. Longer sequences lose tokens at the `truncating` end, shorter
/// ones gain `value` at the `padding` end. Differs from Keras in one case: `maxlen` 0 gives zero columns, not
/// an error. Throws Error for a matrix that does not fit into memory.
TokenMatrix pad_sequences(const TokenSequences& sequences, const PadOptions& options = {});

} // namespace timeloom
