// The extents of a tensor, kept without heap memory.
#pragma once

#include <array>
#include <cstddef>
#include <initializer_list>
#include <span>
#include <string>

namespace timeloom {

/// Extents of a row-major tensor, outermost first: (batch, timesteps, features). At most 6 axes.
/// Throws Error for more axes, or when the number of values does not fit in memory.
class Shape {
  public:
    static constexpr std::size_t max_rank = 6;

    Shape() = default;
    Shape(std::initializer_list<std::size_t> extents);
    explicit Shape(std::span<const std::size_t> extents);

    std::size_t rank() const { return rank_; }
    /// Product of the extents; 1 for a shape without axes (a scalar).
    std::size_t size() const { return size_; }
    /// Throws Error for an axis that the shape does not have.
    std::size_t operator[](std::size_t axis) const {
        if (axis >= rank_)
            refuse_axis(axis);
        return extents_[axis];
    }
    /// Extent of the last axis; 1 for a scalar.
    std::size_t back() const { return rank_ == 0 ? 1 : extents_[rank_ - 1]; }

    const std::size_t* begin() const { return extents_.data(); }
    const std::size_t* end() const { return extents_.data() + rank_; }

    friend bool operator==(const Shape& a, const Shape& b) {
        return a.rank_ == b.rank_ && a.extents_ == b.extents_;
    }

  private:
    [[noreturn]] void refuse_axis(std::size_t axis) const;

    std::array<std::size_t, max_rank> extents_{};
    std::size_t rank_ = 0;
    std::size_t size_ = 1;
};

/// The shape as Keras prints it, for example "(32, 24, 1)" or "(32,)".
std::string to_string(const Shape& shape);

} // namespace timeloom
