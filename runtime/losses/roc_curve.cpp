#include "timeloom/runtime/losses/roc_curve.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace timeloom::detail {

namespace {

constexpr int thresholds = 200;

} // namespace

void add_to_roc_curve(MetricTotal& total, float prediction, bool is_positive, double weight) {
    total.positives.resize(thresholds);
    total.negatives.resize(thresholds);
    const float inside = std::isnan(prediction) ? 0.0f : std::clamp(prediction, 0.0f, 1.0f);
    // A value on a threshold does not exceed it.
    const float below = std::max(std::ceil(inside * static_cast<float>(thresholds - 1)) - 1.0f, 0.0f);
    (is_positive ? total.positives : total.negatives)[static_cast<std::size_t>(below)] += weight;
}

double area_under_roc_curve(const MetricTotal& total) {
    const auto sum = [](const std::vector<double>& values) {
        return std::accumulate(values.begin(), values.end(), 0.0);
    };
    const double all_positives = sum(total.positives), all_negatives = sum(total.negatives);
    if (all_positives == 0.0 || all_negatives == 0.0)
        return 0.0;
    double area = 0.0, true_positives = 0.0;
    for (std::size_t i = total.positives.size(); i-- > 0;) { // from the highest threshold down
        const double before = true_positives;
        true_positives += total.positives[i];
        area += total.negatives[i] / all_negatives * (before + true_positives) / 2.0 / all_positives;
    }
    return area;
}

} // namespace timeloom::detail
