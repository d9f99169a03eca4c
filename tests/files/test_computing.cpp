// Allocations that fail while something is computed: success with the same result, or an Error.
#include "failing_allocations.hpp"

#include "timeloom/tests/keras/keras_training_models.hpp"

#include "airline.timeloom.hpp"
#include "keras_regression.timeloom.hpp"

#include "timeloom/runtime/arima/arima.hpp"
#include "timeloom/runtime/model/model.hpp"
#include "timeloom/runtime/plots/plot.hpp"
#include "timeloom/runtime/series/acf.hpp"
#include "timeloom/runtime/series/decomposition/components.hpp"
#include "timeloom/runtime/series/decomposition/hp_filter.hpp"
#include "timeloom/runtime/series/decomposition/seasonal_decompose.hpp"
#include "timeloom/runtime/series/decomposition/stl.hpp"
#include "timeloom/runtime/series/density.hpp"
#include "timeloom/runtime/series/residual_tests.hpp"
#include "timeloom/runtime/series/unit_roots/differencing.hpp"
#include "timeloom/runtime/series/unit_roots/unit_root.hpp"

#include <cmath>
#include <functional>
#include <string>
#include <vector>

namespace timeloom::tests {

namespace {

/// A trend, a season of 12 and something irregular.
std::vector<double> irregular_series() {
    std::vector<double> y(60);
    for (std::size_t t = 0; t < y.size(); ++t) {
        const auto time = static_cast<double>(t);
        y[t] = 10 + 0.2 * time + std::sin(time * 0.5235987755982988) + std::cos(time * time);
    }
    return y;
}

/// What is computed, as text or numbers that tell it from anything else.
struct Computation {
    std::string name;
    std::function<double()> run;
};

std::vector<Computation> statistics(const std::vector<double>& y) {
    return {{"acf", [&] { return acf(y).values[3]; }},
            {"pacf", [&] { return pacf(y).values[3]; }},
            {"ljung_box", [&] { return ljung_box(y, 4).p_value[3]; }},
            {"box_pierce", [&] { return box_pierce(y, 4).p_value[3]; }},
            {"components", [&] { return components(y, 12).trend[20]; }},
            {"gaussian_kde", [&] { return gaussian_kde(y, std::span(y).first(2))[1]; }},
            {"density_curve", [&] { return density_curve(y).y[9]; }},
            {"histogram", [&] { return histogram(y).y[1]; }},
            {"diff", [&] { return diff(y)[7]; }},
            {"choose_differencing", [&] { return choose_differencing(y, 12).d + 0.5; }},
            {"ocsb_test", [&] { return ocsb_test(y, 12).statistic; }},
            {"hp_filter", [&] { return hp_filter(y).trend[9]; }},
            {"jarque_bera", [&] { return jarque_bera(y).p_value; }},
            {"heteroskedasticity_test", [&] { return heteroskedasticity_test(y).p_value; }},
            {"seasonal_decompose", [&] { return seasonal_decompose(y, 12).trend[20]; }},
            {"stl", [&] { return stl(y, 12).trend[20]; }},
            {"adfuller", [&] { return adfuller(y).statistic; }},
            {"kpss", [&] { return kpss(y).statistic; }},
            {"gnuplot_script", [drawn = PlotSeries{"values", y, y},
                                file = std::filesystem::path("picture.svg"), text = std::string("a text")] {
                 return static_cast<double>(
                     gnuplot_script(file, text, text, text, std::span(&drawn, 1)).size());
             }}};
}

void check(const std::vector<Computation>& computations) {
    for (const Computation& computation : computations) {
        const double expected = computation.run();
        INFO(computation.name);
        double value = 0;
        fail_each_allocation([&] { value = computation.run(); },
                             [&](bool failed, int at) {
                                 CAPTURE(computation.name, at, failed);
                                 REQUIRE((failed || value == expected));
                             });
    }
}

} // namespace

TEST_CASE("a statistic without memory is an Error") {
    const std::vector<double> y = irregular_series();
    check(statistics(y));
}

TEST_CASE("an ARIMA model without memory is an Error") {
    const std::vector<double> y = irregular_series();
    const Arima model(airline_plan);
    const ArimaResults results = model.fit(y);
    const std::vector<std::vector<double>> many{y, y};
    check({{"fit", [&] { return model.fit(y).llf(); }},
           {"fit_many",
            [&] {
                const std::vector<ArimaFit> fits = model.fit_many(many);
                const ArimaFit& fit = fits[1];
                const UnharmedAllocations unharmed;
                if (!fit.ok()) {
                    throw Error(fit.message);
                }
                return fit.llf;
            }},
           {"smooth", [&] { return model.smooth(y, std::span(results.params()).first(2)).llf(); }},
           {"loglike", [&] { return model.loglike(y, std::span(results.params()).first(2)); }},
           {"simulate", [&] { return results.simulate(5)[4]; }},
           {"forecast", [&] { return results.forecast(13).upper[12]; }},
           {"predictions", [&] { return results.predictions().upper[30]; }},
           {"append", [&] { return results.append(std::span(y).first(1)).llf(); }},
           {"summary", [&] { return static_cast<double>(results.summary().size()); }}});
}

TEST_CASE("a network without memory is an Error") {
    const Tensor x(Shape{3, 6, 2}, std::vector<float>(36, 0.5f)),
        y(Shape{3, 1}, std::vector<float>(3, 0.25f));
    const auto compiled = [] {
        Model model(keras_regression_plan, {.threads = 1});
        model.compile(Adam{}, Loss::mean_squared_error);
        return model;
    };
    check({{"Model", [&] { return static_cast<double>(compiled().count_parameters()); }},
           {"fit", [&] { return compiled().fit(x, y, {.epochs = 1})[0].training.loss; }},
           {"predict", [&] { return double{compiled().predict(x).data()[1]}; }},
           {"gradients", [&] { return compiled().gradients(x, y).loss; }},
           {"summary", [&] { return static_cast<double>(compiled().summary().size()); }}});
}

} // namespace timeloom::tests
