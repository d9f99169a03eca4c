// Keras's clipvalue, clipnorm and global_clipnorm, applied to gradients before the optimizer's step.
#include "timeloom/runtime/optimizers/gradient_clipping.hpp"

#include "timeloom/runtime/error.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>

namespace timeloom {

namespace {

void require_positive(const char* option, double value) {
    if (!(value > 0.0))
        throw Error(std::string(option) + " is " + std::to_string(value) + ", but it must be positive");
}

} // namespace

/// In eight sums, so that the compiler may keep them in vectors without changing the order of additions.
double sum_of_squares(std::span<const float> values) {
    double sums[8] = {};
    std::size_t i = 0;
    for (; i + 8 <= values.size(); i += 8)
        for (std::size_t lane = 0; lane < 8; ++lane) {
            const double value = values[i + lane];
            sums[lane] += value * value;
        }
    double total = 0.0;
    for (; i < values.size(); ++i)
        total += static_cast<double>(values[i]) * values[i];
    for (const double sum : sums)
        total += sum;
    return total;
}

void clip_by_value(std::span<float> gradients, float clipvalue) {
    require_positive("clipvalue", clipvalue);
    for (float& gradient : gradients)
        gradient = std::clamp(gradient, -clipvalue, clipvalue);
}

double clip_by_norm(std::span<float> gradients, double clipnorm) {
    require_positive("clipnorm", clipnorm);
    const double norm = std::sqrt(sum_of_squares(gradients));
    if (!(norm > clipnorm))
        return norm;
    const auto scale = static_cast<float>(clipnorm / norm);
    for (float& gradient : gradients)
        gradient *= scale;
    return norm;
}

} // namespace timeloom
