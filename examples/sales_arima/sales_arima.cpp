// Fits ARIMA(5,1,0) to monthly sales and looks at what it leaves unexplained: summary, roots, residuals.
#include "../example_program.hpp"
#include "monthly_sales.timeloom.hpp"
#include "sales_data.hpp"

#include <timeloom/runtime/arima/arima.hpp>
#include <timeloom/runtime/plots/plot.hpp>
#include <timeloom/runtime/series/density.hpp>
#include <timeloom/runtime/series/residual_tests.hpp>

#include <CLI/CLI.hpp>

#include <cstdio>
#include <string>
#include <vector>

namespace {

struct Options {
    std::string csv = sales::default_csv;
    std::string residuals = "residuals.svg";
    std::string density = "density.svg";
    std::string json;
};

void print_description(const std::vector<double>& residuals) {
    const timeloom::Description d = timeloom::describe(residuals);
    std::printf("\nResiduals\ncount %12zu\nmean  %12.6f\nstd   %12.6f\nmin   %12.6f\n"
                "25%%   %12.6f\n50%%   %12.6f\n75%%   %12.6f\nmax   %12.6f\n",
                d.count, d.mean, d.std, d.min, d.lower_quartile, d.median, d.upper_quartile, d.max);
}

/// The residuals belong to the months from the second on: differencing takes the first.
void draw(const std::vector<double>& residuals, const Options& options) {
    using enum timeloom::PlotStyle;
    const std::vector<timeloom::PlotSeries> over_time{
        {"", sales::months(2, residuals.size()), residuals, line_and_points}};
    timeloom::plot_lines(options.residuals, "ARIMA(5,1,0) on monthly sales: residuals", "month", "residual",
                         over_time);
    const timeloom::Curve curve = timeloom::density_curve(residuals);
    const timeloom::Curve bins = timeloom::histogram(residuals);
    const std::vector<timeloom::PlotSeries> densities{{"histogram", bins.x, bins.y, bars},
                                                      {"kernel density", curve.x, curve.y, line}};
    timeloom::plot_lines(options.density, "ARIMA(5,1,0) on monthly sales: density of the residuals",
                         "residual", "density", densities);
    std::printf("\npictures: %s, %s\n", options.residuals.c_str(), options.density.c_str());
}

/// Arrays in the order const, ar.L1 … ar.L5. sigma stands by itself.
nlohmann::json as_json(const timeloom::ArimaResults& results) {
    const auto coefficients = [](auto values) {
        values.pop_back();
        return values;
    };
    nlohmann::json roots = nlohmann::json::array();
    for (const timeloom::LagRoot& root : results.arroots()) {
        roots.push_back({root.value.real(), root.value.imag(), root.modulus, root.frequency});
    }
    return {{"llf", results.llf()},
            {"sigma", results.sigma()},
            {"aic", results.aic()},
            {"bic", results.bic()},
            {"hqic", results.hqic()},
            {"params", coefficients(results.params())},
            {"bse", coefficients(results.bse())},
            {"zvalues", coefficients(results.zvalues())},
            {"pvalues", coefficients(results.pvalues())},
            {"conf_int", coefficients(results.conf_int())},
            {"roots", roots},
            {"resid", results.resid()}};
}

void run(const Options& options) {
    const std::vector<double> y = sales::read_sales(options.csv);
    const timeloom::Arima model(monthly_sales_plan);
    const timeloom::ArimaResults results = model.fit(y);
    std::printf("%s", results.summary().c_str());
    print_description(results.resid());
    draw(results.resid(), options);
    write_results(options.json, as_json(results));
}

} // namespace

int main(int argc, char** argv) {
    Options options;
    CLI::App app("Fits ARIMA(5,1,0) to monthly sales by exact maximum likelihood");
    app.add_option("--csv", options.csv, "file with columns Month and Sales")->capture_default_str();
    app.add_option("--residuals", options.residuals, "where to draw the residuals, .svg or .png")
        ->capture_default_str();
    app.add_option("--density", options.density, "where to draw their density, .svg or .png")
        ->capture_default_str();
    app.add_option("--json", options.json, "write the results to this file, too");
    CLI11_PARSE(app, argc, argv);
    return run_program("sales_arima", [&] { run(options); });
}
