#include "timeloom/codegen/algorithm/lag_filter_arguments.hpp"

#include <algorithm>

namespace timeloom::codegen {

using plan::LagArgumentRole;
using plan::LagFilterKind;

namespace {

class ArgumentList {
  public:
    ArgumentList& add(LagArgumentRole role, int count = 1) {
        for (int i = 0; i < count; ++i) {
            arguments_.push_back({role, i});
        }
        return *this;
    }
    std::vector<plan::LagArgument> take() { return std::move(arguments_); }

  private:
    std::vector<plan::LagArgument> arguments_;
};

} // namespace

/// A filter without factors hands its series on as it is: one buffer all the same.
std::vector<plan::LagArgument> lag_filter_arguments(const plan::LagFilter& filter, LagFilterKind kind) {
    const int stages = std::max(1, plan::factors(filter).size());
    ArgumentList list;
    list.add(LagArgumentRole::period, filter.has_open_period() ? 1 : 0);
    switch (kind) {
    case LagFilterKind::forward:
        list.add(LagArgumentRole::coefficients)
            .add(LagArgumentRole::series)
            .add(LagArgumentRole::after, stages);
        break;
    case LagFilterKind::adjoint:
        list.add(LagArgumentRole::coefficients)
            .add(LagArgumentRole::diff_residuals)
            .add(LagArgumentRole::before, stages);
        break;
    case LagFilterKind::gradient:
        list.add(LagArgumentRole::series)
            .add(LagArgumentRole::after, stages)
            .add(LagArgumentRole::before, stages)
            .add(LagArgumentRole::diff_residuals)
            .add(LagArgumentRole::diff_coefficients);
        break;
    case LagFilterKind::synthesis:
        list.add(LagArgumentRole::coefficients)
            .add(LagArgumentRole::series)
            .add(LagArgumentRole::before, stages);
    }
    return list.take();
}

} // namespace timeloom::codegen
