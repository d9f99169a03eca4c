#include "timeloom/codegen/vector_exp.hpp"

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

/// exp(x) = 2^n · exp(r) with n = round(x / ln 2), |r| <= ln 2 / 2. Adding 1.5 · 2^23 rounds to a whole
/// number, which then stands in the low bits; going through them keeps the compiler from taking the sum
/// apart. The polynomial is (exp(r) - 1 - r) / r² with the least largest relative error of exp(r), 3e-9.
Expr vector_exp(const Expr& x) {
    constexpr float lowest = -87.33f, highest = 88.37f;
    const Type floats = x.type(), whole = UInt(32, floats.lanes()), with_sign = Int(32, floats.lanes());
    const Expr magic_bits = make_const(whole, 0x4b400000); // of 1.5 · 2^23
    NamedValues values;
    const Expr bounded = values.add("bounded", min(max(x, lowest), highest));
    const Expr bits = values.add("bits", reinterpret(whole, bounded * 1.44269504f + 12582912.0f));
    const Expr n = cast(floats, reinterpret(with_sign, bits - magic_bits));
    const Expr r = values.add("r", bounded - n * 0.693147181f);
    // In pairs, which do not wait for each other.
    const Expr r_2 = values.add("r_2", r * r);
    const Expr high = (r * 8.368745446e-3f + 4.166838899e-2f) + r_2 * 1.381453825e-3f;
    const Expr p = high * r_2 + (r * 0.1666652113f + 0.4999999404f);
    const Expr y = (p * r_2 + r) + 1.0f;
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

} // namespace timeloom::codegen
