// Values of a plan as text of C++.
#pragma once

#include "timeloom/runtime/plan/names.hpp"

#include <string>
#include <string_view>

namespace timeloom::generators {

std::string text_of(bool value);
std::string text_of(int value);
std::string text_of(std::size_t value);
std::string text_of(std::int16_t value);
/// With as many digits as it takes to read the same value.
std::string text_of(float value);
std::string text_of(double value);
std::string text_of(std::string_view value);
std::string text_of(const plan::PackedMatrix& value);
std::string text_of(const plan::KernelArgument& value);
std::string text_of(const plan::ValueSource& value);
std::string text_of(const plan::StateSource& value);
std::string text_of(const plan::Operand& value);
std::string text_of(const plan::State& value);
std::string text_of(const plan::Product& value);
std::string text_of(const plan::GradientRun& value);
std::string text_of(const plan::Term& value);
std::string text_of(const plan::CellMatrix& value);
std::string text_of(const plan::CellVector& value);
std::string text_of(const plan::Initializer& value);
std::string text_of(const plan::Regularizer& value);
std::string text_of(const plan::Normalization& value);
std::string text_of(const plan::Pooling& value);
inline std::string text_of(plan::LayerKind value) { return "LayerKind::" + std::string(name_of(value)); }
inline std::string text_of(plan::MergeMode value) { return "MergeMode::" + std::string(name_of(value)); }
inline std::string text_of(plan::KernelKind value) { return "KernelKind::" + std::string(name_of(value)); }

/// {.first = …, .second = …}: the members that are told.
class member_list {
  public:
    template <class T>
    member_list& add(const char* name, const T& value) {
        return add_text(name, text_of(value));
    }
    /// Only where it differs from `otherwise`.
    template <class T>
    member_list& add(const char* name, const T& value, const std::type_identity_t<T>& otherwise) {
        return value == otherwise ? *this : add(name, value);
    }
    /// Nothing where there is no text.
    member_list& add_text(const char* name, const std::string& text) {
        if (!text.empty()) {
            text_ += (text_.empty() ? "." : ", .") + std::string(name) + " = " + text;
        }
        return *this;
    }
    std::string text() const { return "{" + text_ + "}"; }

  private:
    std::string text_;
};

} // namespace timeloom::generators
