// Times the step by step cases of bench_rnn in RTNeural, whose shapes are known when this is compiled.
#include "rtneural_weights.hpp"

#include "peer_conversation.hpp"

#include <cmath>
#include <functional>
#include <memory>
#include <stdexcept>

namespace {

using namespace timeloom::bench;

double mean_size(const float* values, int count) {
    double sum = 0;
    for (int i = 0; i < count; ++i) {
        sum += std::abs(values[i]);
    }
    return sum / count;
}

/// What a case does once, and what it is compared by.
struct Work {
    std::function<void()> run;
    std::function<double()> result;
};

template <int Inputs, int Units, class Layer>
Work step_work() {
    struct State {
        RTNeural::ModelT<float, Inputs, Units, Layer> model;
        alignas(64) float x[Inputs];
    };
    const auto state = std::make_shared<State>();
    set_weights(state->model.template get<0>(), 0, same_scales);
    std::ranges::copy(drawn_values(input_stream, Inputs, 1), state->x);
    return {[state] { state->model.forward(state->x); },
            [state] { return mean_size(state->model.getOutputs(), Units); }};
}

template <template <typename, int, int> class Layer>
Work step_of_shape(int inputs, int units) {
    if (inputs == 1 && units == 16) {
        return step_work<1, 16, Layer<float, 1, 16>>();
    }
    if (inputs == 1 && units == 64) {
        return step_work<1, 64, Layer<float, 1, 64>>();
    }
    if (inputs == 64 && units == 64) {
        return step_work<64, 64, Layer<float, 64, 64>>();
    }
    throw std::runtime_error("this shape was not compiled");
}

/// The IMDB classifier, with a table of embeddings in front.
Work classifier(const PeerCase& c) {
    struct State {
        RTNeural::ModelT<float, 100, 1, Lstm<float, 100, 64>, Lstm<float, 64, 64>,
                         RTNeural::DenseT<float, 64, 1>>
            model;
        std::vector<float> embedding;
        std::vector<std::int32_t> tokens;
        alignas(64) float x[100];
    };
    const auto state = std::make_shared<State>();
    state->embedding = drawn_values(0, static_cast<std::size_t>(c.vocabulary) * 100, weight_scale);
    for (int t = 0; t < c.timesteps; ++t) {
        state->tokens.push_back(drawn_token(static_cast<std::size_t>(t), c.vocabulary, c.uniform_words));
    }
    set_weights(state->model.get<0>(), 1, same_scales);
    set_weights(state->model.get<1>(), 4, same_scales);
    const std::vector<float> dense = drawn_values(7, 64, weight_scale),
                             bias = drawn_values(8, 1, weight_scale);
    state->model.get<2>().setWeights(Matrix{dense});
    state->model.get<2>().setBias(bias.data());
    return {[state] {
                state->model.reset();
                for (const std::int32_t token : state->tokens) {
                    std::copy_n(&state->embedding[static_cast<std::size_t>(token) * 100], 100, state->x);
                    state->model.forward(state->x);
                }
            },
            [state] { return mean_size(state->model.getOutputs(), 1); }};
}

struct Peer {
    explicit Peer(const PeerCase& c) : is_step(c.work == "step") {
        work = !is_step           ? classifier(c)
               : c.cell == "lstm" ? step_of_shape<Lstm>(c.inputs, c.units)
                                  : step_of_shape<Gru>(c.inputs, c.units);
    }
    static std::string version() { return "source"; }
    static std::string settings() { return "shapes compiled in"; }
    void run() { work.run(); }
    std::vector<double> check() {
        run();
        if (is_step) {
            run();
        }
        return {work.result()};
    }

    bool is_step;
    Work work;
};

} // namespace

int main(int argc, char** argv) { return converse<Peer>(argc, argv); }
