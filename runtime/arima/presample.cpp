#include "timeloom/runtime/arima/presample.hpp"

#include "timeloom/runtime/elementwise.hpp"

#include <array>

namespace timeloom {

Presample::Presample(int ar_degree, int ma_degree, int all_columns, int missing_values, bool filtered)
    : p(ar_degree), q(ma_degree), columns(all_columns), missing(missing_values) {
    const int n = unknowns();
    struct Part {
        LaneRow** rows;
        int count;
    };
    const Part parts[] = {{&a, p + 1},
                          {&c, q + 1},
                          {&covariance, q},
                          {&tail, q},
                          {&unit_products, filtered ? q * q : 0},
                          {&correlation, columns * q},
                          {&gram, columns * columns},
                          {&start, columns * p},
                          {&solution, n},
                          {&sum_of_squares, 1},
                          {&log_determinant, 1},
                          {&digits, 1},
                          {&filled_start, p},
                          {&weight, 1},
                          {&covariance_source, q},
                          {&tail_source, q},
                          {&cross_source, missing * q},
                          {&missing_source, missing * missing},
                          {&a_gradient, p + 1},
                          {&c_gradient, q + 1},
                          {&factor, n * n},
                          {&inverse, n * n},
                          {&ar_start, columns * p},
                          {&x_start, columns * p},
                          {&start_errors, columns * p},
                          {&impulse, p},
                          {&hankel, p * q},
                          {&scratch, 4 * p},
                          {&step_down, p * p}};
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
    if (!filtered) {
        unit_products = nullptr;
    }
}

extern const LaneTable presample_baseline;
#if defined(__x86_64__)
extern const LaneTable presample_avx2;
extern const LaneTable presample_avx512;
#endif

/// The same instruction sets as for the elementwise loops.
std::span<const LaneTable* const> runnable_lane_tables() {
#if defined(__x86_64__)
    static constexpr std::array<const LaneTable*, 3> tables{&presample_avx512, &presample_avx2,
                                                            &presample_baseline};
#else
    static constexpr std::array<const LaneTable*, 1> tables{&presample_baseline};
#endif
    return std::span(tables).last(runnable_elementwise_tables().size());
}

const LaneTable& lane_loops() {
    static const LaneTable& best = *runnable_lane_tables().front();
    return best;
}

} // namespace timeloom
