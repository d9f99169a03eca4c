// Counter-based random numbers: any word of any stream is a pure function of (seed, stream, position).
#include "timeloom/runtime/simd/random.hpp"

#include "timeloom/runtime/base/as_error.hpp"
#include "timeloom/runtime/simd/elementwise.hpp"

#include <bit>
#include <cmath>
#include <numbers>
#include <numeric>
#include <utility>

namespace timeloom {

using namespace detail;

namespace {

constexpr std::uint32_t low_word(std::uint64_t value) { return static_cast<std::uint32_t>(value); }
constexpr std::uint32_t high_word(std::uint64_t value) { return static_cast<std::uint32_t>(value >> 32); }

} // namespace

std::array<std::uint32_t, 4> philox4x32(std::array<std::uint32_t, 4> counter,
                                        std::array<std::uint32_t, 2> key) {
    constexpr std::uint64_t multiplier_0 = 0xD2511F53;
    constexpr std::uint64_t multiplier_2 = 0xCD9E8D57;
    for (int round = 0; round < 10; ++round) {
        const std::uint64_t product_0 = multiplier_0 * counter[0];
        const std::uint64_t product_2 = multiplier_2 * counter[2];
        counter = {high_word(product_2) ^ counter[1] ^ key[0], low_word(product_2),
                   high_word(product_0) ^ counter[3] ^ key[1], low_word(product_0)};
        key[0] += 0x9E3779B9;
        key[1] += 0xBB67AE85;
    }
    return counter;
}

std::uint32_t Random::bits() {
    if (used_ == words_.size()) {
        words_ = philox4x32({low_word(block_), high_word(block_), low_word(stream_), high_word(stream_)},
                            {low_word(seed_), high_word(seed_)});
        ++block_;
        used_ = 0;
    }
    return words_[used_++];
}

std::uint64_t Random::below(std::uint64_t bound) {
    if (bound == 0)
        throw Error("Random::below: no number lies below 0; the bound must be at least 1");
    const std::uint64_t mask = bound == 1 ? 0 : ~std::uint64_t{0} >> std::countl_zero(bound - 1);
    while (true) {
        std::uint64_t candidate = bits();
        if (high_word(mask) != 0)
            candidate |= static_cast<std::uint64_t>(bits()) << 32;
        candidate &= mask;
        if (candidate < bound)
            return candidate;
    }
}

float Random::uniform() { return static_cast<float>(bits() >> 8) * 0x1p-24f; }

float Random::uniform(float low, float high) {
    if (!(low <= high && std::isfinite(high - low)))
        throw Error("Random::uniform: the range from " + std::to_string(low) + " to " + std::to_string(high) +
                    " must be finite and rise");
    const float value = low + (high - low) * uniform();
    // The sum may round up to the excluded end.
    return value < high ? value : low < high ? std::nextafter(high, low) : low;
}

double Random::normal() {
    if (std::exchange(has_spare_normal_, false))
        return spare_normal_;
    const double radius = std::sqrt(-2.0 * std::log((bits() + 1.0) * 0x1p-32));
    const double angle = 2.0 * std::numbers::pi * (bits() * 0x1p-32);
    spare_normal_ = radius * std::sin(angle);
    has_spare_normal_ = true;
    return radius * std::cos(angle);
}

void Random::shuffle(std::span<std::size_t> values) {
    for (std::size_t i = values.size(); i > 1; --i)
        std::swap(values[i - 1], values[below(i)]);
}

std::vector<std::size_t> Random::permutation(std::size_t n) {
    auto order = as_error("Random::permutation", [n] { return std::vector<std::size_t>(n); });
    std::iota(order.begin(), order.end(), std::size_t{0});
    shuffle(order);
    return order;
}

void Random::fill_uniform_bits(std::uint64_t first_block, std::span<std::uint32_t> words) const {
    elementwise().philox_bits(seed_, stream_, first_block, words.size(), words.data());
}

} // namespace timeloom
