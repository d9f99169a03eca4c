// How long each of many steps of a stream takes, and signals that have slowed streams down.
#pragma once

#include "peer_case.hpp"

#include <chrono>
#include <limits>

namespace timeloom::bench {

/// How many steps took so many nanoseconds, the time that reading the clock takes included.
struct StepTimes {
    static constexpr int kept = 1 << 15; ///< longer ones are kept one by one
    std::vector<long> counts = std::vector<long>(kept);
    std::vector<long> longer{};

    void add(long nanoseconds) {
        if (nanoseconds < kept) {
            ++counts[static_cast<std::size_t>(nanoseconds)];
        } else {
            longer.push_back(nanoseconds);
        }
    }
    void add(const StepTimes& other) {
        for (std::size_t ns = 0; ns < counts.size(); ++ns) {
            counts[ns] += other.counts[ns];
        }
        longer.insert(longer.end(), other.longer.begin(), other.longer.end());
    }

    nlohmann::json json() const {
        nlohmann::json pairs = nlohmann::json::array();
        for (std::size_t ns = 0; ns < counts.size(); ++ns) {
            if (counts[ns] > 0) {
                pairs.push_back({ns, counts[ns]});
            }
        }
        return {{"counts", pairs}, {"longer", longer}};
    }
    explicit StepTimes(const nlohmann::json& json) : longer(json.at("longer")) {
        for (const auto& pair : json.at("counts")) {
            counts.at(pair.at(0).get<std::size_t>()) = pair.at(1);
        }
    }
    StepTimes() = default;
};

/// What steps get: the samples of a measurement over and over, zeros, denormal numbers, or among the samples
/// one that is no number in each 64; or the samples, with the states reset at each 1024th step.
inline const std::vector<std::string> step_signals{"music", "silence", "denormals", "nan", "resets"};

/// Sample `i` of a signal.
inline float signal_sample(const std::string& signal, std::uint32_t i) {
    if (signal == "silence") {
        return 0;
    }
    if (signal == "denormals") {
        return 1e-41f;
    }
    return signal == "nan" && i % 64 == 63 ? std::numeric_limits<float>::quiet_NaN() : stream_sample(i);
}

/// Times `count` calls of step(sample), and of reset() where the signal asks for it.
template <class Step, class Reset>
StepTimes measure_steps(const std::string& signal, int count, Step step, Reset reset) {
    using Clock = std::chrono::steady_clock;
    std::vector<float> samples(stream_samples);
    for (std::uint32_t i = 0; i < stream_samples; ++i) {
        samples[i] = signal_sample(signal, i);
    }
    const bool resets = signal == "resets";
    StepTimes times;
    for (int i = 0; i < count; ++i) {
        const float sample = samples[static_cast<std::size_t>(i) % stream_samples];
        const Clock::time_point start = Clock::now();
        if (resets && i % 1024 == 0) {
            reset();
        }
        step(sample);
        times.add(std::chrono::nanoseconds(Clock::now() - start).count());
    }
    return times;
}

} // namespace timeloom::bench
