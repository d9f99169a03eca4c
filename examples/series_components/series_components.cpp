// Splits a series into trend, cyclical, seasonal and irregular parts, and tells what an ARIMA modeller asks
// first: its correlations, unit roots and differences.
#include "../airline/passengers.hpp"
#include "../example_program.hpp"

#include <timeloom/runtime/csv/csv.hpp>
#include <timeloom/runtime/plots/plot.hpp>
#include <timeloom/runtime/series/acf.hpp>
#include <timeloom/runtime/series/decomposition/components.hpp>
#include <timeloom/runtime/series/residual_tests.hpp>
#include <timeloom/runtime/series/unit_roots/differencing.hpp>
#include <timeloom/runtime/series/unit_roots/unit_root.hpp>

#include <CLI/CLI.hpp>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace {

struct Options {
    std::string csv = "../shared/data/sales.csv";
    std::string column;
    bool passengers = false;
    std::size_t period = 12;
    timeloom::DecomposeMethod method = timeloom::DecomposeMethod::classical;
    timeloom::DecomposeModel model = timeloom::DecomposeModel::additive;
    std::string picture = "components.svg";
    std::string json;
};

struct Series {
    std::string name;
    std::vector<double> values;
    double start = 1.0; // of the first period
};

Series read_series(const Options& options) {
    if (options.passengers)
        return {"passengers (thousands)", {airline::passengers.begin(), airline::passengers.end()}, 1949.0};
    if (!std::filesystem::exists(options.csv))
        throw timeloom::Error(
            "there is no data file " + options.csv +
            "; name another with --csv FILE, or take the airline passengers with --passengers");
    const timeloom::CsvTable table = timeloom::read_csv(options.csv);
    const std::string column = options.column.empty() ? table.column_names().back() : options.column;
    return {column, table.column<double>(column)};
}

/// Everything that is told about the series.
struct Analysis {
    timeloom::Components parts;
    timeloom::Description description;
    timeloom::Correlogram acf, pacf;
    timeloom::LjungBox ljung_box;
    timeloom::AdfResult adf;
    timeloom::KpssResult kpss;
    timeloom::DifferencingChoice differencing;
};

Analysis analyse(const std::vector<double>& y, const Options& options) {
    const std::size_t lags = std::min(2 * options.period, y.size() / 2 - 1);
    Analysis result;
    result.parts =
        timeloom::components(y, options.period, {.method = options.method, .model = options.model});
    result.description = timeloom::describe(y);
    result.acf = timeloom::acf(y, lags);
    result.pacf = timeloom::pacf(y, lags);
    result.ljung_box = timeloom::ljung_box(y, lags);
    result.adf = timeloom::adfuller(y);
    result.kpss = timeloom::kpss(y);
    result.differencing = timeloom::choose_differencing(y, options.period);
    return result;
}

void print_parts(const Series& series, const timeloom::Components& parts) {
    std::printf("%5s %12s %12s %12s %12s %12s\n", "t", "observed", "trend", "cyclical", "seasonal",
                "irregular");
    for (std::size_t t = 0; t < series.values.size(); ++t)
        std::printf("%5zu %12.5g %12.5g %12.4g %12.4g %12.4g\n", t + 1, series.values[t], parts.trend[t],
                    parts.cyclical[t], parts.seasonal[t], parts.irregular[t]);
}

void print_correlations(const Analysis& result) {
    const auto mark = [](const timeloom::Correlogram& c, std::size_t lag) {
        return c.lower[lag] > 0.0 || c.upper[lag] < 0.0 ? '*' : ' ';
    };
    std::printf("\n  lag      ACF     PACF   Ljung-Box        p   (* outside of the 95 %% limits)\n");
    for (std::size_t lag = 1; lag < result.acf.values.size(); ++lag)
        std::printf("%5zu %7.3f%c %7.3f%c %11.2f %8.4f\n", lag, result.acf.values[lag], mark(result.acf, lag),
                    result.pacf.values[lag], mark(result.pacf, lag), result.ljung_box.statistic[lag - 1],
                    result.ljung_box.p_value[lag - 1]);
}

void print_tests(const Analysis& result) {
    const auto& d = result.description;
    std::printf(
        "\n%zu values, mean %.5g, standard deviation %.5g, quartiles %.5g %.5g %.5g, from %.5g to %.5g\n",
        d.count, d.mean, d.std, d.lower_quartile, d.median, d.upper_quartile, d.min, d.max);
    const auto& adf = result.adf;
    std::printf("ADF   statistic %7.3f  p %.4f  lags %2zu  5 %% critical value %.3f: a unit root is %s\n",
                adf.statistic, adf.p_value, adf.used_lag, adf.critical_values.five_percent,
                adf.p_value < 0.05 ? "rejected" : "not rejected");
    const auto& kpss = result.kpss;
    const char* const bound = kpss.p_value_is_bound ? kpss.p_value < 0.05 ? "<" : ">" : " ";
    std::printf("KPSS  statistic %7.3f  p%s%.4f  lags %2zu  5 %% critical value  %.3f: stationarity is %s\n",
                kpss.statistic, bound, kpss.p_value, kpss.lags, kpss.critical_values.five_percent,
                kpss.p_value < 0.05 ? "rejected" : "not rejected");
    std::printf("Differences that auto.arima would take: d = %d, seasonal D = %d\n", result.differencing.d,
                result.differencing.D);
}

void draw(const Options& options, const Series& series, const timeloom::Components& parts) {
    std::vector<double> x;
    for (std::size_t t = 0; t < series.values.size(); ++t)
        x.push_back(series.start + static_cast<double>(t) / static_cast<double>(options.period));
    const auto panel = [&](const char* name, const std::vector<double>& y, timeloom::PlotStyle style) {
        return timeloom::PlotPanel{"", name, {{"", x, y, style}}};
    };
    using enum timeloom::PlotStyle;
    const bool additive = options.model == timeloom::DecomposeModel::additive;
    std::vector<timeloom::PlotPanel> panels{
        panel("observed", series.values, line), panel("trend", parts.trend, line),
        panel("cyclical", parts.cyclical, line), panel("seasonal", parts.seasonal, line),
        panel("irregular", parts.irregular, additive ? stems : points)};
    panels.back().x_label = options.passengers ? "year" : "periods of " + std::to_string(options.period);
    timeloom::plot_panels(options.picture, series.name + ": parts that " + (additive ? "add up" : "multiply"),
                          panels);
}

nlohmann::json as_json(const Series& series, const Options& options, const Analysis& result) {
    const auto& parts = result.parts;
    return {{"series", series.name},
            {"period", options.period},
            {"method", options.method == timeloom::DecomposeMethod::stl ? "stl" : "classical"},
            {"model", options.model == timeloom::DecomposeModel::additive ? "additive" : "multiplicative"},
            {"observed", series.values},
            {"trend", parts.trend},
            {"cyclical", parts.cyclical},
            {"seasonal", parts.seasonal},
            {"irregular", parts.irregular},
            {"acf", result.acf.values},
            {"pacf", result.pacf.values},
            {"ljung_box", {{"statistic", result.ljung_box.statistic}, {"p_value", result.ljung_box.p_value}}},
            {"adfuller",
             {{"statistic", result.adf.statistic},
              {"p_value", result.adf.p_value},
              {"used_lag", result.adf.used_lag}}},
            {"kpss",
             {{"statistic", result.kpss.statistic},
              {"p_value", result.kpss.p_value},
              {"p_value_is_bound", result.kpss.p_value_is_bound},
              {"lags", result.kpss.lags}}},
            {"ndiffs", result.differencing.d},
            {"nsdiffs", result.differencing.D}};
}

void run(const Options& options) {
    const Series series = read_series(options);
    const Analysis result = analyse(series.values, options);
    std::printf("%s, period %zu, parts that %s\n", series.name.c_str(), options.period,
                options.model == timeloom::DecomposeModel::additive ? "add up" : "multiply");
    print_parts(series, result.parts);
    print_correlations(result);
    print_tests(result);
    draw(options, series, result.parts);
    std::printf("picture: %s\n", options.picture.c_str());
    write_results(options.json, as_json(series, options, result));
}

} // namespace

int main(int argc, char** argv) {
    using timeloom::DecomposeMethod;
    using timeloom::DecomposeModel;
    const std::map<std::string, DecomposeMethod> methods{{"classical", DecomposeMethod::classical},
                                                         {"stl", DecomposeMethod::stl}};
    const std::map<std::string, DecomposeModel> models{{"additive", DecomposeModel::additive},
                                                       {"multiplicative", DecomposeModel::multiplicative}};
    Options options;
    CLI::App app("Splits a series into trend, cyclical, seasonal and irregular parts, and tests it");
    auto* const csv = app.add_option("--csv", options.csv, "file with a header line, one value a line")
                          ->capture_default_str();
    app.add_option("--column", options.column, "the column's name; the last one if not given");
    app.add_flag("--passengers", options.passengers, "take the airline passengers instead of a file")
        ->excludes(csv);
    app.add_option("--period", options.period, "values in a season")->capture_default_str();
    app.add_option("--method", options.method, "classical (the default) or stl")
        ->transform(CLI::CheckedTransformer(methods))
        ->option_text("NAME");
    app.add_option("--model", options.model, "additive (the default) or multiplicative")
        ->transform(CLI::CheckedTransformer(models))
        ->option_text("NAME");
    app.add_option("--picture", options.picture, "where to draw the parts, .svg or .png")
        ->capture_default_str();
    app.add_option("--json", options.json, "write the results to this file, too");
    CLI11_PARSE(app, argc, argv);
    return run_program("series_components", [&] { run(options); });
}
