#include "timeloom/generators/import/description/activations.hpp"

#include "timeloom/runtime/error.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace timeloom::importing {

namespace {

double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }
double softplus(double x) { return std::max(x, 0.0) + std::log1p(std::exp(-std::abs(x))); }
double relu(double x) { return std::max(x, 0.0); }

constexpr double selu_scale = 1.0507009873554805;
constexpr double selu_alpha = 1.6732632423543772;

constexpr std::array table = {
    Activation{"linear", "", [](double x) { return x; }},
    Activation{"sigmoid", "", sigmoid},
    Activation{"tanh", "", [](double x) { return std::tanh(x); }},
    Activation{"relu", "", relu},
    Activation{"softplus", "", softplus},
    Activation{"exp", "", [](double x) { return std::exp(x); }},
    Activation{"abs", "", [](double x) { return std::abs(x); }},
    Activation{"elu", "relu(x) + exp(min(x, 0)) - 1",
               [](double x) { return relu(x) + std::expm1(std::min(x, 0.0)); }},
    Activation{"selu", "1.0507009873554805 * (relu(x) + 1.6732632423543772 * (exp(min(x, 0)) - 1))",
               [](double x) { return selu_scale * (relu(x) + selu_alpha * std::expm1(std::min(x, 0.0))); }},
    Activation{"silu", "x * sigmoid(x)", [](double x) { return x * sigmoid(x); }},
    Activation{"mish", "x * tanh(softplus(x))", [](double x) { return x * std::tanh(softplus(x)); }},
    Activation{"softsign", "x / (1 + abs(x))", [](double x) { return x / (1 + std::abs(x)); }},
    Activation{"relu6", "min(relu(x), 6)", [](double x) { return std::min(relu(x), 6.0); }},
    Activation{"leaky_relu", "max(x, 0.2 * x)", [](double x) { return std::max(x, 0.2 * x); }},
    Activation{"leaky_relu_01", "max(x, 0.01 * x)", [](double x) { return std::max(x, 0.01 * x); }},
    Activation{"hard_tanh", "max(min(x, 1), -1)", [](double x) { return std::clamp(x, -1.0, 1.0); }},
    Activation{"hard_sigmoid", "min(relu(x + 3), 6) / 6",
               [](double x) { return std::min(relu(x + 3), 6.0) / 6; }},
    Activation{"hard_sigmoid_02", "max(min(0.2 * x + 0.5, 1), 0)",
               [](double x) { return std::clamp(0.2 * x + 0.5, 0.0, 1.0); }},
    Activation{
        "gelu_tanh", "0.5 * x * (1 + tanh(0.7978845608028654 * (x + 0.044715 * x * x * x)))",
        [](double x) { return 0.5 * x * (1 + std::tanh(0.7978845608028654 * (x + 0.044715 * x * x * x))); }},
};

} // namespace

std::span<const Activation> activations() { return table; }

const Activation& find_activation(std::string_view name, const std::string& where) {
    const auto found = std::ranges::find(table, name, &Activation::name);
    if (found != table.end())
        return *found;
    std::string names;
    for (const Activation& a : table)
        names += (names.empty() ? "" : ", ") + std::string(a.name);
    throw Error(where + ": its activation '" + std::string(name) +
                "' cannot be imported; those that can are " + names);
}

std::string from_keras_activation(const std::string& name, bool keras_3) {
    if (name == "exponential")
        return "exp";
    if (name == "swish")
        return "silu";
    if (name == "hard_sigmoid" && !keras_3)
        return "hard_sigmoid_02";
    return name;
}

} // namespace timeloom::importing
