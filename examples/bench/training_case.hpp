// The cases of bench_rnn, and Timeloom's own part in them.
#pragma once

#include "contender.hpp"

#include "timeloom/dsl/network.hpp"
#include "timeloom/runtime/model.hpp"

#include <string>
#include <vector>

namespace timeloom::bench {

/// A network to train with Adam. Peers know it by its name.
struct TrainingCase {
    std::string name;
    dsl::network network;
    const KernelTable* kernels;
    Loss loss;
    std::size_t batch;
};

std::vector<TrainingCase> training_cases();

/// A model with one random batch, on which every step trains.
class Training {
  public:
    /// `kernels` are those of the case, or a copy of that table.
    Training(const TrainingCase& training_case, const KernelTable& kernels, std::size_t threads);

    /// Milliseconds of each step: everything from reading the batch to the updated parameters.
    std::vector<double> run(int steps);

  private:
    TokenMatrix tokens_;
    Tensor vectors_;
    Tensor targets_;
    std::size_t batch_;
    Model model_;
};

Contender start_timeloom(const TrainingCase& training_case, std::size_t threads);

} // namespace timeloom::bench
