#include "timeloom/runtime/streams/stream.hpp"

#include "timeloom/runtime/base/finite.hpp"
#include "timeloom/runtime/embedded/denormals_as_zero.hpp"
#include "timeloom/runtime/error.hpp"
#include "timeloom/runtime/model/model_impl.hpp"
#include "timeloom/runtime/pass/input_checks.hpp"
#include "timeloom/runtime/streams/stream_steps.hpp"
#include "timeloom/runtime/streams/weights_exchange.hpp"

#include <algorithm>
#include <span>

namespace timeloom {

using namespace detail;

namespace {

[[noreturn]] void refuse(const std::string& why) {
    throw Error("Stream: " + why + "; use Model::predict() on whole sequences");
}

void require_step_by_step(const plan::Model& network) {
    if (network.inputs.size() != 1) {
        refuse("the model has " + std::to_string(network.inputs.size()) + " inputs instead of one");
    }
    for (const plan::Layer& layer : network.layers) {
        const bool reads_backwards =
            layer.go_backwards || std::ranges::any_of(layer.reads, &plan::ValueSource::reversed);
        if (reads_backwards) {
            refuse("layer " + std::string(layer.name) + " reads time backwards");
        }
        if (layer.kind == plan::LayerKind::flatten || layer.kind == plan::LayerKind::repeat ||
            layer.kind == plan::LayerKind::pooling || layer.merge == plan::MergeMode::concat_time) {
            refuse("layer " + std::string(layer.name) + " needs the whole sequence");
        }
        if (layer.kind == plan::LayerKind::final_state || !layer.initial_states.empty()) {
            refuse("layer " + std::string(layer.name) + " reads a state after the last time step");
        }
    }
}

} // namespace

class Stream::Impl {
  public:
    Impl(const plan::Model& plan, const float* parameters)
        : input_(plan.inputs[0]), parameters_(parameters), tokens_(vocabulary_of(plan, 0)),
          steps_(make_stream_steps(plan, parameters, false)), output_(width()) {}
    Impl(std::shared_ptr<StreamWeights::Impl> weights)
        : input_(weights->plan().inputs[0]), weights_(std::move(weights)), reader_(&weights_->add_reader()),
          tokens_(vocabulary_of(weights_->plan(), 0)),
          steps_(make_stream_steps(weights_->plan(), reader_->take(), true)), output_(width()) {}
    ~Impl() {
        if (reader_ != nullptr) {
            weights_->remove_reader(*reader_);
        }
    }
    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;

    std::span<const float> step(std::span<const float> features) TIMELOOM_NONBLOCKING {
        if (input_.features == 0 || features.size() != static_cast<std::size_t>(input_.features)) {
            refuse_features(features.size());
        }
        if (!all_finite(features)) {
            refuse_number();
        }
        run(features.data(), nullptr, output_.data(), 1);
        return output_.span();
    }

    std::span<const float> step(std::int32_t token) TIMELOOM_NONBLOCKING {
        if (!is_token(token)) {
            refuse_token(token);
        }
        run(nullptr, &token, output_.data(), 1);
        return output_.span();
    }

    bool process(std::span<const float> input, std::span<float> output,
                 std::size_t samples) TIMELOOM_NONBLOCKING {
        const auto features = static_cast<std::size_t>(input_.features);
        if (features == 0 || input.size() / features != samples || input.size() % features != 0) {
            refuse_input(input.size(), samples, "features");
        }
        check_output(output, samples);
        return all_finite(input) && run_all(input.data(), nullptr, output.data(), samples);
    }

    bool process(std::span<const std::int32_t> tokens, std::span<float> output,
                 std::size_t samples) TIMELOOM_NONBLOCKING {
        if (input_.features != 0 || tokens.size() != samples) {
            refuse_input(tokens.size(), samples, "token ids");
        }
        check_output(output, samples);
        for (const std::int32_t token : tokens) {
            if (!is_token(token)) {
                return false;
            }
        }
        return run_all(nullptr, tokens.data(), output.data(), samples);
    }

    std::size_t width() const { return static_cast<std::size_t>(steps_->output_width()); }
    void reset_states() TIMELOOM_NONBLOCKING { steps_->reset_states(); }

  private:
    bool is_token(std::int32_t token) const TIMELOOM_NONBLOCKING { return token >= 0 && token < tokens_; }

    void run(const float* input, const std::int32_t* tokens, float* output,
             int samples) TIMELOOM_NONBLOCKING {
        const embedded::DenormalsAsZero zeros; // without FlushDenormals' memory of each thread
        steps_->run(reader_ != nullptr ? reader_->take() : parameters_, input, tokens, output, samples);
    }

    /// In calls whose samples an int can count.
    bool run_all(const float* input, const std::int32_t* tokens, float* output,
                 std::size_t samples) TIMELOOM_NONBLOCKING {
        constexpr std::size_t most = 1 << 20;
        for (std::size_t first = 0; first < samples; first += most) {
            run(input != nullptr ? input + first * static_cast<std::size_t>(input_.features) : nullptr,
                tokens != nullptr ? tokens + first : nullptr, output + first * output_.size(),
                static_cast<int>(std::min(most, samples - first)));
        }
        return true;
    }

    void check_output(std::span<float> output, std::size_t samples) const TIMELOOM_NONBLOCKING {
        if (output.size() != samples * output_.size()) {
            refuse_output(output.size(), samples);
        }
    }

    // A call that cannot be meant throws, which allocates.
    TIMELOOM_BEGIN_PROVED_BY_TEST
    [[noreturn, gnu::cold]] void refuse_features(std::size_t count) const TIMELOOM_NONBLOCKING {
        throw Error("Stream::step: got " + std::to_string(count) + " features instead of " +
                    (input_.features == 0 ? "a token id" : std::to_string(input_.features)));
    }
    [[noreturn, gnu::cold]] static void refuse_number() TIMELOOM_NONBLOCKING {
        throw Error("Stream::step: a feature is infinite or no number");
    }
    [[noreturn, gnu::cold]] void refuse_token(std::int32_t token) const TIMELOOM_NONBLOCKING {
        throw Error("Stream::step: token id " + std::to_string(token) + " does not lie in [0, " +
                    std::to_string(tokens_) + ")" + (tokens_ == 0 ? ": the model reads features" : ""));
    }
    [[noreturn, gnu::cold]] void refuse_input(std::size_t count, std::size_t samples,
                                              const char* what) const TIMELOOM_NONBLOCKING {
        throw Error("Stream::process: got " + std::to_string(count) + " " + what + " for " +
                    std::to_string(samples) + " samples of " +
                    (input_.features == 0 ? "a token id" : std::to_string(input_.features) + " features") +
                    " each");
    }
    [[noreturn, gnu::cold]] void refuse_output(std::size_t count,
                                               std::size_t samples) const TIMELOOM_NONBLOCKING {
        throw Error("Stream::process: got room for " + std::to_string(count) + " values instead of " +
                    std::to_string(samples) + " samples of " + std::to_string(output_.size()) + " each");
    }
    TIMELOOM_END_PROVED_BY_TEST

    const plan::Input input_;
    const float* parameters_ = nullptr; ///< the model's, where there is no reader
    std::shared_ptr<StreamWeights::Impl> weights_;
    WeightsReader* reader_ = nullptr;
    int tokens_ = 0; ///< ids there are
    std::unique_ptr<StreamSteps> steps_;
    aligned_buffer<float> output_; ///< of one step
};

Stream::Stream(const Model& model) {
    if (model.impl_ == nullptr) {
        refuse("the model was moved from");
    }
    model.inside("Stream", [this](const Model::Impl& inside) {
        if (inside.has_call()) {
            refuse("the model runs a call of the user's own");
        }
        require_step_by_step(inside.plan());
        impl_ = std::make_unique<Impl>(inside.plan(), inside.parameters().data());
    });
}
Stream::Stream(const StreamWeights& weights) {
    const StreamWeights::Impl& inside = weights.impl("Stream");
    require_step_by_step(inside.plan());
    impl_ = as_error("Stream", [&] { return std::make_unique<Impl>(weights.impl_); });
}
Stream::~Stream() = default;
Stream::Stream(Stream&&) noexcept = default;
Stream& Stream::operator=(Stream&&) noexcept = default;

Stream::Impl& Stream::impl() const TIMELOOM_NONBLOCKING {
    if (impl_ == nullptr) {
        TIMELOOM_BEGIN_PROVED_BY_TEST
        throw Error("Stream: this one was moved from; step the one that it was moved to");
        TIMELOOM_END_PROVED_BY_TEST
    }
    return *impl_;
}

std::span<const float> Stream::step(std::span<const float> features) TIMELOOM_NONBLOCKING {
    return impl().step(features);
}
std::span<const float> Stream::step(std::int32_t token) TIMELOOM_NONBLOCKING { return impl().step(token); }
bool Stream::process(std::span<const float> input, std::span<float> output,
                     std::size_t samples) TIMELOOM_NONBLOCKING {
    return impl().process(input, output, samples);
}
bool Stream::process(std::span<const std::int32_t> tokens, std::span<float> output,
                     std::size_t samples) TIMELOOM_NONBLOCKING {
    return impl().process(tokens, output, samples);
}
std::size_t Stream::output_width() const { return impl().width(); }
void Stream::reset_states() TIMELOOM_NONBLOCKING { impl().reset_states(); }

} // namespace timeloom
