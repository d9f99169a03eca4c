#include "timeloom/runtime/arima/lanes/gap_filter.hpp"

#include <algorithm>
#include <bit>
#include <utility>

namespace timeloom::detail {

namespace {

int degree(const std::vector<int>& lags) { return lags.empty() ? 0 : lags.back(); }

} // namespace

GapFilter::GapFilter(std::vector<int> lags_of_ar, std::vector<int> lags_of_ma, int lost, int early_gaps,
                     int regressor_columns, int longest)
    : ar_lags(std::move(lags_of_ar)), ma_lags(std::move(lags_of_ma)), p(degree(ar_lags)), q(degree(ma_lags)),
      order(std::max({1, p + lost, q})), early(early_gaps), regressors(regressor_columns),
      most_steps(longest), width(order + 8),
      ring_size(static_cast<int>(std::bit_ceil(static_cast<unsigned>(order + 4)))) {
    const int squares = early * early;
    struct Part {
        LaneRow** rows;
        int count;
    };
    const Part parts[] = {{&phi, p + 1},
                          {&theta, width},
                          {&alpha, order + 1},
                          {&errors, columns() * longest},
                          {&weights, longest},
                          {&log_determinant, 1},
                          {&digits, 1},
                          {&early_values, columns() * early},
                          {&flows, (1 + early) * (longest + width)},
                          {&phi_gradient, p + 1},
                          {&theta_gradient, order + 1},
                          {&alpha_gradient, order + 1},
                          {&covariances, longest * width},
                          {&start, p > 0 ? order * (order + 1) : 0},
                          {&stationary, width},
                          {&kappa, width},
                          {&gains, ring_size * width},
                          {&ring, ring_size * width},
                          {&scratch, 5 * width},
                          {&products, squares},
                          {&factor, squares},
                          {&inverse, squares},
                          {&early_effects, early * width},
                          {&early_combined, early * width},
                          {&early_moves, early}};
    std::size_t total = 0;
    for (const Part& part : parts) {
        total += static_cast<std::size_t>(part.count);
    }
    memory_ = aligned_buffer<LaneRow>(total);
    LaneRow* next = memory_.data();
    for (const Part& part : parts) {
        *part.rows = next;
        next += part.count;
    }
    at_rest.resize(static_cast<std::size_t>(longest));
}

void GapFilter::find_seen() {
    seen.clear();
    seen_before.clear();
    in_use = 0;
    for (std::size_t t = 0; t < missing.size(); ++t) {
        in_use |= observed[t];
        seen_before.push_back(static_cast<int>(seen.size()));
        if (missing[t] != 0xff) {
            seen.push_back(static_cast<int>(t));
        }
    }
}

} // namespace timeloom::detail
