// Numpy arrays as the runtime's tensors, and tensors as numpy arrays.
#pragma once

#include "arrays.hpp"

#include <timeloom/runtime/error.hpp>
#include <timeloom/runtime/tensors/inputs.hpp>
#include <timeloom/runtime/tensors/tensor.hpp>

#include <nanobind/ndarray.h>
#include <nanobind/stl/string.h>

#include <list>
#include <string>
#include <vector>

namespace timeloom_python {

using Floats = nb::ndarray<const float, nb::c_contig, nb::device::cpu>;
using Tokens = nb::ndarray<const std::int32_t, nb::ndim<2>, nb::c_contig, nb::device::cpu>;
using Lengths = Array<std::int32_t>;

inline timeloom::Shape shape_of(const Floats& array) {
    std::vector<std::size_t> extents;
    for (std::size_t i = 0; i < array.ndim(); ++i) {
        extents.push_back(array.shape(i));
    }
    return timeloom::Shape(std::span<const std::size_t>(extents));
}

inline timeloom::Tensor tensor_of(const Floats& array) {
    return {shape_of(array), std::span<const float>(array.data(), array.size())};
}

/// A numpy array that owns the tensor.
inline nb::object to_numpy(timeloom::Tensor tensor) {
    auto* owned = new timeloom::Tensor(std::move(tensor));
    nb::capsule owner(owned, [](void* p) noexcept { delete static_cast<timeloom::Tensor*>(p); });
    std::vector<std::size_t> extents;
    for (std::size_t i = 0; i < owned->rank(); ++i) {
        extents.push_back(owned->shape()[i]);
    }
    return nb::ndarray<nb::numpy, float>(owned->data(), extents.size(), extents.data(), owner).cast();
}

/// The inputs of a call, and the memory that they refer to. From a list of (array, lengths or None, "pre" or
/// "post") in the order of the model's inputs: float32 vectors or int32 token ids.
class HeldInputs {
  public:
    explicit HeldInputs(const nb::list& given) {
        for (const nb::handle item : given) {
            add(nb::cast<nb::tuple>(item));
        }
    }
    timeloom::Inputs inputs() const { return timeloom::Inputs(inputs_); }

  private:
    void add(const nb::tuple& given) {
        if (!given[1].is_none()) {
            lengths_.push_back(nb::cast<Lengths>(given[1]));
        }
        const bool is_ragged = !given[1].is_none();
        const std::span<const int> lengths = is_ragged ? span_of(lengths_.back()) : std::span<const int>{};
        using enum timeloom::SequenceEnd;
        const timeloom::SequenceEnd padding = nb::cast<std::string>(given[2]) == "pre" ? pre : post;
        if (Tokens tokens; nb::try_cast(given[0], tokens)) {
            tokens_.push_back({tokens.shape(0), tokens.shape(1), {tokens.data(), tokens.data() + tokens.size()}});
            is_ragged ? inputs_.emplace_back(tokens_.back(), lengths, padding) : inputs_.emplace_back(tokens_.back());
        } else {
            tensors_.push_back(tensor_of(nb::cast<Floats>(given[0])));
            is_ragged ? inputs_.emplace_back(tensors_.back(), lengths, padding) : inputs_.emplace_back(tensors_.back());
        }
    }

    std::list<timeloom::Tensor> tensors_;
    std::list<timeloom::TokenMatrix> tokens_;
    std::list<Lengths> lengths_;
    std::vector<timeloom::Input> inputs_;
};

} // namespace timeloom_python
