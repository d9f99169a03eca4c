#include "all_factors.timeloom.hpp"
#include "targets.hpp"

/// There is one.
std::vector<const timeloom::plan::ArimaFilters*> timeloom::tests::all_factors_for_each_target() {
    return {&all_factors_plan};
}
