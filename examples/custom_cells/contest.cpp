#include "contest.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdio>

namespace custom_cells {

namespace {

using timeloom::Tensor;

timeloom::Model compiled(const Contestant& contestant, std::uint64_t seed, std::size_t threads) {
    timeloom::Model model(*contestant.plan, timeloom::ModelOptions{seed, threads});
    model.compile(timeloom::Adam{.learning_rate = 0.002}, timeloom::Loss::mean_absolute_error);
    return model;
}

Outcome train(const Contestant& contestant, const HourlyData& data, const ContestOptions& options) {
    if (isatty(fileno(stderr)) == 1) {
        std::fprintf(stderr, "%s\n", contestant.title.c_str());
    }
    timeloom::Model model = compiled(contestant, options.seed, options.threads);
    timeloom::FitOptions fit;
    fit.epochs = options.epochs;
    fit.batch_size = options.batch_size;
    fit.validation_data = timeloom::ValidationData(data.test.x, data.test.y);
    fit.progress = timeloom::terminal_progress();
    Outcome outcome{&contestant, model.count_parameters(), {}, {}, {}, {}};
    outcome.history = model.fit(data.train.x, data.train.y, fit);
    outcome.train = model.evaluate(data.train.x, data.train.y);
    outcome.test = model.evaluate(data.test.x, data.test.y);
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

/// Milliseconds of so many steps, one batch being an epoch.
std::vector<double> time_steps(timeloom::Model& model, const Windows& batch, std::size_t steps) {
    timeloom::FitOptions fit;
    fit.epochs = steps;
    fit.batch_size = batch.y.rows();
    std::vector<double> milliseconds;
    for (const timeloom::EpochResult& step : model.fit(batch.x, batch.y, fit)) {
        milliseconds.push_back(1e3 * step.seconds);
    }
    return milliseconds;
}

} // namespace

std::vector<Outcome> hold_contest(const HourlyData& data, const ContestOptions& options) {
    const Windows batch = first_batch(data.train, options.batch_size);
    std::vector<Outcome> outcomes;
    std::vector<timeloom::Model> models; // to time
    for (const Contestant& contestant : contestants()) {
        outcomes.push_back(train(contestant, data, options));
        models.push_back(compiled(contestant, options.seed, options.timing_threads));
        time_steps(models.back(), batch, 1); // warm-up
    }
    for (std::size_t round = 0; round < options.rounds; ++round) {
        for (std::size_t i = 0; i < models.size(); ++i) {
            const std::vector<double> times = time_steps(models[i], batch, options.steps);
            outcomes[i].milliseconds.insert(outcomes[i].milliseconds.end(), times.begin(), times.end());
        }
    }
    return outcomes;
}

} // namespace custom_cells
