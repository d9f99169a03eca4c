// Counter-based random numbers: any word of any stream is a pure function of (seed, stream, position).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace timeloom {

/// What a stream of random numbers is for; streams of different purposes never overlap.
enum class RandomPurpose : std::uint8_t { general, initialisation, shuffling, dropout };

/// Number of the stream for one purpose, layer (below 2^16) and step (below 2^40).
constexpr std::uint64_t random_stream(RandomPurpose purpose, std::uint64_t layer = 0,
                                      std::uint64_t step = 0) {
    return static_cast<std::uint64_t>(purpose) << 56 | (layer & 0xffff) << 40 | (step & 0xff'ffff'ffff);
}

/// One block of Philox4x32-10 (Salmon, Moraes, Dror and Shaw 2011): ten rounds on `counter` under `key`.
std::array<std::uint32_t, 4> philox4x32(std::array<std::uint32_t, 4> counter,
                                        std::array<std::uint32_t, 2> key);

/// Sequential generator over one stream. Block b of the stream is
/// philox4x32({b mod 2^32, b / 2^32, stream mod 2^32, stream / 2^32}, {seed mod 2^32, seed / 2^32}).
/// Same (seed, stream) gives the same numbers, whatever the thread count.
class Random {
  public:
    explicit Random(std::uint64_t seed, std::uint64_t stream = 0) : seed_(seed), stream_(stream) {}

    std::uint32_t bits();
    /// Unbiased integer in [0, bound). Throws Error for a bound of 0.
    std::uint64_t below(std::uint64_t bound);
    /// Multiple of 2^-24 in [0, 1).
    float uniform();
    /// Uniform in [low, high); low when both are equal. Throws Error unless low <= high, both finite.
    float uniform(float low, float high);
    /// Standard normal, by the Box-Muller transform; magnitudes end at 6.66.
    double normal();

    /// Fisher-Yates, every order equally likely.
    void shuffle(std::span<std::size_t> values);
    /// The numbers 0 to n-1 in random order. Throws Error where memory cannot hold them.
    std::vector<std::size_t> permutation(std::size_t n);

    /// Words 4 * first_block and on of the stream, without moving the generator: threads may fill parts
    /// of one mask by starting at different blocks. Made for dropout masks; vectorised.
    void fill_uniform_bits(std::uint64_t first_block, std::span<std::uint32_t> words) const;

  private:
    std::uint64_t seed_;
    std::uint64_t stream_;
    std::uint64_t block_ = 0;
    std::array<std::uint32_t, 4> words_{};
    std::size_t used_ = 4;
    double spare_normal_ = 0.0;
    bool has_spare_normal_ = false;
};

} // namespace timeloom
