// A small network that a C++ peer runs as a stream.
#pragma once

#include "step_times.hpp"

#include <functional>
#include <stdexcept>

namespace timeloom::bench {

/// How a library runs it.
struct StreamedNetwork {
    std::function<void(const float* input, float* output, int samples)> process;
    std::function<void()> reset;
};

/// Layers and units of the networks that are compiled in.
template <int Layers, int Units>
struct NetworkShape {
    static constexpr int layers = Layers, units = Units;
};

/// What `make` makes of the case's shape, which it gets as a NetworkShape.
template <class Make>
StreamedNetwork network_of_shape(const PeerCase& c, Make make) {
    StreamedNetwork network;
    const auto try_shape = [&](auto shape) {
        if (c.layers == shape.layers && c.units == shape.units) {
            network = make(shape);
        }
    };
    [&]<class... Shapes>(Shapes... shapes) {
        (try_shape(shapes), ...);
    }(NetworkShape<1, 8>{}, NetworkShape<1, 12>{}, NetworkShape<1, 16>{}, NetworkShape<1, 24>{},
      NetworkShape<2, 8>{}, NetworkShape<2, 12>{}, NetworkShape<2, 16>{});
    if (!network.process) {
        throw std::runtime_error("this shape was not compiled");
    }
    return network;
}

/// A case of streams as peer_conversation.hpp talks to it: one block after the other.
class StreamedCase {
  public:
    StreamedCase(const PeerCase& c, StreamedNetwork network)
        : network_(std::move(network)), block_(c.timesteps), input_(stream_samples), output_(stream_samples) {
        for (std::uint32_t i = 0; i < stream_samples; ++i) {
            input_[i] = stream_sample(i);
        }
    }

    void run() {
        network_.process(&input_[at_], &output_[at_], block_);
        at_ = (at_ + static_cast<std::size_t>(block_)) % stream_samples;
    }
    std::vector<double> check() {
        do {
            run();
        } while (at_ > 0);
        return {output_.begin(), output_.end()};
    }
    StepTimes time_steps(const std::string& signal, int count) {
        network_.reset();
        float output = 0;
        return measure_steps(
            signal, count, [&](float sample) { network_.process(&sample, &output, 1); }, network_.reset);
    }

  private:
    StreamedNetwork network_;
    int block_;
    std::size_t at_ = 0;
    std::vector<float> input_, output_;
};

} // namespace timeloom::bench
