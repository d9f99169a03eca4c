// Recurrent cells that Keras does not have, written as equations, trained beside the built-in ones and timed
// against them.
#include "../example_program.hpp"
#include "report.hpp"

#include <timeloom/dsl/cells/print.hpp>

#include <CLI/CLI.hpp>

#include <cstdio>

namespace {

struct Options {
    std::string data = "../shared/data";
    custom_cells::ContestOptions contest;
    std::string picture = "custom_cells.svg";
    std::string json;
};

void print_equations() {
    for (const custom_cells::Contestant& c : custom_cells::contestants()) {
        const auto equations = timeloom::declaration::print(c.network.layers.front().cell.step);
        std::printf("%s\n%s\n", c.title.c_str(), std::string(equations.view()).c_str());
    }
}

void run(const Options& options) {
    require_writable({options.picture, options.json});
    const custom_cells::HourlyData data = custom_cells::read_hourly(options.data);
    std::printf("%zu windows to train on, %zu to test with\n\n", data.train.y.rows(), data.test.y.rows());
    std::fflush(stdout);
    const double naive = custom_cells::naive_error(data.test);
    const std::vector<custom_cells::Outcome> outcomes = custom_cells::hold_contest(data, options.contest);
    std::printf("%s\n", as_text(custom_cells::cell_table(outcomes, naive)).c_str());
    std::printf("%s\n", as_text(custom_cells::ratio_table(outcomes)).c_str());
    custom_cells::draw(options.picture, outcomes);
    std::printf("picture: %s\n", options.picture.c_str());
    write_results(options.json, custom_cells::as_json(outcomes, naive));
}

} // namespace

int main(int argc, char** argv) {
    Options options;
    bool equations = false;
    CLI::App app("Trains and times recurrent cells written as equations beside the built-in ones");
    app.add_option("--data", options.data, "folder that holds m4/Hourly-train.csv and m4/Hourly-test.csv")
        ->capture_default_str();
    app.add_option("--epochs", options.contest.epochs, "training epochs")
        ->check(CLI::PositiveNumber)
        ->capture_default_str();
    app.add_option("--seed", options.contest.seed, "seed of initial weights and shuffling")
        ->capture_default_str();
    app.add_option("--threads", options.contest.threads, "threads to train with, 0 for all cores")
        ->capture_default_str();
    app.add_option("--timing-threads", options.contest.timing_threads,
                   "threads to time with, 0 for all cores")
        ->capture_default_str();
    app.add_option("--rounds", options.contest.rounds,
                   "rounds of timing, in each of which every cell has a turn")
        ->check(CLI::PositiveNumber)
        ->capture_default_str();
    app.add_option("--steps", options.contest.steps, "training steps of a turn")
        ->check(CLI::PositiveNumber)
        ->capture_default_str();
    app.add_option("--picture", options.picture, "where to draw the errors, .svg or .png")
        ->capture_default_str();
    app.add_option("--json", options.json, "write the results to this file, too");
    app.add_flag("--equations", equations, "print the cells' equations, and do nothing else");
    CLI11_PARSE(app, argc, argv);
    return run_program("custom_cells", [&] { equations ? print_equations() : run(options); });
}
