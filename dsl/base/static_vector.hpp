// Fixed-capacity containers that a constant expression can build and a constexpr variable can keep.
#pragma once

#include "timeloom/runtime/error.hpp"

#include <array>
#include <cstddef>
#include <string_view>

namespace timeloom::declaration {

/// A vector of at most `Capacity` elements, stored in place. Going over the capacity throws (a compile error
/// in a constant expression).
template <class T, std::size_t Capacity>
class static_vector {
  public:
    constexpr static_vector() = default;

    constexpr int push_back(const T& value) {
        if (size_ == Capacity) {
            throw Error("the cell is larger than the graph's fixed capacity");
        }
        items_[size_] = value;
        return static_cast<int>(size_++);
    }

    constexpr int size() const { return static_cast<int>(size_); }
    constexpr bool empty() const { return size_ == 0; }
    constexpr T& operator[](int i) { return items_[static_cast<std::size_t>(i)]; }
    constexpr const T& operator[](int i) const { return items_[static_cast<std::size_t>(i)]; }
    constexpr T* begin() { return items_.data(); }
    constexpr T* end() { return items_.data() + size_; }
    constexpr const T* begin() const { return items_.data(); }
    constexpr const T* end() const { return items_.data() + size_; }

    /// Position of the first element equal to `value`, or -1.
    constexpr int find(const T& value) const {
        for (int i = 0; i < size(); ++i) {
            if ((*this)[i] == value) {
                return i;
            }
        }
        return -1;
    }

    /// Position of `value`, which is added when it is not there yet.
    constexpr int find_or_push_back(const T& value) {
        const int i = find(value);
        return i >= 0 ? i : push_back(value);
    }

    constexpr bool operator==(const static_vector& other) const {
        if (size_ != other.size_) {
            return false;
        }
        for (int i = 0; i < size(); ++i) {
            if (!((*this)[i] == other[i])) {
                return false;
            }
        }
        return true;
    }

  private:
    std::array<T, Capacity> items_{};
    std::size_t size_ = 0;
};

/// A string of at most `Capacity` characters, stored in place.
template <std::size_t Capacity>
class static_string {
  public:
    constexpr static_string() = default;
    constexpr static_string(std::string_view text) { append(text); }
    constexpr static_string(const char* text) { append(text); }

    constexpr void append(std::string_view text) {
        if (size_ + text.size() > Capacity) {
            throw Error("a text is longer than its fixed capacity");
        }
        for (const char c : text) {
            chars_[size_++] = c;
        }
    }

    constexpr std::string_view view() const { return {chars_.data(), size_}; }
    constexpr operator std::string_view() const { return view(); }
    constexpr bool empty() const { return size_ == 0; }
    constexpr bool operator==(const static_string& other) const { return view() == other.view(); }

  private:
    std::array<char, Capacity> chars_{};
    std::size_t size_ = 0;
};

/// Most characters of a name.
inline constexpr std::size_t name_capacity = 40;

/// A string literal as a template argument: `state<"h">`.
template <std::size_t N>
struct fixed_string {
    char chars[N]{};

    consteval fixed_string(const char (&text)[N]) {
        for (std::size_t i = 0; i < N; ++i) {
            chars[i] = text[i];
        }
    }

    constexpr std::string_view view() const { return {chars, N - 1}; }
};

} // namespace timeloom::declaration
