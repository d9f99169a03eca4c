// A row of the table of operations as Halide code.
#pragma once

#include "timeloom/dsl/cells/ops.hpp"

#include <Halide.h>

namespace timeloom::codegen {

/// Value of operation `row` on `a` (and `b`, for binary operations).
inline Halide::Expr lower_operation(int row, const Halide::Expr& a, const Halide::Expr& b) {
    Halide::Expr result;
    declaration::visit_operation(row, [&](auto op) {
        if constexpr (op.arity == 1) {
            result = op.value(a);
        } else {
            result = op.value(a, b);
        }
    });
    return result;
}

/// True if operation `row` is a quotient that may be multiplied out with others.
inline bool is_fraction(int row) {
    bool result = false;
    declaration::visit_operation(row, [&](auto op) {
        result = requires { op.is_fraction; };
    });
    return result;
}

} // namespace timeloom::codegen
