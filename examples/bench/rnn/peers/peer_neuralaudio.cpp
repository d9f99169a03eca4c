// Times the streams of bench_rnn in NeuralAudio, which has LSTMs and whose shapes are known when this is
// compiled.
#include <NeuralAudio/LSTM.h>

#include "peer_conversation.hpp"
#include "streamed_network.hpp"

#include <memory>
#include <optional>

namespace {

using namespace timeloom::bench;

/// The weights of a case in the order of Neural Amp Modeler's files: of each layer the rows of the kernel and
/// the recurrent kernel, transposed and side by side, the bias and two states; of the dense layer the weights
/// and the bias.
std::vector<float> weights_of(int layers, std::size_t units) {
    std::vector<float> all;
    std::uint32_t stream = 0;
    for (int layer = 0; layer < layers; ++layer, stream += 3) {
        const std::size_t inputs = layer == 0 ? 1 : units, gates = 4 * units;
        const std::vector<float> kernel = drawn_values(stream, inputs * gates, stream_matrix_scale(inputs));
        const std::vector<float> recurrent =
            drawn_values(stream + 1, units * gates, stream_matrix_scale(units));
        const std::vector<float> bias = drawn_values(stream + 2, gates, stream_bias_scale);
        for (std::size_t gate = 0; gate < gates; ++gate) {
            for (std::size_t row = 0; row < inputs; ++row) {
                all.push_back(kernel[row * gates + gate]);
            }
            for (std::size_t row = 0; row < units; ++row) {
                all.push_back(recurrent[row * gates + gate]);
            }
        }
        all.insert(all.end(), bias.begin(), bias.end());
        all.insert(all.end(), 2 * units, 0.0f);
    }
    const std::vector<float> dense = drawn_values(stream, units, stream_matrix_scale(units));
    all.insert(all.end(), dense.begin(), dense.end());
    all.push_back(drawn_values(stream + 1, 1, stream_bias_scale)[0]);
    return all;
}

struct Peer {
    explicit Peer(const PeerCase& c) {
        if (c.work != "stream" || c.cell != "lstm") {
            throw std::runtime_error("runs streams of LSTMs only");
        }
        work.emplace(c, network_of_shape(c, [](auto shape) -> StreamedNetwork {
                         constexpr int layers = shape.layers, units = shape.units;
                         const auto model = std::make_shared<NeuralAudio::LSTMModelT<layers, units>>();
                         const auto reset = [model, weights = weights_of(layers, units)] {
                             model->SetNAMWeights(weights);
                         };
                         reset();
                         return {[model](const float* input, float* output, int samples) {
                                     model->Process(input, output, static_cast<std::size_t>(samples));
                                 },
                                 reset};
                     }));
    }
    static std::string version() { return "source"; }
    static std::string settings() { return "shapes compiled in"; }
    void run() { work->run(); }
    std::vector<double> check() { return work->check(); }
    StepTimes time_steps(const std::string& signal, int count) { return work->time_steps(signal, count); }

    std::optional<StreamedCase> work;
};

} // namespace

int main(int argc, char** argv) { return converse<Peer>(argc, argv); }
