#include "jitter.hpp"

#include "../rnn_timeloom.hpp"
#include "stream_cases.hpp"

#include "timeloom/runtime/error.hpp"
#include "timeloom/runtime/plots/plot.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>
#include <sstream>

namespace timeloom::bench {

namespace {

constexpr int rounds = 20;

struct Stepper {
    std::string name;
    std::function<StepTimes(const std::string& signal, int count)> run;
    std::map<std::string, StepTimes> times{};
};

long steps_of(const StepTimes& times) {
    long steps = static_cast<long>(times.longer.size());
    for (const long count : times.counts) {
        steps += count;
    }
    return steps;
}

/// The time that so large a share of the steps does not exceed.
long quantile(const StepTimes& times, double share) {
    long left = static_cast<long>(std::ceil(share * static_cast<double>(steps_of(times))));
    for (std::size_t ns = 0; ns < times.counts.size(); ++ns) {
        left -= times.counts[ns];
        if (left <= 0) {
            return static_cast<long>(ns);
        }
    }
    std::vector<long> longer = times.longer;
    std::ranges::sort(longer);
    return longer.at(static_cast<std::size_t>(std::max(left, 1L)) - 1);
}

Stepper timeloom_stepper(const RnnCase& c) {
    const auto run = std::make_shared<TimeloomRun>(c, c.plan, 1);
    return {"Timeloom",
            [run](const std::string& signal, int count) { return run->time_steps(signal, count); }};
}

Stepper peer_stepper(const RnnPeer& peer, const RnnCase& c, const std::string& target) {
    const auto process =
        std::make_shared<PeerProcess>(peer.name, peer.command_for(c, 1, target), PeerProcess::Variables{});
    process->answer();
    process->rest();
    return {peer.name, [process](const std::string& signal, int count) {
                return StepTimes(nlohmann::json::parse(process->ask(signal + " " + std::to_string(count))));
            }};
}

std::vector<Stepper> all_steppers(const std::vector<RnnPeer>& peers, const RnnCase& c,
                                  const std::string& target) {
    std::vector<Stepper> steppers{timeloom_stepper(c)};
    for (const RnnPeer& peer : peers) {
        if (!peer.is_of_streams) {
            continue;
        }
        try {
            steppers.push_back(peer_stepper(peer, c, target));
        } catch (const Error& error) {
            std::printf("  %-24s missing: %s; %s\n", peer.name.c_str(), error.what(), peer.hint.c_str());
        }
    }
    return steppers;
}

void print_quantiles(const Stepper& stepper) {
    StepTimes all;
    const auto line = [&](const std::string& signal, const StepTimes& times) {
        std::printf("| %s | %s | %ld | %ld | %ld | %ld | %ld |\n", stepper.name.c_str(), signal.c_str(),
                    steps_of(times), quantile(times, 0.5), quantile(times, 0.999), quantile(times, 0.9999),
                    quantile(times, 1));
    };
    for (const std::string& signal : step_signals) {
        line(signal, stepper.times.at(signal));
        all.add(stepper.times.at(signal));
    }
    line("all", all);
}

/// Steps by their time, in bins of which eight make an octave: "ns count" lines.
std::string histogram(const StepTimes& times) {
    constexpr double bins_of_octave = 8;
    std::map<long, long> bins;
    const auto bin_of = [](long ns) { return std::lround(bins_of_octave * std::log2(std::max(ns, 1L))); };
    for (std::size_t ns = 0; ns < times.counts.size(); ++ns) {
        if (times.counts[ns] > 0) {
            bins[bin_of(static_cast<long>(ns))] += times.counts[ns];
        }
    }
    for (const long ns : times.longer) {
        ++bins[bin_of(ns)];
    }
    std::ostringstream lines;
    for (long bin = bins.begin()->first - 1; bin <= bins.rbegin()->first + 1; ++bin) {
        const auto found = bins.find(bin); // below one step there is nothing on a logarithmic axis
        lines << std::exp2(static_cast<double>(bin) / bins_of_octave) << ' '
              << (found == bins.end() ? 0.5 : static_cast<double>(found->second)) << '\n';
    }
    return lines.str();
}

std::string panel(const Stepper& stepper, int number) {
    constexpr const char* colours[]{"#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00"};
    std::string data, plot = "set title '" + stepper.name + "'\nplot ";
    for (std::size_t s = 0; s < step_signals.size(); ++s) {
        const std::string name = "$steps" + std::to_string(number) + "_" + std::to_string(s);
        data += name + " << END\n" + histogram(stepper.times.at(step_signals[s])) + "END\n";
        plot += (s > 0 ? ", " : "") + name + " with histeps linewidth 2 linecolor rgb '" + colours[s] +
                "' title '" + step_signals[s] + "'";
    }
    return data + plot + '\n';
}

void draw(const std::vector<const Stepper*>& steppers, const std::filesystem::path& file) {
    std::string script = "set encoding utf8\n"
                         "set terminal svg size 960," +
                         std::to_string(80 + 320 * steppers.size()) +
                         " dynamic font 'Helvetica,14' background 'white' noenhanced\n"
                         "set border 3 linecolor rgb '#606060'\nset tics nomirror\nset grid linetype 1 "
                         "linecolor rgb '#e0e0e0'\n"
                         "set logscale xy\nset xrange [20:10000000]\nset yrange [0.5:*]\nset key top right\n"
                         "set xlabel 'ns a step'\nset ylabel 'steps'\n"
                         "set multiplot layout " +
                         std::to_string(steppers.size()) +
                         ",1 title 'Single steps of LSTM 1×16 with a dense output'\n";
    for (std::size_t i = 0; i < steppers.size(); ++i) {
        script += panel(*steppers[i], static_cast<int>(i));
    }
    plot_script(file, script + "unset multiplot\n");
}

} // namespace

void measure_jitter(const std::vector<RnnPeer>& peers, const std::string& target, long steps,
                    const std::filesystem::path& picture) {
    const std::vector<RnnCase> cases = stream_cases();
    const RnnCase& c = *std::ranges::find(cases, "stream_lstm_1x16_1", &RnnCase::name);
    std::vector<Stepper> steppers = all_steppers(peers, c, target);
    const int count = static_cast<int>(steps / (rounds * static_cast<long>(step_signals.size())));
    if (count < 1) {
        throw Error("--steps must be at least " + std::to_string(rounds * step_signals.size()));
    }
    for (int round = 0; round < rounds; ++round) {
        for (const std::string& signal : step_signals) {
            for (Stepper& stepper : steppers) {
                stepper.times[signal].add(stepper.run(signal, count));
            }
        }
    }
    std::printf("| steps of LSTM 1×16, dense | signal | steps | median, ns | 99.9 %% | 99.99 %% | worst |\n"
                "| --- | --- | --- | --- | --- | --- | --- |\n");
    std::ranges::for_each(steppers, print_quantiles);
    const auto median = [](const Stepper& stepper) { return quantile(stepper.times.at("music"), 0.5); };
    std::vector<const Stepper*> drawn{&steppers.front()};
    const auto best = std::ranges::min_element(steppers.begin() + 1, steppers.end(), {}, median);
    if (best != steppers.end()) {
        drawn.push_back(&*best);
    }
    draw(drawn, picture);
}

} // namespace timeloom::bench
