// Vectors of values that the rows of the table of operations can be applied to.
#pragma once

#include <Halide.h>

namespace timeloom::codegen {

/// A vector of floats, or a number for all of its lanes. What its operators and functions make are vectors,
/// as Halide's make scalars.
struct lane_values {
    Halide::Expr values;

    lane_values(Halide::Expr vector) : values(std::move(vector)) {}
    lane_values(float number) : values(number) {}
};

inline lane_values operator-(const lane_values& x) { return -x.values; }
inline lane_values operator+(const lane_values& a, const lane_values& b) { return a.values + b.values; }
inline lane_values operator-(const lane_values& a, const lane_values& b) { return a.values - b.values; }
inline lane_values operator*(const lane_values& a, const lane_values& b) { return a.values * b.values; }
inline lane_values operator/(const lane_values& a, const lane_values& b) { return a.values / b.values; }
inline Halide::Expr operator>(const lane_values& a, const lane_values& b) { return a.values > b.values; }
inline Halide::Expr operator<(const lane_values& a, const lane_values& b) { return a.values < b.values; }

inline lane_values select(const Halide::Expr& condition, const lane_values& yes, const lane_values& no) {
    const auto wide = [&](const lane_values& x) {
        const int lanes = condition.type().lanes();
        return x.values.type().lanes() == lanes ? x.values
                                                : Halide::Internal::Broadcast::make(x.values, lanes);
    };
    return Halide::Internal::Select::make(condition, wide(yes), wide(no));
}
inline lane_values min(const lane_values& a, const lane_values& b) { return Halide::min(a.values, b.values); }
inline lane_values max(const lane_values& a, const lane_values& b) { return Halide::max(a.values, b.values); }
inline lane_values abs(const lane_values& x) { return Halide::abs(x.values); }

/// A function that Halide knows by its name for one float.
inline lane_values function_of_lanes(const char* name, const lane_values& x) {
    using Halide::Internal::Call;
    return Call::make(x.values.type(), name, {x.values}, Call::PureExtern);
}
inline lane_values exp(const lane_values& x) { return function_of_lanes("exp_f32", x); }
inline lane_values log(const lane_values& x) { return function_of_lanes("log_f32", x); }
inline lane_values sqrt(const lane_values& x) { return function_of_lanes("sqrt_f32", x); }

} // namespace timeloom::codegen
