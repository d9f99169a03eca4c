// The loops over plain arrays: their values on every instruction set, and nothing beyond the end.
#include "timeloom/runtime/simd/elementwise.hpp"
#include "timeloom/runtime/simd/random.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace {

constexpr float infinity = std::numeric_limits<float>::infinity();
constexpr float not_a_number = std::numeric_limits<float>::quiet_NaN();

std::vector<float> random_values(std::size_t count, std::uint64_t stream) {
    timeloom::Random random(31, stream);
    std::vector<float> values(count);
    std::ranges::generate(values, [&] { return random.uniform(-1.0f, 1.0f); });
    return values;
}

/// Calls f(table, count) for every instruction set and lengths around those of vectors.
template <class F>
void for_every_loop(F&& f) {
    for (const timeloom::detail::ElementwiseTable* table : timeloom::detail::runnable_elementwise_tables()) {
        for (std::size_t count = 0; count <= 40; ++count) {
            CAPTURE(table->instruction_set, count);
            f(*table, count);
        }
    }
}

} // namespace

TEST_CASE("sums and products are those of single values") {
    for_every_loop([](const timeloom::detail::ElementwiseTable& table, std::size_t count) {
        const std::vector<float> before = random_values(count + 1, 1), values = random_values(count, 2);
        std::vector<float> sums = before, products = before;
        table.add(count, sums.data(), values.data());
        table.scale(0.3f, count, products.data());
        for (std::size_t i = 0; i < count; ++i) {
            CHECK(sums[i] == before[i] + values[i]);
            CHECK(products[i] == before[i] * 0.3f);
        }
        CHECK(sums[count] == before[count]);
        CHECK(products[count] == before[count]);
    });
}

TEST_CASE("the largest magnitude is infinite where a value is no number") {
    for_every_loop([](const timeloom::detail::ElementwiseTable& table, std::size_t count) {
        std::vector<float> values = random_values(count + 1, 3);
        values[count] = infinity; // beyond the end
        float largest = 0;
        for (std::size_t i = 0; i < count; ++i) {
            largest = std::max(largest, std::abs(values[i]));
        }
        CHECK(table.largest(count, values.data()) == largest);
        for (std::size_t i = 0; i < count; ++i) {
            for (const float bad : {not_a_number, -not_a_number, infinity, -infinity}) {
                std::vector<float> with_bad = values;
                with_bad[i] = bad;
                CHECK(table.largest(count, with_bad.data()) == infinity);
            }
        }
    });
}
