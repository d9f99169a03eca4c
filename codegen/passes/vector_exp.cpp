#include "timeloom/codegen/passes/vector_exp.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

namespace timeloom::codegen {

namespace {

using namespace Halide;
using namespace Halide::Internal;

/// Values that get names, each of them computed once.
class NamedValues {
  public:
    Expr add(const std::string& name, const Expr& value) {
        lets_.emplace_back(unique_name(name), value);
        return Variable::make(value.type(), lets_.back().first);
    }
    Expr around(Expr body) const {
        for (std::size_t i = lets_.size(); i-- > 0;) {
            body = Let::make(lets_[i].first, lets_[i].second, body);
        }
        return body;
    }

  private:
    std::vector<std::pair<std::string, Expr>> lets_;
};

/// factor · base: a factor that is plus or minus a power of two, or 1 where none is to be seen.
struct scaled {
    Expr base;
    float factor = 1;
};

bool is_exact_factor(double factor) {
    int exponent = 0;
    return std::abs(std::frexp(factor, &exponent)) == 0.5 && std::abs(exponent) < 8;
}

scaled as_scaled(const Expr& x) {
    if (const Sub* sub = x.as<Sub>(); sub != nullptr && is_const_zero(sub->a)) {
        return {sub->b, -1};
    }
    const Mul* mul = x.as<Mul>();
    const auto factor = mul != nullptr ? as_const_float(mul->b) : std::nullopt;
    return factor && is_exact_factor(*factor) ? scaled{mul->a, static_cast<float>(*factor)} : scaled{x};
}

/// min(max(x, lowest), highest), less the lower bound where x is no less.
Expr bounded(const Expr& x, float lowest, float highest) {
    return lowest <= 0 && Call::as_intrinsic(x, {Call::abs}) != nullptr ? min(x, highest)
                                                                        : min(max(x, lowest), highest);
}

/// exp(x) = 2^n · exp(r) with n = round(x / ln 2), |r| <= ln 2 / 2. Adding 1.5 · 2^23 rounds to a whole
/// number, which then stands in the low bits; going through them keeps the compiler from taking the sum
/// apart. The polynomial is (exp(r) - 1 - r) / r² with the least largest relative error of exp(r), 3e-9.
/// A factor of x goes into the constants: all of this is done to x and r divided by it.
Expr vector_exp(const Expr& argument) {
    constexpr float lowest = -87.33f, highest = 88.37f, ln_2 = 0.693147181f;
    const auto [x, f] = as_scaled(argument);
    const float f_2 = f * f;
    const Type floats = x.type(), whole = UInt(32, floats.lanes()), with_sign = Int(32, floats.lanes());
    const Expr magic_bits = make_const(whole, 0x4b400000); // of 1.5 · 2^23
    NamedValues values;
    const Expr part = values.add(
        "bounded", bounded(x, std::min(lowest / f, highest / f), std::max(lowest / f, highest / f)));
    const Expr bits = values.add("bits", reinterpret(whole, part * (1.44269504f * f) + 12582912.0f));
    const Expr n = cast(floats, reinterpret(with_sign, bits - magic_bits));
    const Expr r = values.add("r", part - n * (ln_2 / f));
    // In pairs, which do not wait for each other.
    const Expr r_2 = values.add("r_2", r * r);
    const Expr high = (r * (8.368745446e-3f * f_2 * f_2 * f) + 4.166838899e-2f * f_2 * f_2) +
                      r_2 * (1.381453825e-3f * f_2 * f_2 * f_2);
    const Expr p = high * r_2 + (r * (0.1666652113f * f_2 * f) + 0.4999999404f * f_2);
    const Expr y = p * r_2 + (r * f + 1.0f);
    return values.around(reinterpret(floats, reinterpret(whole, y) + (bits << make_const(whole, 23))));
}

class ExpandExp : public IRMutator {
    using IRMutator::visit;

    Expr visit(const Call* call) override {
        if (call->name != "exp_f32" || !call->type.is_vector()) {
            return IRMutator::visit(call);
        }
        return vector_exp(mutate(call->args[0]));
    }
};

} // namespace

void expand_exp(Pipeline& pipeline) { pipeline.add_custom_lowering_pass(new ExpandExp); }

Stmt expand_exp(const Stmt& statement) { return ExpandExp().mutate(statement); }

} // namespace timeloom::codegen
