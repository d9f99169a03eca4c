// Results and streams of ARIMA models, asked for what they cannot give.
#include "misused_arima.hpp"

#include "../../support/temporary_folder.hpp"

#include <cmath>
#include <functional>
#include <utility>

namespace timeloom::tests {

TEST_CASE("what results are not asked for") {
    const ArimaResults r = results();
    for (const double alpha : {0.0, 1.0, 1.5, -0.5, not_a_number, infinity}) {
        refuses("conf_int", "alpha", [&] { r.conf_int(alpha); });
        refuses("predictions", "alpha", [&] { r.predictions(alpha); });
        refuses("forecast", "alpha", [&] { r.forecast(3, {.alpha = alpha}); });
        refuses("a stream", "alpha", [&] { ArimaStream(r, alpha); });
    }
    for (const double alpha : {5e-324, 1e-300, 1 - 1e-16}) {
        accepts("intervals of any level", [&] {
            const ArimaForecast f = r.forecast(3, {.alpha = alpha});
            CHECK(f.lower[0] <= f.upper[0]);
            CHECK(std::isfinite(f.upper[0]));
        });
    }
    const Values x = numbers(3);
    refuses("forecast with regressors", "0 regressors", [&] { r.forecast(3, {.exog = {x, 1}}); });
    refuses("forecast with values of no regressors", "3 were given", [&] {
        r.forecast(3, {.exog = {x, 0}});
    });
    refuses("forecast with the most columns", "regressors", [&] {
        r.forecast(3, {.exog = {{}, huge_size}});
    });
    refuses("append with regressors", "0 regressors", [&] { r.append(x, false, {x, 1}); });
    refuses("append with values of no regressors", "columns", [&] { r.append(x, false, {x, 0}); });
    refuses("append infinity", "infinite", [&] { r.append(Values{infinity}); });
    accepts("append nothing", [&] { CHECK(r.append({}).params() == r.params()); });
    accepts("append NaN", [&] { use(r.append(Values{not_a_number})); });
    accepts("append NaN and refit", [&] { use(r.append(Values(5, not_a_number), true)); });
    ending("append 1e300", [&] { use(r.append(Values{1e300})); });
    accepts("forecast no steps", [&] { CHECK(r.forecast(0).predicted_mean.empty()); });
    const Values y = numbers(40);
    const ArimaResults regression = model(plan::Trend::ct).smooth(y, Values{1, 2, 3, 0.5, 0.2}, {y, 1}, 1.0);
    refuses("forecast without regressors", "1 regressors", [&] { regression.forecast(3); });
    refuses("forecast with NaN", "not finite", [&] {
        regression.forecast(1, {.exog = {Values{not_a_number}, 1}});
    });
    refuses("simulate with NaN", "not finite", [&] {
        regression.simulate(1, {.exog = {Values{not_a_number}, 1}});
    });
    refuses("simulate without regressors", "1 regressors", [&] { regression.simulate(3); });
    refuses("append without regressors", "1 regressors", [&] { regression.append(x); });
    refuses("append with too few rows", "columns", [&] {
        regression.append(x, false, {std::span(x).first(2), 1});
    });
}

TEST_CASE("what streams are not given") {
    ArimaStream stream(results());
    refuses("infinity", "infinite", [&] { stream.update(infinity); });
    refuses("minus infinity", "infinite", [&] { stream.update(-infinity); });
    refuses("regressors", "0 regressors", [&] { stream.update(1.0, Values{1}); });
    refuses("regressors of the next step", "0 regressors", [&] { stream.next(Values{1}); });
    refuses("regressors of a forecast", "0 regressors", [&] {
        stream.forecast(2, {.exog = {Values{1, 2}, 1}});
    });
    accepts("what was refused changed nothing", [&] { CHECK(stream.observations() == 40); });
    for (const double y : {1e300, -1e300, 1e-300, 0.0, -0.0}) {
        accepts("any number", [&] { CHECK(std::isfinite(ArimaStream(results()).update(y))); });
    }
    accepts("ten thousand missing values", [&] {
        for (int t = 0; t < 10'000; ++t) {
            stream.update(not_a_number);
        }
        const ArimaPrediction next = stream.next();
        CHECK(next.mean == Approx(0.0).margin(1e-12));
        CHECK(next.se == Approx(std::sqrt(1 + 0.7 * 0.7 / 0.75))); // of the process
    });
    const Values y = numbers(40);
    const ArimaResults with_regressor = model().smooth(y, Values{2.0, 0.5, 0.2}, {y, 1}, 1.0);
    for (const double bad : {not_a_number, infinity}) {
        refuses("a regressor that is no number", "not finite",
                [&] { ArimaStream(with_regressor).update(1.0, Values{bad}); });
    }
    refuses("no regressor", "1 regressors", [&] { ArimaStream(with_regressor).update(1.0); });
}

TEST_CASE("results and streams that were moved from") {
    ArimaResults from = results();
    ArimaResults to = std::move(from);
    ArimaStream stream(to), moved(std::move(stream));
    const TemporaryFolder folder;
    const auto refused = [](const char* what, const std::function<void()>& call) {
        refuses(what, "moved from", call);
    };
    refused("orders", [&] { from.orders(); });
    refused("status", [&] { from.status(); });
    refused("message", [&] { from.message(); });
    refused("converged", [&] { from.converged(); });
    refused("param_names", [&] { from.param_names(); });
    refused("params", [&] { from.params(); });
    refused("sigma2", [&] { from.sigma2(); });
    refused("sigma", [&] { from.sigma(); });
    refused("cov_params", [&] { from.cov_params(); });
    refused("bse", [&] { from.bse(); });
    refused("zvalues", [&] { from.zvalues(); });
    refused("pvalues", [&] { from.pvalues(); });
    refused("conf_int", [&] { from.conf_int(); });
    refused("llf", [&] { from.llf(); });
    refused("aic", [&] { from.aic(); });
    refused("aicc", [&] { from.aicc(); });
    refused("bic", [&] { from.bic(); });
    refused("hqic", [&] { from.hqic(); });
    refused("nobs", [&] { from.nobs(); });
    refused("evaluations", [&] { from.evaluations(); });
    refused("arroots", [&] { from.arroots(); });
    refused("maroots", [&] { from.maroots(); });
    refused("resid", [&] { from.resid(); });
    refused("standardized_resid", [&] { from.standardized_resid(); });
    refused("fittedvalues", [&] { from.fittedvalues(); });
    refused("predictions", [&] { from.predictions(); });
    refused("forecast", [&] { from.forecast(1); });
    refused("simulate", [&] { from.simulate(1); });
    refused("smoothed_series", [&] { from.smoothed_series(); });
    refused("append", [&] { from.append(Values{1}); });
    refused("summary", [&] { from.summary(); });
    refused("save", [&] { from.save(folder.path() / "results.json"); });
    refused("a copy", [&] { ArimaResults copy(from); });
    refused("a stream of them", [&] { ArimaStream begun(from); });
    refused("update", [&] { stream.update(1); });
    refused("next", [&] { stream.next(); });
    refused("forecast of a stream", [&] { stream.forecast(1); });
    refused("observations", [&] { stream.observations(); });
    refused("a copy of a stream", [&] { ArimaStream copy(stream); });
    accepts("assigned again", [&] {
        from = to;
        stream = moved;
        CHECK(from.params() == to.params());
        CHECK(stream.next().mean == moved.next().mean);
    });
}

} // namespace timeloom::tests
