// Which of the instruction sets that loops are compiled for this processor has.
#pragma once

#include <cstddef>
#include <span>

namespace timeloom::detail {

/// How many of them it can run: 1, the baseline, to 3 on x86-64 (AVX-512, AVX2, baseline), 1 elsewhere.
std::size_t count_runnable_instruction_sets();

/// `tables` has one for each instruction set, the best first. Returns those that this processor can run.
template <class Table, std::size_t count>
std::span<const Table* const> runnable(const Table* const (&tables)[count]) {
    return std::span(tables).last(count_runnable_instruction_sets());
}

} // namespace timeloom::detail
