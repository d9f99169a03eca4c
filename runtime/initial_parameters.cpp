// The values that parameters start with.
#include "timeloom/runtime/parameter_layout.hpp"

namespace timeloom {

namespace {

/// A block with a starting value of its own gets that, and what lies between such blocks is drawn at once.
void initialize_vector(const ParameterLayout& layout, const Parameter& p, Random& random,
                       std::span<float> values) {
    const auto units = static_cast<std::size_t>(p.blocks.front().units);
    const bool is_row = layout.other_bias(p) != nullptr;
    for (std::size_t first = 0; first < p.initial.size();) {
        const bool given = p.initial[first] != 0;
        std::size_t last = first + 1;
        while (!given && last < p.initial.size() && p.initial[last] == 0) {
            ++last;
        }
        const std::span<float> run = values.subspan(first * units, (last - first) * units);
        initialize(given ? dsl::constant(p.initial[first]) : *p.rules.start, random, run,
                   {is_row ? 2 : run.size(), run.size()});
        first = last;
    }
}

} // namespace

void initialize_parameters(const ParameterLayout& layout, std::uint64_t seed, std::span<float> buffer) {
    std::uint64_t number = 0;
    for (const Parameter& p : layout.parameters()) {
        Random random(seed, random_stream(RandomPurpose::initialisation, number++));
        std::vector<float> values(p.size());
        if (p.is_vector) {
            initialize_vector(layout, p, random, values);
        } else {
            initialize(*p.rules.start, random, values,
                       {static_cast<std::size_t>(p.rows), static_cast<std::size_t>(p.columns)});
        }
        ParameterLayout::pack(p, values, buffer);
    }
}

} // namespace timeloom
