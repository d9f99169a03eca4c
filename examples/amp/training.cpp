#include "training.hpp"

#include "models.hpp"
#include "pedal.timeloom.hpp"
#include "pedal_training.timeloom.hpp"

#include <timeloom/runtime/error.hpp>
#include <timeloom/runtime/model/callbacks.hpp>

#include <algorithm>

namespace amp {

namespace {

using timeloom::Error;
using timeloom::Tensor;

constexpr std::size_t segments = 32; ///< rows of a batch
constexpr auto window_size = static_cast<std::size_t>(window);

void require_pair(const Recording& dry, const Recording& wet) {
    if (dry.samples.size() != wet.samples.size() || dry.sample_rate != wet.sample_rate) {
        throw Error("the recordings are no pair: one has " + std::to_string(dry.samples.size()) +
                    " samples at " + std::to_string(dry.sample_rate) + " Hz, the other " +
                    std::to_string(wet.samples.size()) + " at " + std::to_string(wet.sample_rate) + " Hz");
    }
    if (dry.samples.size() < segments * window_size) {
        throw Error("the recordings have " + std::to_string(dry.samples.size()) +
                    " samples; a training needs " + std::to_string(segments * window_size) + " or more");
    }
}

/// (windows of all segments, window, 1): row s of each batch goes on where row s of the batch before ended.
Tensor windows(const std::vector<float>& samples) {
    const std::size_t batches = samples.size() / (segments * window_size);
    Tensor tensor(timeloom::Shape{batches * segments, window_size, 1});
    auto to = tensor.values().begin();
    for (std::size_t batch = 0; batch < batches; ++batch) {
        for (std::size_t segment = 0; segment < segments; ++segment) {
            const auto first = static_cast<std::ptrdiff_t>((segment * batches + batch) * window_size);
            to = std::copy_n(samples.begin() + first, window_size, to);
        }
    }
    return tensor;
}

std::vector<float> emphasized(const std::vector<float>& samples) {
    std::vector<float> result;
    float before = 0;
    for (const float x : samples) {
        result.push_back(x - emphasis * before);
        before = x;
    }
    return result;
}

double mean_square(const Tensor& values) {
    double sum = 0;
    for (const float x : values.values()) {
        sum += static_cast<double>(x) * static_cast<double>(x);
    }
    return sum / static_cast<double>(values.size());
}

/// Lets each epoch begin with silence, and tells how it ended.
class Epochs final : public timeloom::Callback {
  public:
    Epochs(const TrainingOptions& options, double signal) : options_(options), signal_(signal) {}
    void on_epoch_begin(timeloom::Model& model, std::size_t) override { model.reset_states(); }
    void on_epoch_end(timeloom::Model&, const timeloom::EpochResult& result) override {
        if (options_.progress) {
            options_.progress(result.epoch, result.training.loss / signal_);
        }
    }

  private:
    const TrainingOptions& options_;
    double signal_;
};

} // namespace

timeloom::Model trained_amp(const Recording& dry, const Recording& wet, const TrainingOptions& options) {
    require_pair(dry, wet);
    const Tensor x = windows(dry.samples), y = windows(emphasized(wet.samples));
    const double signal = mean_square(y);
    if (signal == 0) {
        throw Error("the second recording is silent");
    }
    timeloom::Model training(pedal_training_plan, {.seed = options.seed, .threads = options.threads});
    const double steps = static_cast<double>(options.epochs * (x.shape()[0] / segments));
    training.compile(
        timeloom::Adam{.learning_rate = timeloom::CosineDecay{.initial_learning_rate = options.learning_rate,
                                                              .decay_steps = steps,
                                                              .alpha = 0.01}},
        timeloom::Loss::mean_squared_error);
    Epochs epochs(options, signal);
    training.fit(
        x, y, {.epochs = options.epochs, .batch_size = segments, .shuffle = false, .callbacks = {&epochs}});
    timeloom::Model trained(pedal_plan, {.seed = options.seed, .threads = 1});
    for (const std::string& name : trained.weight_names()) {
        trained.set_weights(name, training.get_weights(name));
    }
    return trained;
}

} // namespace amp
