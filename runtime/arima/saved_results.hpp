// What a file of ARIMA results holds, as text. ArimaResults checks whether it can be the results of a fit.
#pragma once

#include "timeloom/runtime/arima/arima_options.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace timeloom::detail {

struct SavedResults {
    plan::ArimaOrders orders;
    plan::Trend trend = plan::Trend::n;
    ArimaMethod method = ArimaMethod::mle;
    CovarianceType cov_type = CovarianceType::none;
    ArimaFit fit;
    std::vector<double> y; ///< NaN where an observation is missing
    std::vector<double> exog;
    std::size_t exog_columns = 0;
};

/// A JSON text with a checksum of the results.
std::string to_text(const SavedResults& results);

/// Throws Error, saying what is wrong, for a text that to_text() did not make or that was changed since.
SavedResults parse_results(std::string_view text);

} // namespace timeloom::detail
