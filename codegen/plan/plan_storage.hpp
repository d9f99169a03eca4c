// Keeps what a plan refers to while code generation works on it.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace timeloom::codegen {

class plan_storage {
  public:
    template <class T>
    std::span<const T> keep(std::vector<T> values) {
        const auto kept = std::make_shared<const std::vector<T>>(std::move(values));
        kept_.push_back(kept);
        return *kept;
    }
    std::string_view keep(std::string text) {
        const auto kept = std::make_shared<const std::string>(std::move(text));
        kept_.push_back(kept);
        return *kept;
    }

  private:
    std::vector<std::shared_ptr<const void>> kept_;
};

} // namespace timeloom::codegen
