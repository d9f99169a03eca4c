// The numbers that operations of the DSL compute with in kernels: Halide expressions whose exp is made for
// vectors.
#pragma once

#include <Halide.h>

namespace timeloom::codegen {

/// exp(x): relative error below 1.5e-7 for |x| < 10, 4e-7 for all x; from 88.37 on it stays at 2.4e38, below
/// -87.33 at 1.2e-38.
Halide::Expr vector_exp(const Halide::Expr& x);

/// What `value` of an operation in dsl/ops.hpp is called with. Functions are found by their argument's type.
struct kernel_float {
    Halide::Expr expr;

    kernel_float(Halide::Expr e) : expr(std::move(e)) {}
    kernel_float(float number) : expr(number) {}

    friend kernel_float operator-(const kernel_float& x) { return -x.expr; }
    friend kernel_float operator+(const kernel_float& a, const kernel_float& b) { return a.expr + b.expr; }
    friend kernel_float operator-(const kernel_float& a, const kernel_float& b) { return a.expr - b.expr; }
    friend kernel_float operator*(const kernel_float& a, const kernel_float& b) { return a.expr * b.expr; }
    friend kernel_float operator/(const kernel_float& a, const kernel_float& b) { return a.expr / b.expr; }
    friend Halide::Expr operator<(const kernel_float& a, const kernel_float& b) { return a.expr < b.expr; }
    friend Halide::Expr operator>(const kernel_float& a, const kernel_float& b) { return a.expr > b.expr; }

    friend kernel_float abs(const kernel_float& x) { return Halide::abs(x.expr); }
    friend kernel_float exp(const kernel_float& x) { return vector_exp(x.expr); }
    friend kernel_float log(const kernel_float& x) { return Halide::log(x.expr); }
    friend kernel_float sqrt(const kernel_float& x) { return Halide::sqrt(x.expr); }
    friend kernel_float max(const kernel_float& a, const kernel_float& b) {
        return Halide::max(a.expr, b.expr);
    }
    friend kernel_float min(const kernel_float& a, const kernel_float& b) {
        return Halide::min(a.expr, b.expr);
    }
    friend kernel_float select(const Halide::Expr& condition, const kernel_float& yes,
                               const kernel_float& no) {
        return Halide::select(condition, yes.expr, no.expr);
    }
};

} // namespace timeloom::codegen
