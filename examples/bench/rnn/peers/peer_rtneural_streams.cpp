// Times the streams of bench_rnn in RTNeural, whose shapes are known when this is compiled.
#include "rtneural_weights.hpp"

#include "peer_conversation.hpp"
#include "streamed_network.hpp"

#include <memory>

namespace {

using namespace timeloom::bench;

template <class Layer>
void set_stream_weights(Layer& layer, std::uint32_t stream) {
    set_weights(
        layer, stream,
        {stream_matrix_scale(Layer::in_size), stream_matrix_scale(Layer::out_size), stream_bias_scale});
}

template <class Model>
struct State {
    Model model;
    alignas(64) float sample[16]{}; ///< it is read by whole vectors
};

template <class Model>
StreamedNetwork network_of(std::shared_ptr<State<Model>> state) {
    return {[state](const float* input, float* output, int samples) {
                for (int i = 0; i < samples; ++i) {
                    state->sample[0] = input[i];
                    output[i] = state->model.forward(state->sample);
                }
            },
            [state] { state->model.reset(); }};
}

template <template <typename, int, int> class Cell>
StreamedNetwork network(const PeerCase& c) {
    return network_of_shape(c, [](auto shape) {
        constexpr int units = shape.units, layers = shape.layers;
        using Dense = RTNeural::DenseT<float, units, 1>;
        using One = RTNeural::ModelT<float, 1, 1, Cell<float, 1, units>, Dense>;
        using Two = RTNeural::ModelT<float, 1, 1, Cell<float, 1, units>, Cell<float, units, units>, Dense>;
        const auto state = std::make_shared<State<std::conditional_t<layers == 1, One, Two>>>();
        auto& model = state->model;
        set_stream_weights(model.template get<0>(), 0);
        if constexpr (layers == 2) {
            set_stream_weights(model.template get<1>(), 3);
        }
        auto& dense = model.template get<layers>();
        dense.setWeights(Matrix{drawn_values(3 * layers, units, stream_matrix_scale(units))});
        dense.setBias(drawn_values(3 * layers + 1, 1, stream_bias_scale).data());
        model.reset();
        return network_of(state);
    });
}

struct Peer {
    explicit Peer(const PeerCase& c) : work(c, c.cell == "lstm" ? network<Lstm>(c) : network<Gru>(c)) {}
    static std::string version() { return "source"; }
    static std::string settings() { return "shapes compiled in"; }
    void run() { work.run(); }
    std::vector<double> check() { return work.check(); }
    StepTimes time_steps(const std::string& signal, int count) { return work.time_steps(signal, count); }

    StreamedCase work;
};

} // namespace

int main(int argc, char** argv) { return converse<Peer>(argc, argv); }
