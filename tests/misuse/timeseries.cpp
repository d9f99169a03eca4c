// Windows over series, and splits of them.
#include "misuse.hpp"

#include "timeloom/runtime/timeseries_dataset.hpp"

namespace timeloom::tests {

TEST_CASE("windows over a series that cannot be") {
    const Tensor series = Tensor::from_values({1, 2, 3, 4, 5});
    refuses("a sequence length of 0", "sequence_length",
            [&] { timeseries_dataset_from_array(series, series, {.sequence_length = 0}); });
    refuses("a split of NaN", "split_by_time", [&] { split_by_time(series, not_a_number); });
}

} // namespace timeloom::tests
