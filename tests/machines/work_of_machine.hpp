// What each machine does: draw numbers, train a network, fit an ARIMA model.
#pragma once

#include "timeloom/runtime/arima/arima_results.hpp"
#include "timeloom/runtime/model/model.hpp"

#include <string>
#include <utility>
#include <vector>

namespace timeloom::tests {

/// Numbers of every kind by name, as 32-bit floats: of words the two halves.
std::vector<std::pair<std::string, Tensor>> draws();

/// A network with dropout, as it starts, and ready to train.
Model untrained();
/// Shuffled, in batches of which the last is not full; epochs count on from those that the model has had.
void train(Model& model, std::size_t epochs);
constexpr std::size_t first_epochs = 2, last_epochs = 4;

/// 48 months of a series.
ArimaResults fitted();

} // namespace timeloom::tests
