#include "timeloom/runtime/arima/lanes/gap_filter.hpp"

#include <utility>

namespace timeloom::detail {

GapFilter::GapFilter(int m, int of_data, int of_presample, int longest)
    : order(m), data_columns(of_data), unit_columns(of_presample), most_steps(longest),
      residuals(static_cast<std::size_t>(of_data + of_presample)) {
    const int all = columns();
    const std::pair<LaneRow**, int> parts[] = {{&alpha, m},
                                               {&theta, m},
                                               {&errors, all * longest},
                                               {&weights, longest},
                                               {&log_determinant, 1},
                                               {&impulse_source, of_presample > 0 ? longest : 0},
                                               {&alpha_gradient, m},
                                               {&theta_gradient, m},
                                               {&variances, longest * m},
                                               {&covariance, m * m},
                                               {&state, all * m},
                                               {&gains, 10 * m},
                                               {&flows, all * (longest + m + 1)},
                                               {&products, 2 * m + all}};
    std::size_t total = 0;
    for (const auto& [rows, count] : parts) {
        total += static_cast<std::size_t>(count);
    }
    memory_ = aligned_buffer<LaneRow>(total);
    LaneRow* next = memory_.data();
    for (const auto& [rows, count] : parts) {
        *rows = next;
        next += count;
    }
}

} // namespace timeloom::detail
