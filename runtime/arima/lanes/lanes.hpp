// Eight doubles, one for each series of a tile, as vectors of one instruction set.
#pragma once

#include "timeloom/runtime/plan/lag_filter.hpp"

#include <xsimd/xsimd.hpp>

#include <array>
#include <cstddef>

namespace timeloom::detail {

/// One value of every lane, as it lies in memory.
struct alignas(64) LaneRow {
    std::array<double, plan::series_lanes> lane{};

    double& operator[](std::size_t i) { return lane[i]; }
    double operator[](std::size_t i) const { return lane[i]; }
};

inline constexpr LaneRow lane_ones{{1, 1, 1, 1, 1, 1, 1, 1}};
inline constexpr LaneRow lane_halves{{0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5}};

/// The same in registers. Everything is a template over Arch, so that no function compiled with wider
/// instructions can be picked by the linker for another instruction set.
template <class Arch>
class Lanes {
  public:
    using batch = xsimd::batch<double, Arch>;
    static constexpr std::size_t batches = plan::series_lanes / batch::size;

    Lanes() : Lanes(0.0) {}
    explicit Lanes(double value) { parts_.fill(batch(value)); }
    Lanes(const LaneRow& row) { // NOLINT: a row is its lanes
        for (std::size_t i = 0; i < batches; ++i) {
            parts_[i] = batch::load_aligned(row.lane.data() + i * batch::size);
        }
    }
    void store(LaneRow& row) const {
        for (std::size_t i = 0; i < batches; ++i) {
            parts_[i].store_aligned(row.lane.data() + i * batch::size);
        }
    }

    friend Lanes operator+(const Lanes& a, const Lanes& b) {
        return map(a, b, [](const batch& x, const batch& y) { return x + y; });
    }
    friend Lanes operator-(const Lanes& a, const Lanes& b) {
        return map(a, b, [](const batch& x, const batch& y) { return x - y; });
    }
    friend Lanes operator*(const Lanes& a, const Lanes& b) {
        return map(a, b, [](const batch& x, const batch& y) { return x * y; });
    }
    friend Lanes operator/(const Lanes& a, const Lanes& b) {
        return map(a, b, [](const batch& x, const batch& y) { return x / y; });
    }
    Lanes operator-() const { return Lanes(0.0) - *this; }
    Lanes& operator+=(const Lanes& b) { return *this = *this + b; }
    Lanes& operator-=(const Lanes& b) { return *this = *this - b; }

    friend Lanes max(const Lanes& a, const Lanes& b) {
        return map(a, b, [](const batch& x, const batch& y) { return xsimd::max(x, y); });
    }
    friend Lanes min(const Lanes& a, const Lanes& b) {
        return map(a, b, [](const batch& x, const batch& y) { return xsimd::min(x, y); });
    }
    /// a where x is above zero, else b.
    friend Lanes where_positive(const Lanes& x, const Lanes& a, const Lanes& b) {
        Lanes result;
        for (std::size_t i = 0; i < batches; ++i) {
            result.parts_[i] = xsimd::select(x.parts_[i] > batch(0.0), a.parts_[i], b.parts_[i]);
        }
        return result;
    }
    friend Lanes sqrt(const Lanes& a) {
        return map(a, a, [](const batch& x, const batch&) { return xsimd::sqrt(x); });
    }
    friend Lanes log(const Lanes& a) {
        return map(a, a, [](const batch& x, const batch&) { return xsimd::log(x); });
    }

  private:
    template <class F>
    static Lanes map(const Lanes& a, const Lanes& b, const F& f) {
        Lanes result;
        for (std::size_t i = 0; i < batches; ++i) {
            result.parts_[i] = f(a.parts_[i], b.parts_[i]);
        }
        return result;
    }

    std::array<batch, batches> parts_;
};

} // namespace timeloom::detail
