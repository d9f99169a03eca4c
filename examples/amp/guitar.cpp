#include "guitar.hpp"

#include <cmath>
#include <random>

namespace amp {

namespace {

class Player {
  public:
    explicit Player(std::uint32_t seed) : engine_(seed) {}

    /// In [from, to), the same with every library, unlike std::uniform_real_distribution.
    double between(double from, double to) {
        return from + (to - from) * static_cast<double>(engine_()) / 4294967296.0;
    }

  private:
    std::mt19937 engine_;
};

/// Karplus and Strong's string: noise that goes round in a loop of one period, a little duller each time.
void pluck(std::vector<float>& samples, std::size_t start, std::size_t length, double period, double loudness,
           double decay, Player& player) {
    std::vector<double> loop(static_cast<std::size_t>(period));
    double before = 0;
    for (double& x : loop) { // a soft pick
        before = 0.5 * before + 0.5 * player.between(-1, 1);
        x = loudness * before;
    }
    for (std::size_t i = 0; i < length && start + i < samples.size(); ++i) {
        double& x = loop[i % loop.size()];
        const double fade = 1 - static_cast<double>(i) / static_cast<double>(length);
        samples[start + i] += static_cast<float>(fade * x);
        x = decay * 0.5 * (x + loop[(i + 1) % loop.size()]);
    }
}

} // namespace

Recording played_guitar(double seconds, std::uint32_t seed) {
    Recording recording;
    const double rate = recording.sample_rate;
    recording.samples.resize(static_cast<std::size_t>(seconds * rate));
    Player player(seed);
    for (double at = 0; at < seconds; at += player.between(0.12, 0.7)) {
        const int strings = static_cast<int>(player.between(1, 5));
        const double loudness = 0.7 * std::pow(10, player.between(-1.5, 0)) / std::sqrt(strings);
        const double decay = player.between(0, 1) < 0.25 ? 0.95 : 0.998;
        for (int string = 0; string < strings; ++string) {
            const double semitones = std::floor(player.between(0, 36)); // above the low E
            const double period = rate / (82.41 * std::exp2(semitones / 12));
            pluck(recording.samples, static_cast<std::size_t>(at * rate),
                  static_cast<std::size_t>(1.5 * rate), period, loudness, decay, player);
        }
    }
    return recording;
}

} // namespace amp
