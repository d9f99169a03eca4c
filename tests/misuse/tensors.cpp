// Shapes, tensors, buffers and what a model reads.
#include "misuse.hpp"

#include "timeloom/runtime/base/aligned_buffer.hpp"
#include "timeloom/runtime/tensors/inputs.hpp"
#include "timeloom/runtime/tensors/tensor.hpp"

#include <vector>

namespace timeloom::tests {

using namespace detail;

namespace {

constexpr std::size_t half = huge_size / 2 + 1; // 2^63

} // namespace

TEST_CASE("shapes that no memory holds") {
    struct Case {
        std::vector<std::size_t> extents;
        const char* part;
    };
    const Case cases[] = {
        {{huge_size}, "too many values"},
        {{half}, "too many values"},
        {{std::size_t{1} << 61}, "too many values"},
        {{half, 2}, "too many values"},
        {{2, half}, "too many values"},
        {{huge_size, huge_size}, "too many values"},
        {{std::size_t{1} << 32, std::size_t{1} << 32}, "too many values"},
        {{3, 5, huge_size / 15 + 1}, "too many values"},
        {{1, 1, 1, 1, 1, huge_size}, "too many values"},
        {{1, 2, 3, 4, 5, 6, 7}, "at most 6 axes, but 7"},
        {{0, 0, 0, 0, 0, 0, 0}, "at most 6 axes, but 7"},
        {std::vector<std::size_t>(100, 1), "at most 6 axes, but 100"},
    };
    for (const Case& c : cases)
        refuses("a shape of " + std::to_string(c.extents.size()) + " axes", c.part,
                [&] { Shape(std::span(c.extents)); });
    for (const std::size_t large : {std::size_t{1} << 58, std::size_t{1} << 60, (std::size_t{1} << 61) - 1})
        refuses("a tensor of " + std::to_string(large), "memory", [&] { Tensor(Shape{large}); });
    // Nothing times anything is nothing.
    for (const auto& extents : {std::vector<std::size_t>{0, huge_size}, {huge_size, 0}, {half, half, 0}})
        accepts("an empty shape with a huge axis",
                [&] { CHECK(Tensor(Shape(std::span(extents))).size() == 0); });
    accepts("a scalar", [] { CHECK(Tensor(Shape{}).size() == 1); });
}

TEST_CASE("axes that a shape does not have") {
    const Shape shapes[] = {Shape{}, Shape{0}, Shape{2}, Shape{2, 3, 4}, Shape{1, 1, 1, 1, 1, 1}};
    for (const Shape& shape : shapes) {
        for (const std::size_t axis :
             {shape.rank(), shape.rank() + 1, std::size_t{6}, std::size_t{7}, half, huge_size})
            refuses("axis " + std::to_string(axis) + " of " + to_string(shape), "no axis",
                    [&] { shape[axis]; });
        accepts("the last axis of " + to_string(shape), [&] { shape.back(); });
    }
}

TEST_CASE("rows and indices beyond a tensor") {
    for (const Shape& shape : {Shape{3, 2}, Shape{2, 3, 4}, Shape{5}, Shape{0, 4}, Shape{4, 0}, Shape{}}) {
        Tensor tensor(shape);
        const Tensor& constant = tensor;
        for (const std::size_t row : {tensor.rows(), tensor.rows() + 1, half, huge_size}) {
            const std::string what = "row " + std::to_string(row) + " of " + to_string(shape);
            refuses(what, "there is no row", [&] { tensor.row(row); });
            refuses(what, "there is no row", [&] { constant.row(row); });
        }
    }
    Tensor matrix({3, 2});
    const auto refuse_index = [&](auto... indices) {
        refuses("indices of a (3, 2) tensor", "(3, 2)", [&] { matrix(indices...) = 1; });
        refuses("indices of a (3, 2) tensor", "(3, 2)", [&] { std::as_const(matrix)(indices...); });
    };
    refuse_index(3, 0);
    refuse_index(0, 2);
    refuse_index(2, 2);
    refuse_index(-1, 0);
    refuse_index(0, -1);
    refuse_index(huge_size, huge_size);
    refuse_index(half, std::size_t{0});
    refuse_index(0);
    refuse_index(5);
    refuse_index();
    refuse_index(0, 0, 0);
    refuse_index(0, 0, 0, 0, 0, 0, 0);
    accepts("the last element", [&] { matrix(2, 1) = 1; });
    accepts("a scalar's element", [] { CHECK(Tensor(Shape{})() == 0); });
}

TEST_CASE("tensors of values that do not fit") {
    const std::vector<float> six(6);
    for (const Shape& shape :
         {Shape{}, Shape{0}, Shape{5}, Shape{7}, Shape{2, 2}, Shape{6, 2}, Shape{0, huge_size}})
        refuses("six values as " + to_string(shape), "values", [&] { Tensor(shape, six); });
    refuses("values for nothing", "needs 6", [] { Tensor(Shape{6}, std::span<const float>()); });
    refuses("rows of two lengths", "Row 1", [] { Tensor::from_rows({{1, 2}, {3}}); });
    refuses("a row too long", "Row 2", [] { Tensor::from_rows({{1}, {2}, {3, 4}}); });
    refuses("a row behind an empty one", "Row 1", [] { Tensor::from_rows({{}, {1}}); });
    refuses("sequences of two lengths", "Sequence 1", [] { Tensor::from_sequences({{{1}, {2}}, {{3}}}); });
    refuses("steps of two widths", "timestep 1", [] { Tensor::from_sequences({{{1}, {2, 3}}}); });
    refuses("an empty sequence", "Sequence 1", [] { Tensor::from_sequences({{{1}}, {}}); });
    accepts("no rows", [] { CHECK(Tensor::from_rows({}).size() == 0); });
    accepts("rows of nothing", [] { CHECK(Tensor::from_rows({{}, {}}).rows() == 0); });
    accepts("no sequences", [] { CHECK(Tensor::from_sequences({}).size() == 0); });
    accepts("no values", [] { CHECK(Tensor::from_values({}).size() == 0); });
    Tensor tensor({2, 3});
    for (const Shape& shape : {Shape{}, Shape{0}, Shape{5}, Shape{2, 2}, Shape{6, 2}}) {
        refuses("reshaped to " + to_string(shape), "cannot be reshaped", [&] { tensor.reshape(shape); });
        refuses("required to be " + to_string(shape), "the thing",
                [&] { tensor.require_shape(shape, "the thing"); });
    }
    CHECK(tensor.shape() == Shape{2, 3});
}

TEST_CASE("tensors and buffers that were moved from are empty") {
    Tensor tensor({2, 3});
    const Tensor moved = std::move(tensor);
    accepts("its size", [&] { CHECK(tensor.size() == 0); });
    accepts("its rows", [&] { CHECK(tensor.rows() == 0); });
    accepts("its shape", [&] { CHECK(tensor.shape() == Shape{0}); });
    accepts("its values", [&] { CHECK(tensor.values().empty()); });
    accepts("filled", [&] { tensor.fill(1); });
    accepts("copied", [&] { CHECK(Tensor(tensor).size() == 0); });
    refuses("its row", "no row", [&] { tensor.row(0); });
    refuses("its element", "do not lie within", [&] { tensor(0); });
    refuses("reshaped", "cannot be reshaped", [&] { tensor.reshape({2, 3}); });
    Tensor assigned;
    assigned = std::move(tensor);
    accepts("moved again", [&] { CHECK((assigned.size() == 0 && tensor.size() == 0)); });
    accepts("assigned to", [&] {
        tensor = moved;
        CHECK(tensor.shape() == Shape{2, 3});
    });
    for (const std::size_t size : {huge_size, half, huge_size / 4, huge_size / 8 - 63})
        refuses("a buffer of " + std::to_string(size), "memory", [&] { aligned_buffer<float>{size}; });
    accepts("a buffer of nothing", [] { CHECK(aligned_buffer<float>(0).empty()); });
    aligned_buffer<float> buffer(3);
    refuses("more room than there is", "memory", [&] { buffer.reserve_zeroed(huge_size); });
    accepts("and it is as it was", [&] { CHECK(buffer.size() == 3); });
}

TEST_CASE("inputs that are none") {
    const Tensor values({4, 2, 1});
    const TokenMatrix tokens{4, 2, std::vector<std::int32_t>(8)};
    const std::vector<int> lengths{1, 2};
    const Inputs none{};
    accepts("rows of no inputs", [&] { CHECK(none.rows() == 0); });
    for (const std::size_t i : {std::size_t{0}, std::size_t{1}, half, huge_size})
        refuses("input " + std::to_string(i) + " of none", "no input", [&] { none[i]; });
    for (const std::size_t i : {std::size_t{1}, huge_size})
        refuses("input " + std::to_string(i) + " of one", "no input",
                [&] { static_cast<void>(Inputs(values)[i]); });
    refuses("the tokens of vectors", "vectors()", [&] { Input(values).tokens(); });
    refuses("the vectors of tokens", "tokens()", [&] { Input(tokens).vectors(); });
    accepts("the rows of a scalar", [] {
        const Tensor scalar(Shape{});
        CHECK(Input(scalar).rows() == 0);
    });
    accepts("a step without lengths", [&] { CHECK(Input(values).counts(huge_size, huge_size, 0)); });
    for (const std::size_t sample : {std::size_t{2}, half, huge_size})
        refuses("the length of sample " + std::to_string(sample), "no sample",
                [&] { Input(values, lengths).counts(sample, 0, 2); });
}

} // namespace timeloom::tests
