#include "timeloom/runtime/model/stream.hpp"

#include "timeloom/runtime/base/finite.hpp"
#include "timeloom/runtime/base/flush_denormals.hpp"
#include "timeloom/runtime/error.hpp"
#include "timeloom/runtime/model/model_impl.hpp"
#include "timeloom/runtime/pass/input_checks.hpp"

#include <algorithm>

namespace timeloom {

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
        : input_(plan.inputs[0]), graph_(plan, {.values = parameters}) {
        require_step_by_step(plan);
        graph_.begin_pass();
        graph_.add_input(view_of_input());
        for (std::size_t i = 0; i < plan.layers.size(); ++i) {
            std::vector<NodeOutput> reads;
            for (const plan::ValueSource& source : plan.layers[i].reads) {
                reads.push_back({source.node});
            }
            const int node = graph_.add(static_cast<int>(i), reads, {}, false);
            if (CellWork* const cell = graph_.cell(node)) {
                remember_states(*cell);
            }
            output_ = graph_.view({node});
        }
        graph_.end_pass({static_cast<int>(plan.layers.size())}, {}, false);
        tokens_ = vocabulary_of(plan, 0);
    }

    std::span<const float> step(std::span<const float> features) {
        if (input_.features == 0 || features.size() != static_cast<std::size_t>(input_.features)) {
            throw Error("Stream::step: got " + std::to_string(features.size()) + " features instead of " +
                        (input_.features == 0 ? "a token id" : std::to_string(input_.features)));
        }
        if (!all_finite(features)) {
            throw Error("Stream::step: a feature is infinite or no number");
        }
        std::ranges::copy(features, values_.data());
        return step();
    }

    std::span<const float> step(std::int32_t token) {
        if (token < 0 || token >= tokens_) {
            throw Error("Stream::step: token id " + std::to_string(token) + " does not lie in [0, " +
                        std::to_string(tokens_) + ")" + (tokens_ == 0 ? ": the model reads features" : ""));
        }
        token_ = token;
        return step();
    }

    void reset_states() {
        for (const State& state : states_) {
            std::fill_n(state.before, state.width, 0.0f);
        }
    }

  private:
    static constexpr int block = 16;

    /// Where a cell's kernel reads a state, and where it writes it.
    struct State {
        float* before;
        const float* after;
        int width;
    };

    SequenceView view_of_input() {
        const int width = input_.features > 0 ? plan::padded(input_.features) : 0;
        values_.reserve_zeroed(static_cast<std::size_t>(width));
        return {.data = values_.data(),
                .timesteps = 1,
                .rows = 1,
                .padded_rows = 1,
                .width = input_.features,
                .row_stride = width,
                .time_stride = width,
                .tokens = input_.features > 0 ? nullptr : &token_,
                .step_stride = 1};
    }

    void remember_states(CellWork& cell) {
        for (int s = 0; s < cell.state_count(); ++s) {
            states_.push_back(
                {cell.initial_state(s).data, cell.final_state(s).data, plan::padded(cell.units())});
        }
    }

    std::span<const float> step() {
        const FlushDenormals flush;
        const auto nothing = [](int, int) {};
        graph_.forward(StepContext{}, nothing, nothing);
        for (const State& state : states_) {
            int u = 0;
            for (; u + block <= state.width; u += block) { // few at a time, for which nothing is called
                std::copy_n(state.after + u, block, state.before + u);
            }
            std::copy_n(state.after + u, state.width - u, state.before + u);
        }
        return {output_.data, static_cast<std::size_t>(output_.width)};
    }

    const plan::Input input_;
    int tokens_ = 0; ///< ids there are
    std::int32_t token_ = 0;
    aligned_buffer<float> values_;
    LayerGraph graph_;
    std::vector<State> states_;
    SequenceView output_;
};

Stream::Stream(const Model& model) {
    if (model.impl_ == nullptr) {
        refuse("the model was moved from");
    }
    model.inside("Stream", [this](const Model::Impl& inside) {
        if (inside.has_call()) {
            refuse("the model runs a call of the user's own");
        }
        impl_ = std::make_unique<Impl>(inside.plan(), inside.parameters().data());
    });
}
Stream::~Stream() = default;
Stream::Stream(Stream&&) noexcept = default;
Stream& Stream::operator=(Stream&&) noexcept = default;

Stream::Impl& Stream::impl() const {
    if (impl_ == nullptr) {
        throw Error("Stream: this one was moved from; step the one that it was moved to");
    }
    return *impl_;
}

std::span<const float> Stream::step(std::span<const float> features) { return impl().step(features); }
std::span<const float> Stream::step(std::int32_t token) { return impl().step(token); }
void Stream::reset_states() { impl().reset_states(); }

} // namespace timeloom
