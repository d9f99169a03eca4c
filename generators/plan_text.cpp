#include "timeloom/generators/plan_text.hpp"

#include <cmath>
#include <cstdio>
#include <stdexcept>

namespace timeloom::generators {

namespace {

template <class... Values>
std::string listed(const Values&... values) {
    std::string text;
    ((text += (text.empty() ? "" : ", ") + text_of(values)), ...);
    return "{" + text + "}";
}

std::string printed(const char* format, double value) {
    if (!std::isfinite(value)) {
        throw std::runtime_error("a plan cannot hold a number that is not finite");
    }
    char text[32];
    std::snprintf(text, sizeof text, format, value);
    return text;
}

} // namespace

std::string text_of(bool value) { return value ? "true" : "false"; }
std::string text_of(int value) { return std::to_string(value); }
std::string text_of(std::size_t value) { return std::to_string(value); }
std::string text_of(std::int16_t value) { return std::to_string(value); }
std::string text_of(double value) {
    const std::string brief = printed("%.15g", value);
    return std::stod(brief) == value ? brief : printed("%.17g", value);
}
std::string text_of(float value) {
    const std::string text = printed("%.9g", static_cast<double>(value));
    return text + (text.find_first_of(".e") == std::string::npos ? ".0f" : "f");
}
std::string text_of(std::string_view value) { return "\"" + std::string(value) + "\""; }
std::string text_of(const plan::PackedMatrix& v) {
    return listed(v.offset, v.rows, v.units, v.gates, v.gate, v.lanes);
}
std::string text_of(const plan::KernelArgument& v) {
    const std::string role = "ArgumentRole::" + std::string(name_of(v.role));
    return "{" + role + (v.index == 0 ? "" : ", " + text_of(v.index)) + "}";
}
std::string text_of(const plan::ValueSource& v) {
    return v.reversed ? listed(v.node, v.reversed) : listed(v.node);
}
std::string text_of(const plan::StateSource& v) { return listed(v.node, v.state); }
std::string text_of(const plan::Operand& v) {
    return "{OperandKind::" + std::string(name_of(v.kind)) + (v.index == 0 ? "" : ", " + text_of(v.index)) +
           "}";
}
std::string text_of(const plan::State& v) { return listed(v.name, v.flows_back_pointwise); }
std::string text_of(const plan::Product& v) { return listed(v.operand, v.gates, v.offset); }
std::string text_of(const plan::GradientRun& v) { return listed(v.product, v.first, v.gate, v.count); }
std::string text_of(const plan::Term& v) {
    std::string text = "{TermKind::" + std::string(name_of(v.kind));
    if (v.kind == plan::TermKind::constant) {
        return text + ", 0, -1, -1, " + text_of(v.constant) + "}";
    }
    text += v.kind == plan::TermKind::operation ? ", " + text_of(v.index) + ", " + text_of(v.a)
            : v.index == 0                      ? ""
                                                : ", " + text_of(v.index);
    return text + (v.b < 0 ? "}" : ", " + text_of(v.b) + "}");
}
std::string text_of(const plan::CellMatrix& v) { return listed(v.gate, v.operand, v.values); }
std::string text_of(const plan::CellVector& v) { return listed(v.gate, v.values); }
std::string text_of(const plan::Initializer& v) {
    const std::string kind = "InitializerKind::" + std::string(name_of(v.kind));
    return "{" + kind + (v.a == 0 && v.b == 0 ? "" : ", " + text_of(v.a) + ", " + text_of(v.b)) + "}";
}
std::string text_of(const plan::Regularizer& v) { return listed(v.l1, v.l2); }
std::string text_of(const plan::Normalization& v) { return listed(v.epsilon, v.center, v.scale); }
std::string text_of(const plan::Pooling& v) { return listed(v.maximum, v.size, v.strides, v.same_padding); }

} // namespace timeloom::generators
