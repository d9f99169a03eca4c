#include "timeloom/runtime/layers/dropout_mask.hpp"

#include "timeloom/runtime/simd/random.hpp"

#include <algorithm>
#include <array>

namespace timeloom::detail {

void fill_dropout_mask(const StepContext& context, int layer, double rate, std::size_t position,
                       std::span<float> mask) {
    const Random random(
        context.seed, random_stream(RandomPurpose::dropout, static_cast<std::uint64_t>(layer), context.step));
    const auto threshold = static_cast<std::uint32_t>(rate * 4294967296.0);
    const auto kept = static_cast<float>(1.0 / (1.0 - rate));
    std::array<std::uint32_t, 256> bits;
    for (std::size_t first = 0; first < mask.size(); first += bits.size()) {
        const std::size_t count = std::min(bits.size(), mask.size() - first);
        random.fill_uniform_bits((position + first) / 4, std::span(bits).first(count));
        for (std::size_t i = 0; i < count; ++i) {
            mask[first + i] = bits[i] < threshold ? 0.0f : kept;
        }
    }
}

} // namespace timeloom::detail
