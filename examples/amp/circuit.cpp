#include "circuit.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

namespace amp {

namespace {

constexpr int steps_per_sample = 8;

/// One pole, behind which low frequencies are missing.
class HighPass {
  public:
    HighPass(double frequency, double rate) : pole_(std::exp(-2 * std::numbers::pi * frequency / rate)) {}

    double operator()(double x) {
        low_ += (1 - pole_) * (x - low_);
        return x - low_;
    }

  private:
    double pole_, low_ = 0;
};

/// Butterworth's low-pass of fourth order, as two sections of second order.
class LowPass {
  public:
    LowPass(double frequency, double rate) {
        const double k = std::tan(std::numbers::pi * frequency / rate);
        for (std::size_t i = 0; i < sections_.size(); ++i) {
            const double damping = 2 * std::cos((2 * static_cast<double>(i) + 1) * std::numbers::pi / 8);
            const double scale = 1 / (1 + damping * k + k * k);
            sections_[i] = {k * k * scale, 2 * (k * k - 1) * scale, (1 - damping * k + k * k) * scale};
        }
    }

    double operator()(double x) {
        for (Section& s : sections_) {
            const double y = s.gain * x + s.first;
            s.first = 2 * s.gain * x - s.a_1 * y + s.second;
            s.second = s.gain * x - s.a_2 * y;
            x = y;
        }
        return x;
    }

  private:
    struct Section {
        double gain, a_1, a_2;
        double first = 0, second = 0;
    };
    std::array<Section, 2> sections_{};
};

class Clipper {
  public:
    explicit Clipper(double step) : step_(step) {}

    /// The voltage a step later, by Newton's method.
    double operator()(double v_in) {
        const double known = voltage_ + step_ / 2 * slope(voltage_, v_in_);
        double v = voltage_;
        for (int i = 0; i < 50; ++i) {
            const double off = v - step_ / 2 * slope(v, v_in) - known;
            const double change = off / (1 - step_ / 2 * slope_by_voltage(v));
            v -= std::clamp(change, -largest_change, largest_change);
            if (std::abs(change) < 1e-9) {
                break;
            }
        }
        v_in_ = v_in;
        return voltage_ = v;
    }

  private:
    static constexpr double resistance = 2.2e3, capacity = 10e-9, saturation = 2.52e-9, thermal = 45.3e-3;
    static constexpr double largest_change = 2 * thermal; ///< so that the exponential stays near

    static double slope(double v, double v_in) {
        return (v_in - v) / (resistance * capacity) -
               saturation / capacity * (std::exp(v / thermal) - std::exp(-v / (2 * thermal)));
    }
    static double slope_by_voltage(double v) {
        return -1 / (resistance * capacity) -
               saturation / (capacity * thermal) * (std::exp(v / thermal) + std::exp(-v / (2 * thermal)) / 2);
    }

    double step_, voltage_ = 0, v_in_ = 0;
};

} // namespace

Recording distorted(const Recording& dry) {
    constexpr double gain = 30;
    const double rate = dry.sample_rate, fast_rate = rate * steps_per_sample;
    HighPass coupling(120, fast_rate);
    Clipper clipper(1 / fast_rate);
    LowPass low_pass(18'000, fast_rate);
    Recording wet{dry.sample_rate, {}};
    wet.samples.reserve(dry.samples.size());
    double before = 0;
    for (const float sample : dry.samples) {
        double y = 0;
        for (int step = 1; step <= steps_per_sample; ++step) {
            const double x = before + (static_cast<double>(sample) - before) * step / steps_per_sample;
            y = low_pass(clipper(gain * coupling(x)));
        }
        before = static_cast<double>(sample);
        wet.samples.push_back(static_cast<float>(y));
    }
    return wet;
}

} // namespace amp
