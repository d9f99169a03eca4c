// Numpy arrays as spans, and vectors as numpy arrays, neither copied.
#pragma once

#include <timeloom/runtime/arima/data/regressors.hpp>

#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>

#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace timeloom_python {

namespace nb = nanobind;

template <class T>
using Array = nb::ndarray<const T, nb::ndim<1>, nb::c_contig, nb::device::cpu>;
using Doubles = Array<double>;
/// Regressors, (observations, columns).
using Matrix = nb::ndarray<const double, nb::ndim<2>, nb::c_contig, nb::device::cpu>;

template <class T>
std::span<const T> span_of(const Array<T>& array) {
    return {array.data(), array.size()};
}

inline timeloom::Regressors regressors_of(const std::optional<Matrix>& exog) {
    return exog ? timeloom::Regressors{{exog->data(), exog->size()}, exog->shape(1)} : timeloom::Regressors{};
}

/// A numpy array that owns the vector; its shape is (size) unless given.
template <class T>
nb::object to_numpy(std::vector<T> values, std::optional<std::pair<std::size_t, std::size_t>> shape = {}) {
    auto* owned = new std::vector<T>(std::move(values));
    nb::capsule owner(owned, [](void* p) noexcept { delete static_cast<std::vector<T>*>(p); });
    if (shape) {
        return nb::ndarray<nb::numpy, T, nb::ndim<2>>(owned->data(), {shape->first, shape->second}, owner)
            .cast();
    }
    return nb::ndarray<nb::numpy, T, nb::ndim<1>>(owned->data(), {owned->size()}, owner).cast();
}

/// What `compute` returns, computed while other Python threads run.
template <class F>
auto without_lock(F&& compute) {
    const nb::gil_scoped_release released;
    return compute();
}

} // namespace timeloom_python
