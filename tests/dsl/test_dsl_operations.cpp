// Every operation of the table: its value against the standard library's, its derivative against central
// differences of that.
#include "../kernels/step_values.hpp"

#include "timeloom/dsl/dsl.hpp"

#include <catch2/catch.hpp>

#include <limits>
#include <map>
#include <stdexcept>
#include <string>

namespace {

using namespace timeloom::declaration;
using timeloom::tests::step_point;
using timeloom::tests::step_values;

double logistic(double x) { return 1 / (1 + std::exp(-x)); }

/// What each operation stands for.
const std::map<std::string, double (*)(double)> unary_references{
    {"-", [](double x) { return -x; }},
    {"abs", [](double x) { return std::fabs(x); }},
    {"exp", [](double x) { return std::exp(x); }},
    {"log", [](double x) { return std::log(x); }},
    {"sqrt", [](double x) { return std::sqrt(x); }},
    {"relu", [](double x) { return x > 0 ? x : 0; }},
    {"sigmoid", logistic},
    {"tanh", [](double x) { return std::tanh(x); }},
    {"softplus", [](double x) { return std::log1p(std::exp(x)); }},
};
const std::map<std::string, double (*)(double, double)> binary_references{
    {"+", [](double a, double b) { return a + b; }},
    {"-", [](double a, double b) { return a - b; }},
    {"*", [](double a, double b) { return a * b; }},
    {"/", [](double a, double b) { return a / b; }},
    {"greater", [](double a, double b) { return a > b ? 1.0 : 0.0; }},
    {"min", [](double a, double b) { return std::fmin(a, b); }},
    {"max", [](double a, double b) { return std::fmax(a, b); }},
};

template <class References>
auto reference_for(const References& references, const std::string& name) {
    if (!references.contains(name)) {
        throw std::runtime_error("operation '" + name + "' has no reference; add it at the top of this file");
    }
    return references.at(name);
}

/// Points off the kinks at 0 and where operands are equal; log and sqrt have no others.
std::vector<double> grid(const std::string& name) {
    std::vector<double> points;
    for (int i = -20; i < 20; ++i) {
        const double x = 0.25 * i + 0.125;
        if (name == "log" || name == "sqrt") {
            points.push_back(x + 5.25);
        } else {
            points.push_back(x);
        }
    }
    return points;
}

void check_value(double value, double expected) {
    CHECK(std::fabs(value - expected) <=
          4 * std::numeric_limits<double>::epsilon() * std::fmax(1, std::fabs(expected)));
}

/// Third derivatives on the grid are below 130, so the error is below 130 · 1e-10 / 6.
void check_slope(double derivative, double above, double below) {
    CHECK(derivative == Approx((above - below) / 2e-5).margin(1e-8));
}

/// A cell of one operation on its input, or on input and state.
template <class Op>
constexpr graph one_operation = cell<"one_operation">([](inputs x, state<"h"> h) {
    if constexpr (Op::arity == 1) {
        return output(apply<Op>(x), next(h = h));
    } else {
        return next(h = apply<Op>(x, h));
    }
});

/// The derived partial derivatives, through the same differentiation that models go through.
template <class Op>
std::pair<double, double> slopes(double a, double b) {
    static constexpr differentiated_cell d = differentiate(one_operation<Op>);
    step_point at;
    at.x = a;
    at.states = {b};
    at.diff_output = 1;
    at.diff_next = {0};
    const std::vector<double> values = step_values(d.step, at, &d);
    const auto value = [&](int id) { return id < 0 ? 0 : values[static_cast<std::size_t>(id)]; };
    return {value(d.diff_input.pointwise), value(d.diff_state[0].pointwise)};
}

template <class Op>
void check_unary() {
    const std::string name(Op::name);
    const auto reference = reference_for(unary_references, name);
    for (const double x : grid(name)) {
        INFO(name << "(" << x << ")");
        check_value(Op::value(x), reference(x));
        check_slope(slopes<Op>(x, 0).first, reference(x + 1e-5), reference(x - 1e-5));
    }
}

template <class Op>
void check_binary() {
    const std::string name(Op::name);
    const auto reference = reference_for(binary_references, name);
    for (const double a : grid(name)) {
        for (const double b : {-1.5, -0.75, 0.5, 2.25}) {
            INFO(name << "(" << a << ", " << b << ")");
            check_value(Op::value(a, b), reference(a, b));
            const auto [by_a, by_b] = slopes<Op>(a, b);
            check_slope(by_a, reference(a + 1e-5, b), reference(a - 1e-5, b));
            check_slope(by_b, reference(a, b + 1e-5), reference(a, b - 1e-5));
        }
    }
}

} // namespace

TEST_CASE("every operation has the value and the slope of its definition") {
    hana::for_each(operations, [](auto type) {
        using op = typename decltype(type)::type;
        if constexpr (op::arity == 1) {
            check_unary<op>();
        } else {
            check_binary<op>();
        }
    });
}

TEST_CASE("operations saturate without overflow") {
    CHECK(sigmoid_op::value(-800.0) == 0);
    CHECK(sigmoid_op::value(800.0) == 1);
    CHECK(tanh_op::value(-800.0) == -1);
    CHECK(tanh_op::value(800.0) == 1);
    CHECK(softplus_op::value(-800.0) == 0);
    CHECK(softplus_op::value(800.0) == 800);
}

TEST_CASE("derivatives at kinks are Keras's") {
    CHECK(slopes<relu_op>(0, 0).first == 0);
    CHECK(slopes<abs_op>(0, 0).first == 0);
    CHECK(slopes<min_op>(1, 1) == std::pair(1.0, 0.0));
    CHECK(slopes<max_op>(1, 1) == std::pair(1.0, 0.0));
    CHECK(slopes<greater_op>(1, 1) == std::pair(0.0, 0.0));
}
