#include "cpu_target.hpp"

#include "rnn/fma_peak.hpp"

#include "timeloom/runtime/error.hpp"

#include <HalideRuntime.h>

#include <cstdint>

namespace timeloom::bench {

namespace {

int all_but_avx512(int count, const std::uint64_t* features) {
    const auto asked = static_cast<unsigned>(halide_target_feature_avx512_skylake);
    const bool asks = (features[asked / 64] >> (asked % 64) & 1) != 0;
    return asks ? 0 : halide_default_can_use_target_features(count, features);
}

} // namespace

void force_target(const std::string& target) {
    const std::string widest = kernel_target();
    if (target == widest) {
        return;
    }
    if (target != "avx2" || widest != "avx512") {
        throw Error("this processor's target is " + widest + "; it cannot be " + target);
    }
    keep_peak_to_avx2();
    halide_set_custom_can_use_target_features(all_but_avx512);
}

} // namespace timeloom::bench
