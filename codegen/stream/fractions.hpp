// Values of a step that wait to be divided, so that one division serves several of them.
#pragma once

#include "timeloom/codegen/stream/statements.hpp"

#include <map>
#include <vector>

namespace timeloom::codegen {

/// numerator / Π divisors; a divisor is known by its number.
struct fraction {
    Halide::Expr numerator;
    std::vector<int> divisors = {}; ///< in rising order
};

/// Sums and products of fractions without a division, each in a vector of the same length.
class Fractions {
  public:
    explicit Fractions(Statements& statements) : statements_(statements) {}

    /// sigmoid(x) and tanh(x), with absolute errors below 3.5e-7.
    fraction sigmoid(const Halide::Expr& x);
    fraction tanh(const Halide::Expr& x);

    fraction add(const fraction& a, const fraction& b);
    fraction subtract(const fraction& a, const fraction& b);
    fraction multiply(const fraction& a, const fraction& b);

    /// Divided now, if at all.
    Halide::Expr value(const fraction& f);

  private:
    /// x · p(y) and q(y), whose quotient is tanh(scale · x) / 2 or so.
    fraction quotient(const Halide::Expr& x, float scale, bool is_sigmoid);
    Halide::Expr over(const fraction& f, const std::vector<int>& divisors);
    Halide::Expr product_of(const std::vector<int>& divisors);

    Statements& statements_;
    std::vector<Halide::Expr> divisors_;
    std::map<std::vector<int>, Halide::Expr> products_;
};

} // namespace timeloom::codegen
