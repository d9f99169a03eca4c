// Philox, its streams, and what is drawn from them.
#include "timeloom/runtime/simd/elementwise.hpp"
#include "timeloom/runtime/simd/random.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <set>
#include <vector>

using timeloom::philox4x32;
using timeloom::Random;
using timeloom::random_stream;
using timeloom::RandomPurpose;
using Block = std::array<std::uint32_t, 4>;

TEST_CASE("Philox4x32-10 gives the published known answers") {
    CHECK(philox4x32({0, 0, 0, 0}, {0, 0}) == Block{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8});
    CHECK(philox4x32({0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff}, {0xffffffff, 0xffffffff}) ==
          Block{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd});
    CHECK(philox4x32({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}) ==
          Block{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1});
}

TEST_CASE("bulk words are the blocks of the stream on every instruction set") {
    const std::uint64_t seed = 0x1234'5678'9abc'def0, stream = 0x0fed'cba9'8765'4321;
    // The second start carries into the counter's upper half within the first blocks.
    for (const std::uint64_t first_block : {std::uint64_t{0}, std::uint64_t{0xffff'fffa}})
        for (const timeloom::detail::ElementwiseTable* table :
             timeloom::detail::runnable_elementwise_tables())
            for (const std::size_t count : {0, 1, 3, 4, 63, 64, 65, 200}) {
                CAPTURE(table->instruction_set, count, first_block);
                std::vector<std::uint32_t> words(count + 1, 7);
                table->philox_bits(seed, stream, first_block, count, words.data());
                CHECK(words[count] == 7);
                for (std::size_t i = 0; i < count; ++i) {
                    const std::uint64_t block = first_block + i / 4;
                    const auto low = [](std::uint64_t v) { return static_cast<std::uint32_t>(v); };
                    const Block expected =
                        philox4x32({low(block), low(block >> 32), low(stream), low(stream >> 32)},
                                   {low(seed), low(seed >> 32)});
                    REQUIRE(words[i] == expected[i % 4]);
                }
            }
}

TEST_CASE("bits and fill_uniform_bits agree, and filling does not move the generator") {
    Random random(5, 6);
    std::vector<std::uint32_t> words(40);
    random.fill_uniform_bits(0, words);
    for (const std::uint32_t word : words)
        REQUIRE(random.bits() == word);
    std::vector<std::uint32_t> tail(20);
    random.fill_uniform_bits(5, tail);
    CHECK(std::equal(tail.begin(), tail.end(), words.begin() + 20));
}

TEST_CASE("streams of purposes, layers and steps differ") {
    std::set<std::uint64_t> streams;
    for (const RandomPurpose purpose : {RandomPurpose::general, RandomPurpose::initialisation,
                                        RandomPurpose::shuffling, RandomPurpose::dropout})
        for (const std::uint64_t layer : {0, 1, 65535})
            for (const std::uint64_t step : {0, 1, 1'000'000'000})
                streams.insert(random_stream(purpose, layer, step));
    CHECK(streams.size() == 4 * 3 * 3);
    CHECK(Random(1, 0).bits() != Random(1, 1).bits());
    CHECK(Random(1, 0).bits() != Random(2, 0).bits());
}

// Bounds at 5 standard errors; the seeds are fixed, so a test that passes once passes always.
TEST_CASE("uniform floats fill [0, 1) evenly") {
    Random random(11);
    constexpr int draws = 100'000, bins = 20;
    std::array<int, bins> counts{};
    for (int i = 0; i < draws; ++i) {
        const float value = random.uniform();
        REQUIRE(value >= 0.0f);
        REQUIRE(value < 1.0f);
        ++counts[static_cast<std::size_t>(value * bins)];
    }
    const double expected = draws / bins, deviation = std::sqrt(expected * (1.0 - 1.0 / bins));
    for (const int count : counts)
        CHECK(std::abs(count - expected) < 5.0 * deviation);
}

TEST_CASE("uniform in [a, b) stays inside") {
    Random random(12);
    for (int i = 0; i < 10'000; ++i) {
        const float value = random.uniform(1.0f, std::nextafter(1.0f, 2.0f));
        REQUIRE(value == 1.0f);
        const float wide = random.uniform(-3.0f, 5.0f);
        REQUIRE((wide >= -3.0f && wide < 5.0f));
    }
    CHECK(random.uniform(2.0f, 2.0f) == 2.0f);
}

TEST_CASE("normal draws have the moments of the normal distribution") {
    Random random(13);
    constexpr int draws = 200'000;
    double sums[4] = {};
    for (int i = 0; i < draws; ++i) {
        const double value = random.normal();
        REQUIRE(std::isfinite(value));
        double power = 1.0;
        for (double& sum : sums)
            sum += power *= value;
    }
    // Moments 0, 1, 0, 3; the variances of z, z^2, z^3, z^4 are 1, 2, 15, 96.
    const double expected[4] = {0.0, 1.0, 0.0, 3.0}, variances[4] = {1.0, 2.0, 15.0, 96.0};
    for (int i = 0; i < 4; ++i) {
        CAPTURE(i);
        CHECK(std::abs(sums[i] / draws - expected[i]) < 5.0 * std::sqrt(variances[i] / draws));
    }
}

TEST_CASE("bounded integers and permutations are unbiased") {
    Random random(14);
    constexpr int draws = 60'000;
    std::map<std::uint64_t, int> counts;
    for (int i = 0; i < draws; ++i)
        ++counts[random.below(6)];
    REQUIRE(counts.size() == 6);
    CHECK(counts.rbegin()->first == 5);
    for (const auto& [value, count] : counts)
        CHECK(std::abs(count - draws / 6.0) < 5.0 * std::sqrt(draws * 5.0 / 36.0));

    std::map<std::vector<std::size_t>, int> orders;
    for (int i = 0; i < draws; ++i)
        ++orders[random.permutation(4)];
    REQUIRE(orders.size() == 24);
    for (const auto& [order, count] : orders)
        CHECK(std::abs(count - draws / 24.0) < 5.0 * std::sqrt(draws * 23.0 / 576.0));
}

TEST_CASE("bounded integers at the ends of the range") {
    Random random(15);
    CHECK(random.below(1) == 0);
    const std::uint64_t large = (std::uint64_t{1} << 63) + 1;
    bool beyond_32_bits = false;
    for (int i = 0; i < 100; ++i) {
        const std::uint64_t value = random.below(large);
        REQUIRE(value < large);
        beyond_32_bits |= value > 0xffffffff;
    }
    CHECK(beyond_32_bits);
    CHECK(random.permutation(0).empty());
}
