// Forecasts a monthly series with LSTMs trained on its growth.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace airline {

/// Learning rate and epochs were chosen with --months 96, on the two years before the ones forecast here:
/// from about 300 epochs on, the error there stays as it is.
struct LstmOptions {
    std::size_t epochs = 300;
    std::size_t members = 10;
    std::uint64_t seed = 1;
    std::size_t threads = 1;
};

struct LstmForecast {
    std::vector<float> values;
    double train_loss = 0; ///< mean over the members
};

/// Averages networks trained from several seeds, and feeds each month's forecast to the next.
LstmForecast forecast_with_lstm(std::span<const float> history, std::size_t horizon,
                                const LstmOptions& options);

} // namespace airline
