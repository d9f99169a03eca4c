#include "timeloom/runtime/streams/stream_steps.hpp"

#include <algorithm>

namespace timeloom::detail {

namespace {

/// All layers of all samples in one call of the model's own kernel.
class KernelSteps final : public StreamSteps {
  public:
    KernelSteps(const plan::Model& plan, const plan::Kernel& kernel)
        : call_(kernel.call), memory_(static_cast<std::size_t>(kernel.variant)),
          width_(plan.layers.back().units) {}

    void run(const float* parameters, const float* input, const std::int32_t*, float* output,
             int samples) TIMELOOM_NONBLOCKING override {
        float* memory = memory_.data();
        int nothing = 0;
        void* arguments[] = {&parameters, &memory, &input, &output, &samples, &nothing};
        TIMELOOM_BEGIN_PROVED_BY_TEST
        call_(arguments);
        TIMELOOM_END_PROVED_BY_TEST
    }
    void reset_states() TIMELOOM_NONBLOCKING override { std::ranges::fill(memory_, 0.0f); }
    int output_width() const override { return width_; }

  private:
    int (*const call_)(void** arguments);
    aligned_buffer<float> memory_;
    const int width_;
};

/// Step after step, and in each of them layer after layer.
class LayerSteps final : public StreamSteps {
  public:
    LayerSteps(const plan::Model& plan, const float* parameters, bool copies_parameters)
        : input_(plan.inputs[0]), size_(plan.parameters_size), own_parameters_(copies_parameters ? size_ : 0),
          copied_(parameters),
          graph_(plan, {.values = copies_parameters ? own_parameters_.data() : parameters}) {
        if (copies_parameters) {
            std::copy_n(parameters, size_, own_parameters_.data());
        }
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
    }

    void run(const float* parameters, const float* input, const std::int32_t* tokens, float* output,
             int samples) TIMELOOM_NONBLOCKING override {
        if (!own_parameters_.empty() && parameters != copied_) {
            copy(parameters, static_cast<int>(size_), own_parameters_.data());
            copied_ = parameters;
        }
        for (int s = 0; s < samples; ++s) {
            if (tokens != nullptr) {
                token_ = tokens[s];
            } else {
                copy(input + std::ptrdiff_t{s} * input_.features, input_.features, values_.data());
            }
            step();
            copy(output_.data, output_.width, output + std::ptrdiff_t{s} * output_.width);
        }
    }
    void reset_states() TIMELOOM_NONBLOCKING override {
        for (const State& state : states_) {
            std::fill_n(state.before, state.width, 0.0f);
        }
    }
    int output_width() const override { return output_.width; }

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

    /// Few at a time, for which nothing is called.
    static void copy(const float* from, int count, float* to) TIMELOOM_NONBLOCKING {
        int i = 0;
        for (; i + block <= count; i += block) {
            std::copy_n(from + i, block, to + i);
        }
        std::copy_n(from + i, count - i, to + i);
    }

    void step() TIMELOOM_NONBLOCKING {
        TIMELOOM_BEGIN_PROVED_BY_TEST
        const auto nothing = [](int, int) {};
        graph_.forward(StepContext{}, nothing, nothing);
        TIMELOOM_END_PROVED_BY_TEST
        for (const State& state : states_) {
            copy(state.after, state.width, state.before);
        }
    }

    const plan::Input input_;
    const std::size_t size_; ///< of the parameters
    aligned_buffer<float> own_parameters_;
    const float* copied_;
    std::int32_t token_ = 0;
    aligned_buffer<float> values_;
    LayerGraph graph_;
    std::vector<State> states_;
    SequenceView output_;
};

} // namespace

std::unique_ptr<StreamSteps> make_stream_steps(const plan::Model& plan, const float* parameters,
                                               bool copies_parameters) {
    for (const plan::Kernel& kernel : plan.kernels) {
        if (kernel.kind == plan::KernelKind::stream) {
            return std::make_unique<KernelSteps>(plan, kernel);
        }
    }
    return std::make_unique<LayerSteps>(plan, parameters, copies_parameters);
}

} // namespace timeloom::detail
