// Owning array of plain numbers, aligned to a cache line so that every vector width may load from its start.
#pragma once

#include "timeloom/runtime/error.hpp"

#include <cstddef>
#include <cstring>
#include <new>
#include <span>
#include <string>
#include <type_traits>
#include <utility>

namespace timeloom::detail {

/// Zero-initialised array of `size` values whose first value lies on a 64-byte boundary.
/// Also used alone, as the workspace of a kernel. Copyable and movable; a moved-from buffer is empty. Throws
/// Error where there is not enough memory.
template <class T>
class aligned_buffer {
    static_assert(std::is_trivially_copyable_v<T>, "aligned_buffer holds plain numbers only");

  public:
    static constexpr std::size_t alignment = 64;

    aligned_buffer() = default;
    explicit aligned_buffer(std::size_t size) : data_(allocate(size)), size_(size) {
        if (size_ != 0)
            std::memset(static_cast<void*>(data_), 0, size_ * sizeof(T));
    }
    aligned_buffer(const aligned_buffer& other) : data_(allocate(other.size_)), size_(other.size_) {
        if (size_ != 0)
            std::memcpy(static_cast<void*>(data_), other.data_, size_ * sizeof(T));
    }
    aligned_buffer(aligned_buffer&& other) noexcept
        : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}
    aligned_buffer& operator=(aligned_buffer other) noexcept {
        std::swap(data_, other.data_);
        std::swap(size_, other.size_);
        return *this;
    }
    ~aligned_buffer() { ::operator delete (data_, std::align_val_t{alignment}); }

    T* data() { return data_; }
    const T* data() const { return data_; }
    std::size_t size() const { return size_; }
    bool empty() const { return size_ == 0; }

    T& operator[](std::size_t index) { return data_[index]; }
    const T& operator[](std::size_t index) const { return data_[index]; }

    T* begin() { return data_; }
    T* end() { return data_ + size_; }
    const T* begin() const { return data_; }
    const T* end() const { return data_ + size_; }

    std::span<T> span() { return {data_, size_}; }
    std::span<const T> span() const { return {data_, size_}; }

    /// Makes room for at least `size` values; when it must grow, the old values are lost and all are zero.
    void reserve_zeroed(std::size_t size) {
        if (size > size_)
            *this = aligned_buffer(size);
    }

  private:
    static T* allocate(std::size_t size) {
        if (size == 0)
            return nullptr;
        constexpr std::size_t largest = static_cast<std::size_t>(PTRDIFF_MAX) / sizeof(T) - alignment;
        void* const memory =
            size > largest ? nullptr
                           : ::operator new (size * sizeof(T), std::align_val_t{alignment}, std::nothrow);
        if (memory == nullptr)
            throw Error("there is not enough memory for an array of " + std::to_string(size) +
                        " numbers; use less data at a time");
        return static_cast<T*>(memory);
    }

    T* data_ = nullptr;
    std::size_t size_ = 0;
};

} // namespace timeloom::detail
