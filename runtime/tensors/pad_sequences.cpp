// Implements pad_sequences.
#include "timeloom/runtime/tensors/pad_sequences.hpp"

#include "timeloom/runtime/base/as_error.hpp"

#include <algorithm>
#include <cstdint>

namespace timeloom {

namespace {

std::size_t longest(const TokenSequences& sequences) {
    std::size_t length = 0;
    for (const auto& sequence : sequences) {
        length = std::max(length, sequence.size());
    }
    return length;
}

} // namespace

TokenMatrix pad_sequences(const TokenSequences& sequences, const PadOptions& options) {
    const std::size_t columns = options.maxlen.value_or(longest(sequences));
    constexpr std::size_t most = static_cast<std::size_t>(PTRDIFF_MAX) / sizeof(std::int32_t);
    if (!sequences.empty() && columns > most / sequences.size()) {
        throw Error("pad_sequences: " + std::to_string(sequences.size()) + " sequences of " +
                    std::to_string(columns) + " tokens do not fit into memory; use a smaller maxlen");
    }
    TokenMatrix matrix{sequences.size(), columns, {}};
    as_error("pad_sequences", [&] { matrix.values.assign(matrix.rows * columns, options.value); });
    for (std::size_t row = 0; row < matrix.rows; ++row) {
        const auto& sequence = sequences[row];
        const std::size_t kept = std::min(sequence.size(), columns);
        const std::size_t skipped = options.truncating == SequenceEnd::pre ? sequence.size() - kept : 0;
        const std::size_t indent = options.padding == SequenceEnd::pre ? columns - kept : 0;
        const auto first = sequence.begin() + static_cast<std::ptrdiff_t>(skipped);
        const auto target = matrix.values.begin() + static_cast<std::ptrdiff_t>(row * columns + indent);
        std::copy_n(first, kept, target);
    }
    return matrix;
}

} // namespace timeloom
