// The ROC curve of predictions in [0, 1], and the area under it as Keras's AUC() sums it.
#pragma once

#include "timeloom/runtime/losses/losses.hpp"

namespace timeloom::detail {

/// Counts one prediction between the 200 thresholds -1e-7, 1/199, 2/199, …, 198/199, 1 + 1e-7: it is positive
/// for all that it exceeds. Predictions outside of [0, 1] count as the nearer end.
void add_to_roc_curve(MetricTotal& total, float prediction, bool is_positive, double weight);

/// The sum over neighbouring thresholds of (difference of the false positive rates) · (mean of the true
/// positive rates). A rate of no values is 0.
double area_under_roc_curve(const MetricTotal& total);

} // namespace timeloom::detail
