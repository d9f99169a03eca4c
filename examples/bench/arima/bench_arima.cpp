// Fits ARIMA models beside other libraries, in rounds that take turns, and ranks the likelihoods that they
// reach.
#include "arima_likelihood.hpp"
#include "arima_passed_over.hpp"
#include "arima_peers.hpp"
#include "arima_report.hpp"
#include "arima_scaling.hpp"
#include "arima_search.hpp"
#include "arima_timeloom.hpp"

#include "timeloom/runtime/error.hpp"
#include "timeloom/runtime/files/atomic_write.hpp"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <unistd.h>

#include <cmath>
#include <cstdio>
#include <string>

using namespace timeloom;
using namespace timeloom::bench;

namespace {

struct Options {
    std::filesystem::path data = "../shared/data";
    std::size_t series = 100;
    int rounds = 3;
    int starts = 0;
    HardSeries hard{.count = 1000};
    bool only_hard = false, only_orders = false;
    PassedOverOptions orders;
    double tolerance = 1e-4;
    std::vector<std::string> peers;
    ArimaPeerPlaces places{TIMELOOM_SOURCE_DIR "/.venv-arima-peers/bin/python", TIMELOOM_SOURCE_DIR "/.ctsa",
                           std::filesystem::temp_directory_path() / "timeloom-bench-arima"};
    std::string json;
    std::string scaling;
};

bool is_wanted(const Options& options, const std::string& name) {
    return options.peers.empty() || std::ranges::any_of(options.peers, [&](const std::string& part) {
               return name.find(part) != std::string::npos;
           });
}

/// Orders are selected for the first short series, and for the seasonal one.
std::vector<ArimaCase> selection_cases(const std::vector<ArimaCase>& cases) {
    std::vector<ArimaCase> selected;
    for (ArimaCase c : cases) {
        if (c.name == "arma212_200" || c.name == "airline") {
            c.series.resize(std::min<std::size_t>(c.series.size(), 20));
            c.name = "select_" + c.name;
            c.title += ", " + std::to_string(c.series.size()) + " series";
            selected.push_back(std::move(c));
        }
    }
    return selected;
}

/// Timeloom and the peers that are there; the others are named.
void start_all(const Options& options, const std::filesystem::path& workloads, ArimaReport& report) {
    for (ArimaContender& contender : timeloom_arima_contenders()) {
        report.rows.push_back({std::move(contender), {}, {}});
    }
    for (const ArimaPeer& peer : arima_peers(options.places, workloads)) {
        if (!is_wanted(options, peer.name)) {
            continue;
        }
        try {
            report.rows.push_back({peer.start(), {}, {}});
        } catch (const Error& error) {
            report.missing[peer.name] = error.what();
        }
    }
}

/// Has every contender do something; one that fails is out of the benchmark, and named with the missing ones.
template <class Action>
void for_each_row(ArimaReport& report, Action action) {
    std::erase_if(report.rows, [&](ArimaRow& row) {
        try {
            action(row);
            return false;
        } catch (const Error& error) {
            report.missing[row.contender.name] = error.what();
            return true;
        }
    });
}

double mean_milliseconds(const std::vector<ArimaEstimate>& estimates) {
    double sum = 0;
    for (const ArimaEstimate& estimate : estimates) {
        sum += estimate.milliseconds;
    }
    return sum / static_cast<double>(estimates.size());
}

/// Every contender's turn on every case; the first round warms up as well, by a fit that is not counted.
void run_round(ArimaReport& report, bool is_first) {
    for (const ArimaCase& c : report.cases) {
        for_each_row(report, [&](ArimaRow& row) {
            ArimaResult& result = row.fits[c.name];
            if (is_first) {
                row.contender.fit(c);
            }
            for (int repeat = 0; repeat < c.repeats; ++repeat) {
                result.estimates = row.contender.fit(c);
                result.milliseconds.add(mean_milliseconds(result.estimates));
            }
        });
    }
}

/// Evaluates all estimates by the same function, and finds the best of each series.
void judge(ArimaReport& report, int starts) {
    for (const ArimaCase& c : report.cases) {
        std::vector<double>& best = report.best[c.name];
        std::vector<std::vector<double>> coefficients(c.series.size());
        for (std::size_t i = 0; i < c.series.size(); ++i) {
            const std::vector<double> w = differences(c, c.series[i]);
            best.push_back(starts > 0 ? searched_loglike(c, w, starts) : -HUGE_VAL);
            double highest = -HUGE_VAL;
            for (ArimaRow& row : report.rows) {
                ArimaResult& result = row.fits[c.name];
                const std::vector<double>& estimated = result.estimates[i].coefficients;
                const double value = result.likelihoods.emplace_back(exact_loglike(c, w, estimated));
                if (value > highest) {
                    highest = value;
                    coefficients[i] = estimated;
                }
            }
            best.back() = std::max(best.back(), highest);
            coefficients[i].resize(c.coefficients());
        }
        for_each_row(report, [&](ArimaRow& row) {
            if (row.contender.likelihood) {
                row.fits[c.name].likelihood_us = row.contender.likelihood(c, coefficients);
            }
            if (row.contender.update) {
                row.fits[c.name].update_us = row.contender.update(c, coefficients);
            }
        });
    }
}

void select_orders(ArimaReport& report) {
    for (const ArimaCase& c : report.selection_cases) {
        for_each_row(report, [&](ArimaRow& row) {
            if (row.contender.select_order) {
                row.selections[c.name].orders = row.contender.select_order(c);
            }
        });
    }
}

ArimaReport run_all(const Options& options) {
    ArimaReport report;
    report.tolerance = options.tolerance;
    report.cases = arima_cases(options.data, options.series);
    report.selection_cases = selection_cases(report.cases);
    std::vector<ArimaCase> all = report.cases;
    all.insert(all.end(), report.selection_cases.begin(), report.selection_cases.end());
    std::filesystem::create_directories(options.places.folder);
    const std::filesystem::path workloads =
        options.places.folder / ("series-" + std::to_string(getpid()) + ".txt");
    write_arima_cases(all, workloads);
    start_all(options, workloads, report);
    std::filesystem::remove(workloads); // all have read it
    for (int round = 0; round < options.rounds; ++round) {
        run_round(report, round == 0);
    }
    judge(report, options.starts);
    select_orders(report);
    report.sets = fit_hard_series(options.hard);
    report.seasons = time_seasons(options.rounds);
    return report;
}

void write_json(const ArimaReport& report, const std::string& path) {
    write_file_atomically(path, arima_report_json(report).dump(1) + '\n');
}

} // namespace

int main(int argc, char** argv) {
    Options options;
    CLI::App app("Fits ARIMA models beside other libraries.");
    app.option_defaults()->always_capture_default();
    app.add_option("--data", options.data, "folder with sales.csv");
    app.add_option("--series", options.series, "simulated series of each kind")->check(CLI::PositiveNumber);
    app.add_option("--rounds", options.rounds, "rounds, in each of which everyone has a turn")
        ->check(CLI::PositiveNumber);
    app.add_option("--starts", options.starts,
                   "random starts of a search of our own for the best likelihood");
    app.add_option("--hard-series", options.hard.count, "simulated series of each kind that is hard to fit");
    app.add_option("--hard-starts", options.hard.starts, "random starts for the best likelihood of each");
    app.add_option("--hard-kind", options.hard.kind, "only kinds with this in their names");
    app.add_option("--known", options.hard.known,
                   "a file that keeps the best likelihoods; random starts are made once for it");
    app.add_flag("--only-hard", options.only_hard,
                 "only fit the series that are hard to fit, and name those that stay below their best");
    app.add_option("--tolerance", options.tolerance, "how near to the best likelihood counts as reached");
    app.add_option("--peers", options.peers, "only peers with one of these in their names");
    app.add_option("--peer-python", options.places.python, "Python that has the peers' packages");
    app.add_option("--ctsa", options.places.ctsa, "a checkout of ctsa");
    app.add_option("--json", options.json, "write the results to this file, too");
    app.add_option("--scaling", options.scaling,
                   "only measure how fits grow with missing values and length, and draw it into this file");
    app.add_flag(
        "--only-orders", options.only_orders,
        "only judge automatic orders: whether a model that was tried is better than the one selected");
    app.add_option("--orders-csv", options.orders.csv,
                   "of these series, one a line after a line of names; else of the airline series' prefixes");
    app.add_option("--orders-season", options.orders.season, "values in a season of the file's series");
    app.add_option("--orders-every", options.orders.every, "only every so many series of the file")
        ->check(CLI::PositiveNumber);
    CLI11_PARSE(app, argc, argv);
    try {
        if (!options.scaling.empty()) {
            measure_arima_scaling(options.scaling);
            return 0;
        }
        if (options.only_orders) {
            judge_automatic_orders(options.orders);
            return 0;
        }
        if (options.only_hard) {
            ArimaReport report;
            report.tolerance = options.tolerance;
            report.sets = fit_hard_series(options.hard);
            print_sets(report, true);
            return 0;
        }
        const ArimaReport report = run_all(options);
        print_arima_report(report);
        if (!options.json.empty()) {
            write_json(report, options.json);
        }
    } catch (const std::exception& error) {
        std::fprintf(stderr, "bench_arima: %s\n", error.what());
        return 1;
    }
    return 0;
}
