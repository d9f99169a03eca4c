#include "timeloom/codegen/kernel_float.hpp"

namespace timeloom::codegen {

using namespace Halide;

/// exp(x) = 2^n · exp(r) with n = round(x / ln 2), |r| <= ln 2 / 2. Adding 1.5 · 2^23 rounds to a whole
/// number, which then stands in the low bits; going through them keeps the compiler from taking the sum
/// apart. The polynomial is (exp(r) - 1 - r) / r² with the least largest relative error of exp(r), 3e-9.
Expr vector_exp(const Expr& x) {
    constexpr float lowest = -87.33f, highest = 88.37f;
    const Expr magic_bits = cast<std::uint32_t>(0x4b400000); // of 1.5 · 2^23
    const Expr bounded = min(max(x, lowest), highest);
    const Expr shifted = bounded * 1.44269504f + 12582912.0f;
    const Expr bits = reinterpret<std::uint32_t>(shifted);
    const Expr n = cast<float>(reinterpret<int>(bits - magic_bits));
    const Expr r = bounded - n * 0.693147181f;
    Expr p = 1.381453825e-3f;
    for (const float c : {8.368745446e-3f, 4.166838899e-2f, 0.1666652113f, 0.4999999404f}) {
        p = p * r + c;
    }
    const Expr y = (p * (r * r) + r) + 1.0f;
    return reinterpret<float>(reinterpret<std::uint32_t>(y) + (bits << 23));
}

} // namespace timeloom::codegen
