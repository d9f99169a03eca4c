// Forecasts every series of a file by an ARIMA model whose order is chosen for it.
#include "../example_program.hpp"
#include "forecasts.hpp"
#include "report.hpp"

#include <CLI/CLI.hpp>

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <map>
#include <string>

namespace {

struct Options {
    std::string csv, out, actual, json;
    auto_forecast::Request request;
    double level_percent = 95;
    bool full = false;
    timeloom::WideCsvOptions form;
};

double seconds_since(std::chrono::steady_clock::time_point begin) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

/// One line on a terminal that is written anew; nothing elsewhere.
std::function<void(std::size_t, std::size_t)> progress_line() {
    if (isatty(fileno(stderr)) != 1) {
        return {};
    }
    return [begin = std::chrono::steady_clock::now()](std::size_t done, std::size_t total) {
        const double seconds = seconds_since(begin);
        const double left = seconds * static_cast<double>(total - done) / static_cast<double>(done);
        std::fprintf(stderr, "\r\x1b[K%zu/%zu series  %.1f s, %.1f s left%s", done, total, seconds, left,
                     done == total ? "\n" : "");
        std::fflush(stderr);
    };
}

void print_accuracy(const auto_forecast::Accuracy& a, const Options& options) {
    std::printf("%-16s %9s %9s   (means over %zu series)\n", "", "sMAPE", "MASE", a.series);
    std::printf("%-16s %8.3f%% %9.4f   %.1f %% of the values within the %g %% intervals\n", "auto-ARIMA",
                a.smape, a.mase, 100 * a.coverage, options.level_percent);
    std::printf("%-16s %8.3f%% %9.4f\n", "seasonal naive", a.naive_smape, a.naive_mase);
}

void run(Options& options) {
    auto_forecast::Request& request = options.request;
    request.level = options.level_percent / 100;
    request.search.each.stepwise = !options.full;
    request.search.progress = progress_line();
    auto_forecast::require_writable(options.out); // rather now than after the search
    require_writable({options.json});
    const std::vector<timeloom::NamedSeries> series = timeloom::read_wide_csv(options.csv, options.form);
    std::vector<timeloom::NamedSeries> actual;
    if (!options.actual.empty()) {
        actual = timeloom::read_wide_csv(options.actual, options.form);
    }
    const auto begin = std::chrono::steady_clock::now();
    const auto forecasts = auto_forecast::forecast_all(series, request);
    const double seconds = seconds_since(begin);
    auto_forecast::write_forecasts(options.out, forecasts);

    const auto count = [&](const char* status) {
        return static_cast<std::size_t>(
            std::ranges::count(forecasts, status, [](const auto& f) { return f.status; }));
    };
    std::size_t models = 0;
    for (const auto& f : forecasts) {
        models += f.selection.tried.size();
    }
    std::printf(
        "%zu series, %zu models compared, %.2f s; %zu converged, %zu not converged, %zu constant, %zu "
        "failed\n",
        forecasts.size(), models, seconds, count("converged"), count("not converged"), count("constant"),
        count("failed"));
    std::printf("forecasts: %s, intervals and log beside it\n", options.out.c_str());
    nlohmann::json results{{"series", forecasts.size()},
                           {"models", models},
                           {"seconds", seconds},
                           {"converged", count("converged")},
                           {"not_converged", count("not converged")},
                           {"constant", count("constant")},
                           {"failed", count("failed")}};
    if (!actual.empty()) {
        const auto a = auto_forecast::accuracy(series, forecasts, actual, request.season);
        print_accuracy(a, options);
        results["smape"] = a.smape;
        results["mase"] = a.mase;
        results["naive_smape"] = a.naive_smape;
        results["naive_mase"] = a.naive_mase;
        results["coverage"] = a.coverage;
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
        "series that no model fits gets a naive forecast, and a line in the log that says so.");
    const std::map<std::string, timeloom::WideCsvHeader> headers{{"auto", timeloom::WideCsvHeader::automatic},
                                                                 {"yes", timeloom::WideCsvHeader::present},
                                                                 {"no", timeloom::WideCsvHeader::absent}};
    app.add_option("--csv", options.csv,
                   "series, one a line: id,v1,v2,...; any lengths; see --header for a first line of names")
        ->required();
    app.add_option("--header", options.form.header,
                   "whether the files begin with a line of names; auto: unless it holds numbers")
        ->transform(CLI::CheckedTransformer(headers))
        ->option_text("auto|yes|no");
    app.add_option("--out", options.out, "file to write the forecasts to")->required();
    app.add_option("--horizon", request.horizon, "steps to forecast")
        ->required()
        ->check(CLI::Range(std::size_t{1}, std::size_t{100000}));
    app.add_option("--season", request.season, "values in a season; 1: none")
        ->check(CLI::Range(std::size_t{1}, std::size_t{1'000'000}))
        ->capture_default_str();
    app.add_option("--level", options.level_percent, "probability of the intervals in percent")
        ->check(CLI::Range(1.0, 99.999))
        ->capture_default_str();
    app.add_option("--threads", request.search.threads, "threads; 0: one for each core")
        ->capture_default_str();
    app.add_flag("--full", options.full, "compare all orders with p + q + P + Q up to 5, not only a walk's");
    app.add_option("--last", request.search.each.truncate,
                   "compare orders on this many last values of a series only; 0: on all")
        ->capture_default_str();
    app.add_option("--actual", options.actual,
                   "the values that followed, in the same form: prints sMAPE and MASE");
    app.add_option("--json", options.json, "write the results to this file, too");
    CLI11_PARSE(app, argc, argv);
    return run_program("auto_forecast", [&] { run(options); });
}
