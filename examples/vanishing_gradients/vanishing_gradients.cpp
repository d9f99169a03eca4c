// How much of the gradient at the last time step reaches the steps before it: the norm of ∂h_T/∂h_t against
// t, for the three classical cells as they are initialised, over the airline passengers.
#include "../airline/passengers.hpp"
#include "../example_program.hpp"
#include "gru_network.timeloom.hpp"
#include "lstm_network.timeloom.hpp"
#include "models.hpp"
#include "rnn.timeloom.hpp"

#include <timeloom/runtime/model/model.hpp>
#include <timeloom/runtime/plots/plot.hpp>

#include <CLI/CLI.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace {

using timeloom::Shape;
using timeloom::Tensor;

constexpr std::size_t units = vanishing::units;
constexpr std::size_t timesteps = vanishing::timesteps;

struct Options {
    std::uint64_t seeds = 9;
    std::string picture = "vanishing_gradients.svg";
    std::string json;
};

/// A state of a cell, by the name of its layer.
struct Curve {
    std::string name;
    std::string layer;
    int state;
};

/// The growth from month to month, with mean 0 and variance 1, once for every unit.
Tensor monthly_growth() {
    std::vector<double> growth;
    for (std::size_t t = 1; t <= timesteps; ++t) {
        growth.push_back(std::log(airline::passengers[t] / airline::passengers[t - 1]));
    }
    double mean = 0, variance = 0;
    for (const double g : growth) {
        mean += g / timesteps;
    }
    for (const double g : growth) {
        variance += (g - mean) * (g - mean) / timesteps;
    }
    Tensor x(Shape{units, timesteps, 1});
    for (std::size_t i = 0; i < x.size(); ++i) {
        x.data()[i] = static_cast<float>((growth[i % timesteps] - mean) / std::sqrt(variance));
    }
    return x;
}

/// Drives the cell through the sequence and watches its state after every step.
timeloom::CallFunction watched_steps(const Curve& curve) {
    return [curve](timeloom::Call& call) {
        const timeloom::CallValue x = call.input();
        timeloom::Call::CellResult result = call.cell(curve.layer, call.step(x, 0));
        for (int t = 1; t < static_cast<int>(timesteps); ++t) {
            call.watch(std::to_string(t), result.state, curve.state);
            result = call.cell(curve.layer, call.step(x, t), result.state);
        }
        return result.output;
    };
}

/// Frobenius norms of ∂h_T/∂(state after step t) for t = 1, …, T − 1, over that of the identity. Every row
/// of the batch is the same sequence; the target of row u makes ∂loss/∂h_T the unit vector u.
std::vector<double> norms(timeloom::Model& model, const Curve& curve, const Tensor& x) {
    model.set_call(watched_steps(curve));
    model.compile(timeloom::SGD{}, timeloom::Loss::mean_squared_error);
    Tensor y = model.predict(x);
    for (std::size_t u = 0; u < units; ++u) {
        y.row(u)[u] -= 0.5f * units * units;
    }
    const timeloom::Gradients gradients = model.gradients(x, y);
    std::vector<double> result;
    for (std::size_t t = 1; t < timesteps; ++t) {
        double squares = 0;
        for (const float g : gradients.watched.at(std::to_string(t)).values()) {
            squares += static_cast<double>(g) * g;
        }
        result.push_back(std::sqrt(squares / units));
    }
    return result;
}

double median(std::vector<double> values) {
    std::ranges::nth_element(values, values.begin() + values.size() / 2);
    return values[values.size() / 2];
}

/// The median over initial weights, for every step.
std::vector<double> median_norms(const timeloom::plan::Model& plan, const Curve& curve,
                                 const Options& options) {
    const Tensor x = monthly_growth();
    std::vector<std::vector<double>> by_seed;
    for (std::uint64_t seed = 1; seed <= options.seeds; ++seed) {
        timeloom::Model model(plan, {.seed = seed, .threads = 1});
        by_seed.push_back(norms(model, curve, x));
    }
    std::vector<double> result;
    for (std::size_t t = 0; t + 1 < timesteps; ++t) {
        std::vector<double> at_step;
        for (const std::vector<double>& one : by_seed) {
            at_step.push_back(one[t]);
        }
        result.push_back(median(at_step));
    }
    return result;
}

void run(const Options& options) {
    const auto table = [&](const Curve& curve) {
        return curve.layer == "lstm"  ? median_norms(lstm_network_plan, curve, options)
               : curve.layer == "gru" ? median_norms(gru_network_plan, curve, options)
                                      : median_norms(rnn_plan, curve, options);
    };
    std::vector<timeloom::PlotSeries> plot;
    nlohmann::json results = {{"units", units}, {"timesteps", timesteps}, {"seeds", options.seeds}};
    std::printf(
        "Norm of dh_T/dh_t over that of the identity, T = %zu, median of %zu initial weights\n\n%-24s",
        timesteps, static_cast<std::size_t>(options.seeds), "T - t");
    constexpr std::size_t back[] = {1, 5, 10, 20, 50, 99};
    for (const std::size_t steps : back) {
        std::printf("%11zu", steps);
    }
    std::puts("");
    for (const Curve& curve : {Curve{"SimpleRNN, h", "simple_rnn", 0}, Curve{"LSTM, h", "lstm", 0},
                               Curve{"LSTM, c", "lstm", 1}, Curve{"GRU, h", "gru", 0}}) {
        const std::vector<double> values = table(curve);
        std::printf("%-24s", curve.name.c_str());
        for (const std::size_t steps : back) {
            std::printf("%11.2e", values[timesteps - steps - 1]);
        }
        std::puts("");
        timeloom::PlotSeries series{curve.name, {}, {}};
        for (std::size_t t = 0; t < values.size(); ++t) {
            series.x.push_back(static_cast<double>(t + 1));
            series.y.push_back(std::log10(values[t]));
        }
        plot.push_back(std::move(series));
        results["norms"][curve.name] = values;
    }
    timeloom::plot_lines(options.picture, "How far back the gradient reaches", "time step t",
                         "log10 of the norm of dh_T/dh_t", plot);
    std::printf("\nwrote %s\n", options.picture.c_str());
    write_results(options.json, results);
}

} // namespace

int main(int argc, char** argv) {
    Options options;
    CLI::App app("Measures vanishing gradients of SimpleRNN, LSTM and GRU.");
    app.add_option("--seeds", options.seeds, "Initial weights that the median is taken of")
        ->check(CLI::PositiveNumber)
        ->capture_default_str();
    app.add_option("--plot", options.picture, "Picture to write, .svg or .png")->capture_default_str();
    app.add_option("--json", options.json, "Results to write");
    CLI11_PARSE(app, argc, argv);
    return run_program("vanishing_gradients", [&] { run(options); });
}
