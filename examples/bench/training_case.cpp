#include "training_case.hpp"

#include "bench_imdb.timeloom.hpp"
#include "rnn_models.hpp"

#include "timeloom/runtime/random.hpp"

#include <memory>

namespace timeloom::bench {

namespace {

Inputs inputs(const TokenMatrix& tokens, const Tensor& vectors) {
    return tokens.values.empty() ? Inputs(vectors) : Inputs(tokens);
}

} // namespace

std::vector<TrainingCase> training_cases() {
    return {
        {"bench_imdb", dsl::describe(bench_imdb), &bench_imdb_kernels, Loss::binary_crossentropy_from_logits,
         128},
    };
}

Training::Training(const TrainingCase& c, const KernelTable& kernels, std::size_t threads)
    : batch_(c.batch), model_(c.network, kernels, {.seed = 0, .threads = threads}) {
    Random random(0, 0);
    const auto timesteps = static_cast<std::size_t>(c.network.inputs[0].timesteps);
    if (c.network.inputs[0].features == 0) {
        tokens_ = {batch_, timesteps, std::vector<std::int32_t>(batch_ * timesteps)};
        for (std::int32_t& token : tokens_.values) {
            token = static_cast<std::int32_t>(random.below(c.network.layers.front().features));
        }
    } else {
        vectors_ = Tensor(Shape{batch_, timesteps, static_cast<std::size_t>(c.network.inputs[0].features)});
        for (float& x : vectors_.values()) {
            x = random.uniform();
        }
    }
    const dsl::layer& last = c.network.layers.back();
    const auto steps = static_cast<std::size_t>(last.output_timesteps());
    const auto units = static_cast<std::size_t>(last.units);
    targets_ = Tensor(steps > 1 ? Shape{batch_, steps, units} : Shape{batch_, units});
    for (float& y : targets_.values()) {
        y = static_cast<float>(random.below(2));
    }
    model_.compile(Adam{.learning_rate = 0.001}, c.loss);
}

std::vector<double> Training::run(int steps) {
    // One batch makes up an epoch.
    const History history = model_.fit(inputs(tokens_, vectors_), targets_,
                                       {.epochs = static_cast<std::size_t>(steps), .batch_size = batch_});
    std::vector<double> milliseconds;
    for (const EpochResult& epoch : history) {
        milliseconds.push_back(1e3 * epoch.seconds);
    }
    return milliseconds;
}

Contender start_timeloom(const TrainingCase& c, std::size_t threads) {
    const auto training = std::make_shared<Training>(c, *c.kernels, threads);
    return {"timeloom", TIMELOOM_VERSION, "", [training](int steps) { return training->run(steps); }};
}

} // namespace timeloom::bench
