// What a Network does when it runs.
#include "network.hpp"

#include <omp.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace onednn_peer {

using namespace timeloom::bench;

// ---- Forward ----

void Network::embed() {
    float* const to = layers_[0]->source();
    const auto width = static_cast<std::size_t>(case_.inputs);
#pragma omp parallel for
    for (std::size_t i = 0; i < tokens_.size(); ++i) {
        std::copy_n(&embedding_[static_cast<std::size_t>(tokens_[i]) * width], width, to + i * width);
    }
}

/// Where a direction's last output begins: the backward one ends with the first time step.
const float* Network::last_output(int row, int direction) const {
    const std::size_t t = direction == 0 ? static_cast<std::size_t>(case_.timesteps - 1) : 0;
    const std::size_t at = t * static_cast<std::size_t>(case_.batch) + static_cast<std::size_t>(row);
    return layers_.back()->output() +
           (at * static_cast<std::size_t>(case_.directions()) + static_cast<std::size_t>(direction)) *
               static_cast<std::size_t>(case_.units);
}

float* Network::diff_last_output(int row, int direction) {
    return layers_.back()->diff_output() + (last_output(row, direction) - layers_.back()->output());
}

void Network::dense_forward() {
    for (int b = 0; b < case_.batch; ++b) {
        float sum = dense_.back();
        for (int d = 0; d < case_.directions(); ++d) {
            sum = std::inner_product(last_output(b, d), last_output(b, d) + case_.units,
                                     dense_.begin() + d * case_.units, sum);
        }
        logits_[static_cast<std::size_t>(b)] = sum;
    }
}

void Network::forward() {
    if (case_.vocabulary > 0) {
        embed();
    }
    for (const auto& layer : layers_) {
        layer->forward(stream_);
    }
    stream_.wait();
    if (case_.dense > 0) {
        dense_forward();
    }
}

// ---- Loss ----

/// Binary cross-entropy of the logits, or else the mean squared error of all outputs; and its gradient.
double Network::loss_gradient() {
    if (case_.dense == 0) {
        const float* output = layers_.back()->output();
        float* diff = layers_.back()->diff_output();
        const float scale = 1.0f / static_cast<float>(targets_.size());
        double loss = 0;
#pragma omp parallel for simd reduction(+ : loss)
        for (std::size_t i = 0; i < targets_.size(); ++i) {
            const float error = output[i] - targets_[i];
            diff[i] = 2 * scale * error;
            loss += scale * error * error;
        }
        return loss;
    }
    double loss = 0;
    for (std::size_t b = 0; b < logits_.size(); ++b) {
        const float z = logits_[b];
        loss += std::max(z, 0.0f) - z * targets_[b] + std::log1p(std::exp(-std::abs(z)));
        diff_logits_[b] = (1 / (1 + std::exp(-z)) - targets_[b]) / static_cast<float>(case_.batch);
    }
    return loss / static_cast<double>(case_.batch);
}

// ---- Backward ----

void Network::dense_backward() {
    std::ranges::fill(diff_dense_, 0.0f);
    const auto units = static_cast<std::size_t>(case_.units);
    for (int b = 0; b < case_.batch; ++b) {
        const float g = diff_logits_[static_cast<std::size_t>(b)];
        for (int d = 0; d < case_.directions(); ++d) {
            const std::size_t first = static_cast<std::size_t>(d) * units;
            const float* const output = last_output(b, d);
            float* const diff = diff_last_output(b, d); // all others stay zero
            for (std::size_t k = 0; k < units; ++k) {
                diff_dense_[first + k] += g * output[k];
                diff[k] = g * dense_[first + k];
            }
        }
        diff_dense_.back() += g;
    }
}

/// Each thread adds up columns of its own, so that none writes where another does.
void Network::embedding_backward() {
    const auto width = static_cast<std::size_t>(case_.inputs);
    const float* const from = layers_[0]->diff_source();
#pragma omp parallel
    {
        const auto threads = static_cast<std::size_t>(omp_get_num_threads());
        const auto thread = static_cast<std::size_t>(omp_get_thread_num());
        const std::size_t first = width * thread / threads, end = width * (thread + 1) / threads;
#pragma omp for
        for (std::size_t i = 0; i < diff_embedding_.size(); i += width) {
            std::fill_n(&diff_embedding_[i], width, 0.0f);
        }
        for (std::size_t i = 0; i < tokens_.size(); ++i) {
            float* const to = &diff_embedding_[static_cast<std::size_t>(tokens_[i]) * width];
            for (std::size_t k = first; k < end; ++k) {
                to[k] += from[i * width + k];
            }
        }
    }
}

void Network::backward() {
    if (case_.dense > 0) {
        dense_backward();
    }
    for (auto layer = layers_.rbegin(); layer != layers_.rend(); ++layer) {
        (*layer)->backward(stream_);
    }
    stream_.wait();
    if (case_.vocabulary > 0) {
        embedding_backward();
    }
}

// ---- Training ----

void Network::adam() {
    ++adam_steps_;
    constexpr float beta_1 = 0.9f, beta_2 = 0.999f, epsilon = 1e-7f;
    const float unbiased_2 = 1 / std::sqrt(1 - std::pow(beta_2, static_cast<float>(adam_steps_)));
    const float rate = 0.001f / (1 - std::pow(beta_1, static_cast<float>(adam_steps_)));
    for (Parameter& p : parameters_) {
        float *const values = p.values, *const m = p.m.data(), *const v = p.v.data();
        const float* const gradient = p.gradient;
#pragma omp parallel for simd if (p.m.size() > 20000)
        for (std::size_t i = 0; i < p.m.size(); ++i) {
            const float g = gradient[i];
            m[i] += (1 - beta_1) * (g - m[i]);
            v[i] += (1 - beta_2) * (g * g - v[i]);
            values[i] -= rate * m[i] / (std::sqrt(v[i]) * unbiased_2 + epsilon);
        }
    }
}

double Network::train() {
    for (const auto& layer : layers_) {
        layer->pack(stream_);
    }
    forward();
    const double loss = loss_gradient();
    backward();
    adam();
    return loss;
}

void Network::run() {
    if (case_.work == "train") {
        train();
        return;
    }
    forward();
    if (case_.work == "gradients") {
        loss_gradient();
        backward();
    }
}

// ---- Comparison ----

std::vector<double> Network::check() {
    if (case_.work == "train") {
        std::vector<double> losses;
        for (int i = 0; i < 4; ++i) {
            losses.push_back(train());
        }
        return losses;
    }
    const auto size = [](const float* values, std::size_t count) {
        return std::accumulate(values, values + count, 0.0,
                               [](double sum, float x) { return sum + std::abs(x); }) /
               static_cast<double>(count);
    };
    forward();
    if (case_.work == "step") {
        forward();
    }
    std::vector<double> numbers;
    const std::size_t rows = static_cast<std::size_t>(case_.batch),
                      width = static_cast<std::size_t>(case_.units * case_.directions());
    if (case_.dense > 0) {
        numbers.push_back(size(logits_.data(), logits_.size()));
    } else {
        numbers.push_back(
            size(layers_.back()->output(), rows * static_cast<std::size_t>(case_.timesteps) * width));
    }
    if (case_.work == "gradients") {
        loss_gradient();
        backward();
        for (const Parameter& p : parameters_) {
            numbers.push_back(size(p.gradient, p.m.size()));
        }
        numbers.push_back(size(layers_[0]->diff_source(), rows * static_cast<std::size_t>(case_.timesteps) *
                                                              static_cast<std::size_t>(case_.inputs)));
    }
    return numbers;
}

} // namespace onednn_peer
