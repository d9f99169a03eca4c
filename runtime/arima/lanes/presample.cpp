#include "timeloom/runtime/arima/lanes/presample.hpp"

#include "timeloom/runtime/simd/instruction_sets.hpp"

namespace timeloom::detail {

namespace {

int degree(const std::vector<int>& lags) { return lags.empty() ? 0 : lags.back(); }

} // namespace

Presample::Presample(std::vector<int> lags_of_ar, std::vector<int> lags_of_ma, int all_columns,
                     int missing_values, int longest_dense)
    : ar_lags(std::move(lags_of_ar)), ma_lags(std::move(lags_of_ma)), p(degree(ar_lags)), q(degree(ma_lags)),
      columns(all_columns), missing(missing_values), dense(q <= longest_dense) {
    struct Part {
        LaneRow** rows;
        int count;
    };
    const int long_q = dense ? 0 : q;
    const Part parts[] = {{&a, p + 1},
                          {&c, q + 1},
                          {&covariance, q},
                          {&tail, q},
                          {&correlation, columns * q},
                          {&gram, columns * columns},
                          {&start, columns * p},
                          {&solution, unknowns()},
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
                          {&factor, rows() * rows()},
                          {&inverse, rows() * rows()},
                          {&ar_start, columns * p},
                          {&x_start, columns * p},
                          {&start_errors, columns * p},
                          {&impulse, p},
                          {&shifted_start, p},
                          {&scratch, 4 * p},
                          {&step_down, p * p},
                          {&first_column, long_q},
                          {&generators, 4 * (long_q + 1)},
                          {&rotations, 7 * long_q},
                          {&whitened, columns * long_q},
                          {&eliminated, missing * long_q},
                          {&integrated, 2 * long_q}};
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
}

extern const LaneTable presample_baseline;
#if defined(__x86_64__)
extern const LaneTable presample_avx2;
extern const LaneTable presample_avx512;
#endif

std::span<const LaneTable* const> runnable_lane_tables() {
#if defined(__x86_64__)
    static constexpr const LaneTable* tables[] = {&presample_avx512, &presample_avx2, &presample_baseline};
#else
    static constexpr const LaneTable* tables[] = {&presample_baseline};
#endif
    return runnable(tables);
}

const LaneTable& lane_loops() {
    static const LaneTable& best = *runnable_lane_tables().front();
    return best;
}

} // namespace timeloom::detail
