// The regressors of each of many series: those of all, or its own.
#pragma once

#include "timeloom/runtime/arima/data/regressors.hpp"
#include "timeloom/runtime/error.hpp"

#include <span>
#include <string>
#include <vector>

namespace timeloom::detail {

class RegressorsOfMany {
  public:
    /// Throws Error, naming the caller, unless there are regressors of all series, of each of the `count`
    /// series, or none.
    RegressorsOfMany(const std::string& caller, const Regressors& of_all, std::span<const Regressors> of_each,
                     std::size_t count)
        : of_all_(of_all), of_each_(of_each) {
        if (of_each.empty()) {
            return;
        }
        if (of_all.columns > 0 || !of_all.values.empty()) {
            throw Error(caller +
                        " got regressors of all series and each series' own; put all columns into its own");
        }
        if (of_each.size() != count) {
            throw Error(caller + " got the regressors of " + std::to_string(of_each.size()) + " series for " +
                        std::to_string(count) + " series");
        }
    }

    const Regressors& operator[](std::size_t series) const {
        return of_each_.empty() ? of_all_ : of_each_[series];
    }

  private:
    const Regressors& of_all_;
    std::span<const Regressors> of_each_;
};

} // namespace timeloom::detail
