#include "all_factors.timeloom.hpp"
#include "all_factors_avx2.timeloom.hpp"
#include "all_factors_baseline.timeloom.hpp"
#include "targets.hpp"

std::vector<const timeloom::plan::ArimaFilters*> timeloom::tests::all_factors_for_each_target() {
    if (!__builtin_cpu_supports("avx2")) {
        return {&all_factors_plan, &all_factors_baseline_plan};
    }
    return {&all_factors_plan, &all_factors_avx2_plan, &all_factors_baseline_plan};
}
