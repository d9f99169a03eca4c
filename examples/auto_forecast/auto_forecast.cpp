// Forecasts every series of a file by an ARIMA model whose order is chosen for it.
#include "../example_program.hpp"
#include "forecast_files.hpp"

#include <CLI/CLI.hpp>

#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <map>
#include <string>
#include <vector>

namespace {

struct Options {
    auto_forecast::Files files;
    auto_forecast::Request request;
    auto_forecast::RunOptions run;
    std::string json;
    double level_percent = 95;
    bool full = false, mean = false;
    std::vector<int> order, seasonal_order{0, 0, 0};
};

double seconds_since(std::chrono::steady_clock::time_point begin) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

/// One line on a terminal that is written anew; nothing elsewhere.
class ProgressLine {
  public:
    void operator()(std::size_t series, double share) {
        const double seconds = seconds_since(begin_);
        first_share_ = first_share_ < 0 ? share : first_share_; // of what an earlier run had done, too
        if (!is_terminal_ || (share < 1 && seconds < shown_ + 0.1)) {
            return;
        }
        shown_ = seconds;
        const double speed = (share - first_share_) / seconds;
        std::fprintf(stderr, "\r\x1b[K%zu series, %.0f %% of the file  %.1f s", series, 100 * share, seconds);
        if (speed > 0) {
            std::fprintf(stderr, ", %.0f s left", (1 - share) / speed);
        }
        std::fflush(stderr);
    }
    void end() const {
        if (is_terminal_) {
            std::fputc('\n', stderr);
        }
    }

  private:
    bool is_terminal_ = isatty(fileno(stderr)) == 1;
    std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
    double shown_ = -1, first_share_ = -1;
};

void set_model(Options& options) {
    auto_forecast::Request& request = options.request;
    if (options.order.empty()) {
        if (options.mean || options.seasonal_order != std::vector{0, 0, 0} || request.starts != 1) {
            throw timeloom::Error(
                "--seasonal-order, --mean and --starts belong to a fixed model; give its --order");
        }
        return;
    }
    if (options.full || request.search.truncate > 0) {
        throw timeloom::Error(
            "--full and --last belong to a search of orders; leave them out beside --order");
    }
    const std::vector<int>&o = options.order, &s = options.seasonal_order;
    request.fixed = {.orders = {o[0], o[1], o[2], s[0], s[1], s[2], static_cast<int>(request.season)},
                     .trend = options.mean ? timeloom::Trend::differenced_mean : timeloom::Trend::n};
}

/// Prints means over the series and adds them to the results.
void tell_accuracy(const auto_forecast::Tally& t, const Options& options, nlohmann::json& results) {
    if (t.compared == 0) {
        throw timeloom::Error(
            "none of the series that were forecast has a line in the file of actual values; "
            "the ids must be the same");
    }
    const auto compared = static_cast<double>(t.compared), with_mase = static_cast<double>(t.with_mase);
    const double coverage = static_cast<double>(t.within) / static_cast<double>(t.values);
    std::printf("%-16s %9s %9s   (means over %zu series)\n", "", "sMAPE", "MASE", t.compared);
    std::printf("%-16s %8.3f%% %9.4f   %.1f %% of the values within the %g %% intervals\n",
                options.order.empty() ? "auto-ARIMA" : "ARIMA", t.smape / compared, t.mase / with_mase,
                100 * coverage, options.level_percent);
    std::printf("%-16s %8.3f%% %9.4f\n", "seasonal naive", t.naive_smape / compared,
                t.naive_mase / with_mase);
    results["smape"] = t.smape / compared;
    results["mase"] = t.mase / with_mase;
    results["naive_smape"] = t.naive_smape / compared;
    results["naive_mase"] = t.naive_mase / with_mase;
    results["coverage"] = coverage;
}

void run(Options& options) {
    options.request.level = options.level_percent / 100;
    options.request.search.stepwise = !options.full;
    ProgressLine line;
    options.run.progress = [&](std::size_t series, double share) { line(series, share); };
    set_model(options);
    require_writable({options.json}); // rather now than after the search
    const auto begin = std::chrono::steady_clock::now();
    const auto_forecast::RunResult result =
        auto_forecast::forecast_files(options.files, options.request, options.run);
    line.end();
    const double seconds = seconds_since(begin);
    const auto_forecast::Tally& t = result.tally;
    std::printf(
        "%zu series, %zu models compared, %.2f s; %zu converged, %zu not converged, %zu constant, %zu "
        "failed\n",
        t.series, t.models, seconds, t.converged, t.not_converged, t.constant, t.failed);
    if (result.earlier > 0) {
        std::printf("%zu of them were done by an earlier run\n", result.earlier);
    }
    std::printf("forecasts: %s, intervals and log beside it\n", options.files.forecasts.c_str());
    nlohmann::json results{{"series", t.series},
                           {"models", t.models},
                           {"seconds", seconds},
                           {"converged", t.converged},
                           {"not_converged", t.not_converged},
                           {"constant", t.constant},
                           {"failed", t.failed},
                           {"done_earlier", result.earlier}};
    if (!options.files.actual.empty()) {
        tell_accuracy(t, options, results);
    }
    write_results(options.json, results);
}

} // namespace

int main(int argc, char** argv) {
    Options options;
    auto& request = options.request;
    CLI::App app("Forecasts every series of a file by an ARIMA model whose order is chosen for it");
    app.footer(
        "Orders are found by the stepwise search of Hyndman and Khandakar with the exact likelihood: "
        "p, q up to 5 (3 for season 4), P, Q up to 2, d by KPSS tests, D by seasonal strength.\n"
        "Writes OUT (id,f1,f2,...) and beside it OUT with _lower, _upper and _log before its extension. A "
        "series that no model fits gets a naive forecast, and a line in the log that says so.\n"
        "Files may be larger than memory. A run that was stopped leaves OUT.journal and files .unfinished; "
        "made "
        "again, it goes on where it was and writes the same bytes.");
    const std::map<std::string, timeloom::WideCsvHeader> headers{{"auto", timeloom::WideCsvHeader::automatic},
                                                                 {"yes", timeloom::WideCsvHeader::present},
                                                                 {"no", timeloom::WideCsvHeader::absent}};
    app.add_option("--csv", options.files.series,
                   "series, one a line: id,v1,v2,...; any lengths; see --header for a first line of names")
        ->required();
    app.add_option("--header", options.files.form.header,
                   "whether the files begin with a line of names; auto: unless it holds numbers")
        ->transform(CLI::CheckedTransformer(headers))
        ->option_text("auto|yes|no");
    app.add_option("--out", options.files.forecasts, "file to write the forecasts to")->required();
    app.add_option("--horizon", request.horizon, "steps to forecast")
        ->required()
        ->check(CLI::Range(std::size_t{1}, std::size_t{100000}));
    app.add_option("--season", request.season, "values in a season; 1: none")
        ->check(CLI::Range(std::size_t{1}, std::size_t{1'000'000}))
        ->capture_default_str();
    app.add_option(
        "--exog", options.files.exog,
        "regressors, one a line: SERIES:NAME,v1,v2,... with a value for each of the series and for each "
        "step to forecast, in the order of the series; before them *:NAME of all series, which end "
        "together");
    app.add_option("--level", options.level_percent, "probability of the intervals in percent")
        ->check(CLI::Range(1.0, 99.999))
        ->capture_default_str();
    app.add_option("--order", options.order, "p,d,q: this order for all series, in place of a search")
        ->delimiter(',')
        ->expected(3);
    app.add_option("--seasonal-order", options.seasonal_order, "P,D,Q beside --order")
        ->delimiter(',')
        ->expected(3);
    app.add_flag("--mean", options.mean,
                 "beside --order: a mean of the differenced series, which is a drift");
    app.add_option(
           "--starts", request.starts,
           "beside --order: most searches for each series, the first of which may end at a lower maximum; "
           "0: until no other is to be expected, which takes some ten times as long")
        ->capture_default_str();
    app.add_option("--threads", options.run.threads, "threads; 0: one for each core")->capture_default_str();
    app.add_flag("--full", options.full, "compare all orders with p + q + P + Q up to 5, not only a walk's");
    app.add_option("--last", request.search.truncate,
                   "compare orders on this many last values of a series only; 0: on all")
        ->capture_default_str();
    app.add_option("--actual", options.files.actual,
                   "the values that followed, in the same form: prints sMAPE and MASE; is read into memory");
    app.add_flag("--restart", options.run.restart, "begin anew, whatever an earlier run has left");
    app.add_option("--journal-every", options.run.seconds_between_entries,
                   "seconds between entries of the journal")
        ->check(CLI::Range(0.0, 1e9))
        ->capture_default_str();
    app.add_option("--json", options.json, "write the results to this file, too");
    CLI11_PARSE(app, argc, argv);
    return run_program("auto_forecast", [&] { run(options); });
}
