// The names that layers get which a declaration gives none.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>

namespace timeloom::declaration::detail {

/// Names as Keras gives them: lstm, lstm_1, dense, …
class layer_names {
  public:
    /// A name that next() does not give.
    void reserve(std::string_view name) { seen_.emplace(name); }
    std::string next(const std::string& base) {
        std::string name = base;
        while (!seen_.insert(name).second) {
            name = base + "_" + std::to_string(++repeats_[base]);
        }
        return name;
    }

  private:
    std::set<std::string> seen_;
    std::map<std::string, int> repeats_;
};

} // namespace timeloom::declaration::detail
