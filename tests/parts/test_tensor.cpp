// Tensor, Shape and aligned_buffer.
#include "timeloom/runtime/error.hpp"
#include "timeloom/runtime/tensors/tensor.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <utility>

using Catch::Matchers::Contains;
using timeloom::Error;
using timeloom::Shape;
using timeloom::Tensor;
using timeloom::detail::aligned_buffer;

namespace {

bool is_aligned(const float* pointer) { return reinterpret_cast<std::uintptr_t>(pointer) % 64 == 0; }

} // namespace

TEST_CASE("a new tensor is zero and starts on a cache line") {
    for (const std::size_t features : {1u, 3u, 17u, 1000u}) {
        const Tensor tensor(Shape{2, 3, features});
        CHECK(is_aligned(tensor.data()));
        CHECK(tensor.size() == 6 * features);
        CHECK(std::all_of(tensor.values().begin(), tensor.values().end(), [](float v) { return v == 0.0f; }));
    }
}

TEST_CASE("indices and rows are row-major, batch first") {
    Tensor tensor(Shape{2, 3, 4});
    for (std::size_t i = 0; i < tensor.size(); ++i)
        tensor.values()[i] = static_cast<float>(i);
    CHECK(tensor(1, 2, 3) == 23.0f);
    CHECK(tensor(0, 1, 2) == 6.0f);
    CHECK(tensor.rows() == 6);
    CHECK(tensor.row(4)[1] == 17.0f);
    tensor(1, 0, 0) = -1.0f;
    CHECK(tensor.values()[12] == -1.0f);
}

TEST_CASE("nested data") {
    CHECK(Tensor::from_values({1, 2, 3}).shape() == Shape{3});
    const Tensor rows = Tensor::from_rows({{1, 2}, {3, 4}, {5, 6}});
    CHECK(rows.shape() == Shape{3, 2});
    CHECK(rows(2, 0) == 5.0f);
    const Tensor sequences = Tensor::from_sequences({{{1}, {2}}, {{3}, {4}}});
    CHECK(sequences.shape() == Shape{2, 2, 1});
    CHECK(sequences(1, 0, 0) == 3.0f);
    CHECK_THROWS_WITH(Tensor::from_rows({{1, 2}, {3}}), Contains("Row 1 has 1") && Contains("first has 2"));
    CHECK_THROWS_WITH(Tensor::from_sequences({{{1}, {2, 3}}}), Contains("Sequence 0, timestep 1"));
}

TEST_CASE("copies are deep, moves leave nothing behind") {
    Tensor first = Tensor::from_values({1, 2, 3});
    Tensor copy = first;
    copy(0) = 9.0f;
    CHECK(first(0) == 1.0f);
    const float* const data = first.data();
    const Tensor moved = std::move(first);
    CHECK(moved.data() == data);
    copy = moved;
    CHECK(copy(0) == 1.0f);
}

TEST_CASE("shapes that do not fit are told with both shapes") {
    Tensor tensor(Shape{2, 3});
    CHECK_THROWS_WITH(tensor.require_shape(Shape{3, 2}, "kernel"),
                      Contains("kernel") && Contains("(2, 3)") && Contains("(3, 2)"));
    CHECK_NOTHROW(tensor.require_shape(Shape{2, 3}, "kernel"));
    CHECK_THROWS_WITH(tensor.reshape(Shape{4}), Contains("(2, 3)") && Contains("(4,)"));
    tensor.reshape(Shape{6});
    CHECK(tensor.shape() == Shape{6});
    const std::vector<float> five(5);
    CHECK_THROWS_WITH(Tensor(Shape{2, 3}, five), Contains("(2, 3)") && Contains("(5,)"));
}

TEST_CASE("shapes: size, text and limits") {
    CHECK(Shape{}.size() == 1);
    CHECK(Shape{3, 0, 2}.size() == 0);
    CHECK(Tensor(Shape{3, 0}).rows() == 0);
    CHECK(to_string(Shape{32, 24, 1}) == "(32, 24, 1)");
    CHECK(to_string(Shape{32}) == "(32,)");
    const std::size_t huge = std::numeric_limits<std::size_t>::max() / 2;
    CHECK_THROWS_AS((Shape{huge, huge}), Error);
    CHECK_NOTHROW(Shape{huge, 0});
    CHECK_THROWS_AS((Shape{1, 1, 1, 1, 1, 1, 1}), Error);
}

TEST_CASE("a workspace grows only when it must") {
    aligned_buffer<float> workspace;
    workspace.reserve_zeroed(10);
    workspace[3] = 1.0f;
    const float* const data = workspace.data();
    workspace.reserve_zeroed(5);
    CHECK(workspace.data() == data);
    workspace.reserve_zeroed(100);
    CHECK(workspace.size() == 100);
    CHECK(workspace[3] == 0.0f);
    CHECK(is_aligned(workspace.data()));
}
