// The values that parameters start with.
#include "timeloom/runtime/parameters/model_parameters.hpp"

namespace timeloom::detail {

namespace {

/// A block with a starting value of its own gets that, and what lies between such blocks is drawn at once.
void initialize_vector(const plan::Model& model, const plan::Parameter& p, Random& random,
                       std::span<float> values) {
    const auto units = static_cast<std::size_t>(p.blocks.front().units);
    const bool is_row = other_bias(model, p) != nullptr;
    for (std::size_t first = 0; first < p.initial.size();) {
        const bool given = p.initial[first] != 0;
        std::size_t last = first + 1;
        while (!given && last < p.initial.size() && p.initial[last] == 0) {
            ++last;
        }
        const std::span<float> run = values.subspan(first * units, (last - first) * units);
        initialize(given ? plan::Initializer{plan::InitializerKind::constant, p.initial[first]} : p.start,
                   random, run, {is_row ? 2 : run.size(), run.size()});
        first = last;
    }
}

} // namespace

void initialize_parameters(const plan::Model& model, std::uint64_t seed, std::span<float> buffer) {
    std::uint64_t number = 0;
    for (const plan::Parameter& p : model.parameters) {
        Random random(seed, random_stream(RandomPurpose::initialisation, number++));
        std::vector<float> values(p.size());
        if (p.is_vector) {
            initialize_vector(model, p, random, values);
        } else {
            initialize(p.start, random, values,
                       {static_cast<std::size_t>(p.rows), static_cast<std::size_t>(p.columns)});
        }
        pack(p, values, buffer);
    }
}

} // namespace timeloom::detail
