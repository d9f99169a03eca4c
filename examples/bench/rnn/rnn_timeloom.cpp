#include "rnn_timeloom.hpp"

#include "peers/peer_case.hpp"

#include "timeloom/runtime/base/flush_denormals.hpp"
#include "timeloom/runtime/error.hpp"

#include <chrono>
#include <cmath>
#include <memory>

namespace timeloom::bench {

namespace {

/// A GRU's second bias counts only for its candidate, as in libraries that add up the others.
bool is_recurrent_bias(const std::string& name) { return name.ends_with("/recurrent_bias"); }

double mean_size(std::span<const float> values) {
    double sum = 0;
    for (const float x : values) {
        sum += std::abs(x);
    }
    return sum / static_cast<double>(values.size());
}

std::span<const float> last_third(const Tensor& bias) {
    return bias.values().subspan(bias.size() / 3 * 2, bias.size() / 3);
}

} // namespace

TimeloomRun::TimeloomRun(const RnnCase& c, const plan::Model& plan, std::size_t threads)
    : case_(c), model_(plan, {.seed = 0, .threads = threads}) {
    draw_inputs();
    draw_targets();
    set_weights();
    model_.compile(Adam{.learning_rate = 0.001},
                   c.has_tokens() ? Loss::binary_crossentropy_from_logits : Loss::mean_squared_error);
    if (c.work == Work::step || c.work == Work::stream) {
        stream_.emplace(model_);
        streamed_.resize(c.timesteps() * stream_->output_width());
    }
    if (c.work == Work::gradients) {
        const std::string layer(plan.layers[0].name);
        model_.set_call([layer](Call& call) {
            call.watch("input", call.input());
            return call.layer(layer, call.input());
        });
    }
}

void TimeloomRun::draw_inputs() {
    const std::size_t steps = case_.timesteps();
    if (case_.work == Work::stream) {
        vectors_ = Tensor(Shape{1, stream_samples, 1});
        for (std::uint32_t i = 0; i < stream_samples; ++i) {
            vectors_.values()[i] = stream_sample(i);
        }
    } else if (case_.has_tokens()) {
        tokens_ = {rows(), steps, case_.drawn_tokens(rows() * steps)};
    } else {
        vectors_ = Tensor(Shape{rows(), steps, case_.inputs()});
        const std::vector<float> values = drawn_values(input_stream, vectors_.size(), 1);
        std::ranges::copy(values, vectors_.values().begin());
    }
}

void TimeloomRun::draw_targets() {
    const plan::Layer& last = case_.plan.layers.back();
    const auto units = static_cast<std::size_t>(last.units);
    targets_ = last.output_timesteps() > 1 ? Tensor(Shape{rows(), case_.timesteps(), units})
                                           : Tensor(Shape{rows(), units});
    const std::vector<float> values = drawn_values(target_stream, targets_.size(), 1);
    for (std::size_t i = 0; i < values.size(); ++i) {
        targets_.values()[i] = !case_.has_tokens() ? values[i] : values[i] < 0 ? 0.0f : 1.0f;
    }
}

void TimeloomRun::set_weights() {
    const bool is_stream = case_.work == Work::stream;
    std::uint32_t stream = 0;
    for (const std::string& name : model_.weight_names()) {
        Tensor weights = model_.get_weights(name);
        const bool is_matrix = weights.shape().rank() == 2;
        const float scale = !is_stream  ? weight_scale
                            : is_matrix ? stream_matrix_scale(weights.shape()[0])
                                        : stream_bias_scale;
        if (is_recurrent_bias(name)) {
            const std::vector<float> drawn = drawn_values(stream - 1, weights.size() / 3 * 4, scale);
            weights.fill(0);
            std::copy(drawn.end() - static_cast<std::ptrdiff_t>(weights.size() / 3), drawn.end(),
                      weights.values().end() - static_cast<std::ptrdiff_t>(weights.size() / 3));
        } else {
            std::ranges::copy(drawn_values(stream++, weights.size(), scale), weights.data());
        }
        model_.set_weights(name, weights);
    }
}

void TimeloomRun::work() {
    if (case_.work == Work::train) {
        model_.fit(x(), targets_, {.epochs = 1, .batch_size = case_.batch});
        return;
    }
    for (std::size_t repeat = 0; repeat < case_.repeat; ++repeat) {
        if (case_.work == Work::gradients) {
            model_.gradients(x(), targets_);
        } else if (case_.work == Work::inference) {
            model_.predict(x(), case_.batch);
        } else if (case_.work == Work::step) {
            stream_->step(vectors_.values());
        } else {
            process_block(repeat);
        }
    }
}

/// By the call that a user makes, a step where the block is one sample.
void TimeloomRun::process_block(std::size_t block) {
    const std::size_t samples = case_.timesteps();
    const std::span<const float> input = vectors_.values().subspan(block * samples, samples);
    if (samples == 1) {
        streamed_[0] = stream_->step(input)[0];
    } else if (!stream_->process(input, streamed_, samples)) {
        throw Error("a sample is no number");
    }
}

/// Denormals are zero for all of it, as in the peers' programs.
std::vector<double> TimeloomRun::run(int count) {
    using Clock = std::chrono::steady_clock;
    const FlushDenormals flush;
    std::vector<double> milliseconds;
    for (int i = 0; i < count; ++i) {
        const Clock::time_point start = Clock::now();
        work();
        const std::chrono::duration<double, std::milli> time = Clock::now() - start;
        milliseconds.push_back(time.count() / static_cast<double>(case_.repeat));
    }
    return milliseconds;
}

/// Over four steps.
std::vector<double> TimeloomRun::losses_of_first_batch() {
    if (!case_.has_tokens()) {
        throw Error("a training is compared on token ids only");
    }
    TokenMatrix tokens = tokens_;
    tokens.rows = case_.batch;
    tokens.values.resize(case_.batch * case_.timesteps());
    const std::size_t width = targets_.size() / rows();
    Tensor targets(Shape{case_.batch, width});
    std::ranges::copy(targets_.values().first(case_.batch * width), targets.data());
    std::vector<double> losses;
    for (const EpochResult& epoch : model_.fit(tokens, targets, {.epochs = 4, .batch_size = case_.batch})) {
        losses.push_back(epoch.training.loss);
    }
    return losses;
}

std::vector<double> TimeloomRun::check() {
    std::vector<double> numbers;
    if (case_.work == Work::train) {
        return losses_of_first_batch();
    }
    if (case_.work == Work::step) {
        stream_->step(vectors_.values());
        return {mean_size(stream_->step(vectors_.values()))};
    }
    if (case_.work == Work::stream) {
        for (std::size_t block = 0; block < case_.repeat; ++block) {
            process_block(block);
            numbers.insert(numbers.end(), streamed_.begin(), streamed_.end());
        }
        return numbers;
    }
    numbers.push_back(mean_size(model_.predict(x(), case_.batch).values()));
    if (case_.work == Work::gradients) {
        const Gradients gradients = model_.gradients(x(), targets_);
        for (const std::string& name : model_.weight_names()) {
            const Tensor& g = gradients.weights.at(name);
            if (is_recurrent_bias(name)) {
                numbers.back() = (3 * numbers.back() + mean_size(last_third(g))) / 4;
            } else {
                numbers.push_back(mean_size(g.values()));
            }
        }
        numbers.push_back(mean_size(gradients.watched.at("input").values()));
    }
    return numbers;
}

StepTimes TimeloomRun::time_steps(const std::string& signal, int count) {
    const FlushDenormals flush;
    stream_->reset_states();
    const auto step = [&](float sample) {
        return stream_->process({&sample, 1}, {streamed_.data(), 1}, 1); // false for what is no number
    };
    return measure_steps(signal, count, step, [&] { stream_->reset_states(); });
}

Contender start_timeloom(const RnnCase& c, std::size_t threads) {
    const auto run = std::make_shared<TimeloomRun>(c, c.plan, threads);
    return {"timeloom", TIMELOOM_VERSION, "", run->check(), [run](int count) { return run->run(count); }};
}

} // namespace timeloom::bench
