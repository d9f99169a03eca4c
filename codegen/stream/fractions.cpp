#include "timeloom/codegen/stream/fractions.hpp"

#include <algorithm>
#include <array>
#include <iterator>

namespace timeloom::codegen {

using namespace Halide;

namespace {

/// Divisors of one division. Each lies between 1 and 340, so that their product stays far from the largest
/// float.
constexpr std::size_t most_divisors = 4;

/// All divisors of one or the other, each as often as it is in the one that has it more often.
std::vector<int> union_of(const std::vector<int>& a, const std::vector<int>& b) {
    std::vector<int> all;
    std::ranges::set_union(a, b, std::back_inserter(all));
    return all;
}

float power(float x, int n) { return n == 0 ? 1.0f : x * power(x, n - 1); }

std::vector<int> merged(const std::vector<int>& a, const std::vector<int>& b) {
    std::vector<int> all;
    std::ranges::merge(a, b, std::back_inserter(all));
    return all;
}

} // namespace

/// tanh(x) = x · p(x²) / q(x²) for |x| <= 8.6; a larger x counts as 8.6. The coefficients of p and q, both of
/// degree four, make the largest error least: 1.2e-8. Terms are added in pairs, which do not wait for each
/// other. `scale`, by which x is multiplied, is a power of two.
fraction Fractions::quotient(const Expr& argument, float scale, bool is_sigmoid) {
    constexpr float largest = 8.6f;
    constexpr std::array<float, 5> p{0.99999994f, 0.13399684f, 3.5180412e-3f, 2.0991403e-5f, 1.3912432e-8f},
        q{1.0f, 0.46732995f, 2.596164e-2f, 3.3228888e-4f, 7.9986705e-7f};
    const auto keep = [&](const char* name, const Expr& value) { return statements_.keep(name, value); };
    const auto number = [&](float value) { return Internal::make_const(argument.type(), value); };
    const Expr z = keep("argument", argument);
    const float end = largest / scale, s_2 = scale * scale;
    // The square is bounded by itself, instead of squaring the bounded z, so that it need not wait for z's
    // bounds.
    const Expr y = keep("square", min(z * z, number(end * end)));
    const Expr x = keep("bounded", max(min(z, number(end)), number(-end)));
    const Expr y_2 = keep("fourth", y * y);
    const float p_scale = is_sigmoid ? 0.5f * scale : scale; // half of it, for sigmoid = 1/2 + tanh/2
    const auto p_i = [&](int i) { return number(p[static_cast<std::size_t>(i)] * p_scale * power(s_2, i)); };
    const auto q_i = [&](int i) { return number(q[static_cast<std::size_t>(i)] * power(s_2, i)); };
    const Expr low_q = keep("low_q", y * q_i(1) + q_i(0)), low_p = keep("low_p", y * p_i(1) + p_i(0));
    const Expr high_q = keep("high_q", y_2 * q_i(4) + keep("mid_q", y * q_i(3) + q_i(2)));
    const Expr high_p = keep("high_p", y_2 * p_i(4) + keep("mid_p", y * p_i(3) + p_i(2)));
    const Expr x_low_p = keep("x_low_p", x * low_p), x_y_2 = keep("x_fourth", x * y_2);
    const Expr divisor = keep("divisor", y_2 * high_q + low_q);
    Expr numerator = keep("numerator", x_y_2 * high_p + x_low_p);
    if (is_sigmoid) {
        numerator = keep("sigmoid", divisor * number(0.5f) + numerator);
    }
    divisors_.push_back(divisor);
    return {numerator, {static_cast<int>(divisors_.size()) - 1}};
}

fraction Fractions::sigmoid(const Expr& x) { return quotient(x, 0.5f, true); }
fraction Fractions::tanh(const Expr& x) { return quotient(x, 1, false); }

Expr Fractions::product_of(const std::vector<int>& divisors) {
    if (const auto known = products_.find(divisors); known != products_.end()) {
        return known->second;
    }
    Expr product = divisors_[static_cast<std::size_t>(divisors.back())];
    if (divisors.size() > 1) {
        const std::vector<int> others(divisors.begin(), divisors.end() - 1);
        product = statements_.keep("divisors", product_of(others) * product);
    }
    return products_[divisors] = product;
}

/// The numerator of `f` over all of `divisors`, among which are its own.
Expr Fractions::over(const fraction& f, const std::vector<int>& divisors) {
    std::vector<int> others;
    std::ranges::set_difference(divisors, f.divisors, std::back_inserter(others));
    return others.empty() ? f.numerator : statements_.keep("over", f.numerator * product_of(others));
}

Expr Fractions::value(const fraction& f) {
    return f.divisors.empty() ? f.numerator
                              : statements_.keep("quotient", f.numerator / product_of(f.divisors));
}

fraction Fractions::add(const fraction& a, const fraction& b) {
    const std::vector<int> divisors = union_of(a.divisors, b.divisors);
    if (divisors.size() > most_divisors) {
        return {statements_.keep("sum", value(a) + value(b))};
    }
    return {statements_.keep("sum", over(a, divisors) + over(b, divisors)), divisors};
}

fraction Fractions::subtract(const fraction& a, const fraction& b) {
    const std::vector<int> divisors = union_of(a.divisors, b.divisors);
    if (divisors.size() > most_divisors) {
        return {statements_.keep("difference", value(a) - value(b))};
    }
    return {statements_.keep("difference", over(a, divisors) - over(b, divisors)), divisors};
}

fraction Fractions::multiply(const fraction& a, const fraction& b) {
    const std::vector<int> divisors = merged(a.divisors, b.divisors);
    if (divisors.size() > most_divisors) {
        return {statements_.keep("product", value(a) * value(b))};
    }
    return {statements_.keep("product", a.numerator * b.numerator), divisors};
}

} // namespace timeloom::codegen
