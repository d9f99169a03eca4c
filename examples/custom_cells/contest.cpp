#include "contest.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdio>

namespace custom_cells {

namespace {

using timeloom::Tensor;

Outcome train(timeloom::Model& model, const Contestant& contestant, const HourlyData& data,
              const ContestOptions& options) {
    if (isatty(fileno(stderr)) == 1) {
        std::fprintf(stderr, "%s\n", contestant.title.c_str());
    }
    model.compile(timeloom::Adam{.learning_rate = 0.002}, timeloom::Loss::mean_absolute_error);
    timeloom::FitOptions fit;
    fit.epochs = options.epochs;
    fit.batch_size = options.batch_size;
    fit.validation_data = timeloom::ValidationData(data.test.x, data.test.y);
    fit.progress = timeloom::terminal_progress();
    Outcome outcome{.contestant = &contestant,
                    .parameters = model.count_parameters(),
                    .history = model.fit(data.train.x, data.train.y, fit),
                    .train = model.evaluate(data.train.x, data.train.y),
                    .test = model.evaluate(data.test.x, data.test.y),
                    .milliseconds = {}};
    return outcome;
}

/// The first rows of the training windows.
Windows first_batch(const Windows& all, std::size_t rows) {
    rows = std::min(rows, all.y.rows());
    Windows batch{Tensor({rows, all.x.shape()[1], 1}), Tensor({rows, all.y.shape()[1]})};
    std::copy_n(all.x.data(), batch.x.size(), batch.x.data());
    std::copy_n(all.y.data(), batch.y.size(), batch.y.data());
    return batch;
}

} // namespace

std::vector<Outcome> hold_contest(const HourlyData& data, const ContestOptions& options) {
    std::vector<timeloom::Model> models;
    std::vector<Outcome> outcomes;
    for (const Contestant& contestant : contestants()) {
        models.emplace_back(contestant.network, *contestant.kernels,
                            timeloom::ModelOptions{options.seed, options.threads});
        outcomes.push_back(train(models.back(), contestant, data, options));
    }

    const Windows batch = first_batch(data.train, options.batch_size);
    for (std::size_t round = 0; round < options.rounds; ++round) {
        for (std::size_t i = 0; i < models.size(); ++i) {
            timeloom::FitOptions one_batch;
            one_batch.epochs = options.steps; // of one step each
            one_batch.batch_size = options.batch_size;
            for (const timeloom::EpochResult& step : models[i].fit(batch.x, batch.y, one_batch)) {
                outcomes[i].milliseconds.push_back(1e3 * step.seconds);
            }
        }
    }
    return outcomes;
}

} // namespace custom_cells
