#include "stream_reference.hpp"

#include "../peers/peer_case.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace timeloom::bench {

namespace {

using Values = std::vector<double>;

double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }

Values drawn_doubles(std::uint32_t stream, std::size_t count, float scale) {
    const std::vector<float> values = drawn_values(stream, count, scale);
    return {values.begin(), values.end()};
}

/// start + vector · matrix, whose rows have as many values as `start`.
Values product(const Values& vector, const Values& matrix, Values start) {
    for (std::size_t row = 0; row < vector.size(); ++row) {
        for (std::size_t column = 0; column < start.size(); ++column) {
            start[column] += vector[row] * matrix[row * start.size() + column];
        }
    }
    return start;
}

/// An LSTM of gates i, f, c, o, or a GRU of gates z, r, h that resets after the product.
class Layer {
  public:
    Layer(bool is_lstm, std::size_t inputs, std::size_t units, std::uint32_t stream)
        : is_lstm_(is_lstm), units_(units), h_(units), c_(units) {
        const std::size_t gates = is_lstm ? 4 : 3;
        kernel_ = drawn_doubles(stream, inputs * gates * units, stream_matrix_scale(inputs));
        recurrent_ = drawn_doubles(stream + 1, units * gates * units, stream_matrix_scale(units));
        bias_ = drawn_doubles(stream + 2, 4 * units, stream_bias_scale);
        recurrent_bias_.assign(gates * units, 0.0);
        if (!is_lstm) { // the second bias is the candidate's alone
            std::copy(bias_.end() - static_cast<std::ptrdiff_t>(units), bias_.end(),
                      recurrent_bias_.end() - static_cast<std::ptrdiff_t>(units));
            bias_.resize(gates * units);
        }
    }

    const Values& step(const Values& input) {
        const Values x = product(input, kernel_, bias_), h = product(h_, recurrent_, recurrent_bias_);
        for (std::size_t u = 0; u < units_; ++u) {
            const auto sum = [&](std::size_t gate) { return x[gate * units_ + u] + h[gate * units_ + u]; };
            if (is_lstm_) {
                c_[u] = sigmoid(sum(1)) * c_[u] + sigmoid(sum(0)) * std::tanh(sum(2));
                h_[u] = sigmoid(sum(3)) * std::tanh(c_[u]);
            } else {
                const double z = sigmoid(sum(0));
                const double candidate = std::tanh(x[2 * units_ + u] + sigmoid(sum(1)) * h[2 * units_ + u]);
                h_[u] = z * h_[u] + (1 - z) * candidate;
            }
        }
        return h_;
    }

  private:
    bool is_lstm_;
    std::size_t units_;
    Values h_, c_;
    Values kernel_, recurrent_, bias_, recurrent_bias_;
};

} // namespace

std::vector<double> stream_reference(const RnnCase& c) {
    const auto units = static_cast<std::size_t>(c.plan.layers[0].units);
    std::vector<Layer> layers;
    std::uint32_t stream = 0;
    for (std::size_t l = 0; l + 1 < c.plan.layers.size(); ++l, stream += 3) {
        layers.emplace_back(c.cell == "lstm", l == 0 ? 1 : units, units, stream);
    }
    const Values dense = drawn_doubles(stream, units, stream_matrix_scale(units));
    const double bias = drawn_doubles(stream + 1, 1, stream_bias_scale)[0];
    std::vector<double> outputs;
    for (std::uint32_t i = 0; i < stream_samples; ++i) {
        Values x{stream_sample(i)};
        for (Layer& layer : layers) {
            x = layer.step(x);
        }
        outputs.push_back(product(x, dense, {bias})[0]);
    }
    return outputs;
}

double largest_difference(std::span<const double> computed, std::span<const double> reference) {
    double largest = computed.size() == reference.size() ? 0 : std::numeric_limits<double>::infinity();
    for (std::size_t i = 0; i < std::min(computed.size(), reference.size()); ++i) {
        const double difference = std::abs(computed[i] - reference[i]);
        largest =
            std::max(largest, std::isnan(difference) ? std::numeric_limits<double>::infinity() : difference);
    }
    return largest;
}

} // namespace timeloom::bench
