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
    constexpr float lowest = -87.33f, highest = 87.0f;
    const Type floats = x.type(), whole = UInt(32, floats.lanes()), with_sign = Int(32, floats.lanes());
    const Expr magic_bits = make_const(whole, 0x4b400000); // of 1.5 · 2^23
    NamedValues values;
    const Expr bounded = values.add("bounded", min(max(x, lowest), highest));
    const Expr bits = values.add("bits", reinterpret(whole, bounded * 1.44269504f + 12582912.0f));
    const Expr n = cast(floats, reinterpret(with_sign, bits - magic_bits));
    const Expr r = values.add("r", bounded - n * 0.693147181f);
    Expr p = make_const(floats, 1.381453825e-3f);
    for (const float c : {8.368745446e-3f, 4.166838899e-2f, 0.1666652113f, 0.4999999404f}) {
        p = p * r + c;
    }
    const Expr y = (p * (r * r) + r) + 1.0f;
    return values.around(reinterpret(floats, reinterpret(whole, y) + (bits << make_const(whole, 23))));
}

/// 1 / x for x in [1, 1e38], without the division that vectors wait for: the bits of x, subtracted, are
/// within 12 % of it, and each of two steps raises the error to the third power. LLVM cannot turn quotients
/// that it does not see, (1 / x) · y, into more divisions.
Expr reciprocal(const Expr& x) {
    const Type floats = x.type(), whole = UInt(32, floats.lanes());
    NamedValues values;
    const Expr named_x = values.add("x", x);
    const Expr first_bits = make_const(whole, 0x7ef311c3) - reinterpret(whole, named_x);
    Expr y = values.add("y", reinterpret(floats, first_bits));
    for (int step = 0; step < 2; ++step) {
        const Expr error = values.add("error", 1.0f - named_x * y);
        y = values.add("y", (error * error + error) * y + y);
    }
    return values.around(y);
}

/// Whether `e` is 1 + exp(…), and so at least 1 and no infinity.
bool is_one_plus_exp(const Expr& e) {
    const Add* const sum = e.as<Add>();
    const auto is_exp = [](const Expr& x) {
        const Call* const call = x.as<Call>();
        return call != nullptr && call->name == "exp_f32";
    };
    return sum != nullptr &&
           ((is_const_one(sum->a) && is_exp(sum->b)) || (is_exp(sum->a) && is_const_one(sum->b)));
}

class ExpandExp : public IRMutator {
    using IRMutator::visit;

    Expr visit(const Call* call) override {
        if (call->name != "exp_f32" || !call->type.is_vector()) {
            return IRMutator::visit(call);
        }
        return vector_exp(mutate(call->args[0]));
    }

    Expr visit(const Div* quotient) override {
        if (!quotient->type.is_vector() || !is_one_plus_exp(quotient->b)) {
            return IRMutator::visit(quotient);
        }
        const Expr inverse = reciprocal(mutate(quotient->b));
        return is_const_one(quotient->a) ? inverse : mutate(quotient->a) * inverse;
    }
};

} // namespace

void expand_exp(Pipeline& pipeline) { pipeline.add_custom_lowering_pass(new ExpandExp); }

} // namespace timeloom::codegen
