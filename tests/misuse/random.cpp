// Random numbers and initial values.
#include "misuse.hpp"

#include "timeloom/dsl/network/initializers.hpp"
#include "timeloom/runtime/parameters/initializers.hpp"
#include "timeloom/runtime/simd/random.hpp"

#include <cmath>
#include <vector>

namespace timeloom::tests {

namespace {

constexpr std::size_t half = huge_size / 2 + 1;
constexpr float nan = static_cast<float>(not_a_number), inf = static_cast<float>(infinity);
constexpr int initializer_count = static_cast<int>(Initializer::orthogonal) + 1;

} // namespace

TEST_CASE("random numbers of ranges that are none") {
    Random random(1);
    refuses("below 0", "at least 1", [&] { random.below(0); });
    accepts("below 1", [&] { CHECK(random.below(1) == 0); });
    accepts("below the largest", [&] { CHECK(random.below(huge_size) < huge_size); });
    const float ranges[][2] = {{1, 0},    {0, nan},    {nan, 0},   {nan, nan},      {0, inf},
                               {-inf, 0}, {-inf, inf}, {inf, inf}, {-3e38f, 3e38f}, {3e38f, -3e38f}};
    for (const auto& [low, high] : ranges)
        refuses("from " + std::to_string(low) + " to " + std::to_string(high), "must be finite and rise",
                [&, low = low, high = high] { random.uniform(low, high); });
    accepts("from 3 to 3", [&] { CHECK(random.uniform(3, 3) == 3); });
    for (const std::size_t n : {huge_size, half, huge_size / 8})
        refuses("a permutation of " + std::to_string(n), "memory", [&] { random.permutation(n); });
    accepts("a permutation of nothing", [&] { CHECK(random.permutation(0).empty()); });
    accepts("shuffling nothing", [&] { random.shuffle({}); });
    accepts("filling nothing", [&] { random.fill_uniform_bits(huge_size, {}); });
    std::vector<std::uint32_t> words(5);
    accepts("the last block", [&] { random.fill_uniform_bits(huge_size, words); });
    accepts("the largest seed", [] { CHECK(std::isfinite(Random(huge_size, huge_size).normal())); });
}

TEST_CASE("initial values of matrices that are none") {
    std::vector<float> six(6);
    for (int number = 0; number < initializer_count; ++number) {
        const auto kind = static_cast<Initializer>(number);
        const std::string name(to_string(kind));
        Random random(1);
        const std::size_t shapes[][2] = {{2, 2}, {0, 6}, {6, 0}, {7, 1}, {0, 0}};
        for (const auto& [rows, columns] : shapes)
            refuses(name + " of " + std::to_string(rows) + " by " + std::to_string(columns),
                    "there is room for 6",
                    [&, rows = rows, columns = columns] { initialize(kind, random, six, rows, columns); });
        const std::size_t sizes[][2] = {{half, 2}, {huge_size, huge_size}, {huge_size, 1}};
        for (const auto& [rows, columns] : sizes)
            refuses(name + " of " + std::to_string(rows), "memory",
                    [&, rows = rows, columns = columns] { initialize(kind, random, {}, rows, columns); });
        accepts(name + " of nothing", [&] {
            initialize(kind, random, {}, 0, 0);
            initialize(kind, random, {}, huge_size, 0);
            initialize(kind, random, {}, 0, huge_size);
        });
        accepts(name + " of fans that are none", [&] {
            if (kind != Initializer::orthogonal)
                initialize(declaration::default_initializer(kind), random, six, {0, 0});
            if (kind != Initializer::orthogonal)
                initialize(declaration::default_initializer(kind), random, six, {huge_size, huge_size});
            for (const float value : six)
                CHECK(std::isfinite(value));
        });
    }
    Random random(1);
    for (const double bad : {not_a_number, infinity, -infinity, 1e300, -1e300}) {
        const std::string text = std::to_string(bad);
        refuses("orthogonal with gain " + text, "gain",
                [&] { initialize(Initializer::orthogonal, random, six, 2, 3, bad); });
        refuses("orthogonal with gain " + text, "gain",
                [&] { initialize_orthogonal(random, six, 2, 3, bad); });
        refuses("constant " + text, "not finite",
                [&] { initialize(declaration::constant(bad), random, six, {}); });
        for (const auto& of_two :
             {declaration::random_normal(bad, 1), declaration::random_normal(0, bad),
              declaration::truncated_normal(bad, 1), declaration::truncated_normal(0, bad)})
            refuses("a normal of " + text, "not finite", [&] { initialize(of_two, random, six, {2, 3}); });
        refuses("a uniform to " + text, "finite", [&] {
            initialize(declaration::random_uniform(0, bad), random, six, {2, 3});
        });
        refuses("a uniform from " + text, "finite", [&] {
            initialize(declaration::random_uniform(bad, 0), random, six, {2, 3});
        });
    }
    refuses("a uniform that falls", "rise", [&] {
        initialize(declaration::random_uniform(1, 0), random, six, {2, 3});
    });
    refuses("orthogonal of other fans", "there is room for 6", [&] {
        initialize(declaration::orthogonal, random, six, {2, 2});
    });
    for (const int number : {-1, initializer_count, 200}) {
        const auto kind = static_cast<Initializer>(number);
        refuses("initializer " + std::to_string(number), "does not exist", [&] { to_string(kind); });
        refuses("values of initializer " + std::to_string(number), "does not exist", [&] {
            initialize(declaration::initializer{kind}, random, six, {2, 3});
        });
    }
    for (const char* const name : {"", "zero", "Zeros", "glorot", "zeros "})
        refuses(std::string("the initializer '") + name + "'", "choose one of",
                [&] { initializer_from_string(name); });
}

} // namespace timeloom::tests
