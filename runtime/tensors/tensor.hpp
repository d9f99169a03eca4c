// Owning, zero-initialised array of floats with a shape: what the runtime passes around.
#pragma once

#include "timeloom/runtime/base/aligned_buffer.hpp"
#include "timeloom/runtime/tensors/shape.hpp"

#include <cstddef>
#include <initializer_list>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace timeloom {

/// Row-major floats, axes in (batch, timesteps, features) order, first value on a 64-byte boundary.
/// A "row" is the last axis: a (2, 3, 4) tensor has 6 rows of 4 values, batch-major.
/// Throws Error, with the shapes in its text, for shapes that do not fit, for indices outside of the shape,
/// and where memory does not suffice. What data() and values() hand out is not checked. A moved-from tensor
/// is empty.
class Tensor {
  public:
    Tensor() : Tensor(Shape{0}) {}
    explicit Tensor(const Shape& shape) : shape_(shape), values_(shape.size()) {}
    Tensor(const Shape& shape, std::span<const float> values);
    Tensor(const Tensor&) = default;
    Tensor& operator=(const Tensor&) = default;
    Tensor(Tensor&& other) noexcept
        : shape_(std::exchange(other.shape_, Shape{0})), values_(std::move(other.values_)) {}
    Tensor& operator=(Tensor&& other) noexcept {
        shape_ = std::exchange(other.shape_, Shape{0});
        values_ = std::move(other.values_);
        return *this;
    }

    static Tensor from_values(const std::vector<float>& values);
    static Tensor from_rows(const std::vector<std::vector<float>>& rows);
    static Tensor from_sequences(const std::vector<std::vector<std::vector<float>>>& sequences);

    const Shape& shape() const { return shape_; }
    std::size_t rank() const { return shape_.rank(); }
    std::size_t size() const { return shape_.size(); }
    std::size_t rows() const { return row_size() == 0 ? 0 : size() / row_size(); }
    std::size_t row_size() const { return shape_.back(); }

    float* data() { return values_.data(); }
    const float* data() const { return values_.data(); }
    std::span<float> values() { return values_.span(); }
    std::span<const float> values() const { return values_.span(); }
    std::span<float> row(std::size_t index) {
        require_row(index);
        return values().subspan(index * row_size(), row_size());
    }
    std::span<const float> row(std::size_t index) const {
        require_row(index);
        return values().subspan(index * row_size(), row_size());
    }

    /// One index for each axis.
    template <class... Indices>
    float& operator()(Indices... indices) {
        return values_[offset(indices...)];
    }
    template <class... Indices>
    float operator()(Indices... indices) const {
        return values_[offset(indices...)];
    }

    void fill(float value);
    /// The same values under another shape; throws Error unless both shapes have the same number of values.
    void reshape(const Shape& shape);
    /// Throws Error, with both shapes and `what` in its text, unless the shape is `expected`.
    void require_shape(const Shape& expected, std::string_view what) const;

  private:
    template <class... Indices>
    std::size_t offset(Indices... indices) const {
        if (sizeof...(indices) != rank() || !lies_inside(indices...))
            refuse_indices({static_cast<std::size_t>(indices)...});
        std::size_t result = 0;
        std::size_t axis = 0;
        ((result = result * shape_[axis++] + static_cast<std::size_t>(indices)), ...);
        return result;
    }
    template <class... Indices>
    bool lies_inside(Indices... indices) const {
        std::size_t axis = 0;
        return ((static_cast<std::size_t>(indices) < shape_[axis++]) && ...);
    }
    void require_row(std::size_t index) const {
        if (index >= rows())
            refuse_row(index);
    }
    [[noreturn]] void refuse_row(std::size_t index) const;
    [[noreturn]] void refuse_indices(std::initializer_list<std::size_t> indices) const;

    Shape shape_;
    detail::aligned_buffer<float> values_;
};

} // namespace timeloom
