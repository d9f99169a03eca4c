#include "training.hpp"

#include <cstdio>

namespace imdb {

Training train(timeloom::Model& model, const Task& task) {
    if (task.print_summary) {
        std::printf("%s\n", model.summary().c_str());
        std::fflush(stdout);
    }
    const auto& [train, test] = task.reviews;
    model.compile(timeloom::Adam{.learning_rate = 0.001}, timeloom::Loss::binary_crossentropy, {"accuracy"});
    timeloom::FitOptions fit;
    fit.epochs = task.epochs;
    fit.batch_size = task.batch_size;
    fit.drop_remainder = task.drop_remainder;
    fit.validation_data = timeloom::ValidationData(test.x, test.y);
    fit.validation_freq = task.validation_freq;
    fit.progress = timeloom::terminal_progress();

    Training result;
    result.history = model.fit(train.x, train.y, fit);
    for (const timeloom::EpochResult& epoch : result.history) {
        result.seconds += epoch.seconds;
    }
    result.train = model.evaluate(train.x, train.y, task.batch_size);
    result.test = model.evaluate(test.x, test.y, task.batch_size);
    if (!task.save.empty()) {
        model.save_weights(task.save);
    }
    return result;
}

} // namespace imdb
