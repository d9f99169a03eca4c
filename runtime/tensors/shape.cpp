// The extents of a tensor, kept without heap memory.
#include "timeloom/runtime/tensors/shape.hpp"

#include "timeloom/runtime/error.hpp"

#include <algorithm>

namespace timeloom {

Shape::Shape(std::initializer_list<std::size_t> extents)
    : Shape(std::span<const std::size_t>(extents.begin(), extents.size())) {}

Shape::Shape(std::span<const std::size_t> extents) : rank_(extents.size()) {
    if (rank_ > max_rank)
        throw Error("a tensor has at most " + std::to_string(max_rank) + " axes, but " +
                    std::to_string(extents.size()) + " extents were given");
    std::copy(extents.begin(), extents.end(), extents_.begin());
    const bool empty = std::find(extents.begin(), extents.end(), 0) != extents.end();
    if (empty) {
        size_ = 0;
        return;
    }
    constexpr std::size_t largest = static_cast<std::size_t>(PTRDIFF_MAX) / sizeof(float);
    for (const std::size_t extent : extents) {
        if (extent > largest / size_)
            throw Error("a tensor of shape " + to_string(*this) + " has too many values for memory");
        size_ *= extent;
    }
}

void Shape::refuse_axis(std::size_t axis) const {
    throw Error("a tensor of shape " + to_string(*this) + " has no axis " + std::to_string(axis) +
                "; axes count from 0");
}

std::string to_string(const Shape& shape) {
    std::string text = "(";
    for (std::size_t axis = 0; axis < shape.rank(); ++axis)
        text += (axis == 0 ? "" : ", ") + std::to_string(shape[axis]);
    return text + (shape.rank() == 1 ? ",)" : ")");
}

} // namespace timeloom
