// Parameters, options and fits that no ARIMA model has.
#include "misused_arima.hpp"

#include <cmath>
#include <functional>
#include <string>

namespace timeloom::tests {

TEST_CASE("parameters and options that no fit has") {
    const Values y = numbers(40);
    const std::vector<Values> wrong_sizes{{}, {0.5}, {0.5, 0.2, 0.1}, Values(1000, 0.1)};
    for (const Values& params : wrong_sizes) {
        if (!params.empty()) { // none are the default
            refuses("start_params", "start_params has", [&] { model().fit(y, {.start_params = params}); });
        }
        refuses("smooth", "parameters were given", [&] { model().smooth(y, params); });
        refuses("loglike", "parameters were given", [&] { model().loglike(y, params); });
        refuses("simulate", "parameters were given", [&] { model().simulate(params, 1, 5, 1); });
    }
    const std::vector<Values> outside{{1.0, 0.2}, {-1.5, 0.2}, {0.5, 1.5}, {1e300, 0.2}, {0.5, -1e300}};
    for (const Values& params : outside) {
        if (params[0] != 1.0) {
            refuses("start_params", "not stationary", [&] { model().fit(y, {.start_params = params}); });
        }
        refuses("smooth", "not stationary", [&] { model().smooth(y, params); });
        refuses("simulate", "not stationary", [&] { model().simulate(params, 1, 5, 1); });
    }
    for (const double bad : {not_a_number, infinity, -infinity}) {
        const Values params{bad, 0.2};
        refuses("start_params", "not all finite", [&] { model().fit(y, {.start_params = params}); });
        refuses("smooth", "not all finite", [&] { model().smooth(y, params); });
        refuses("simulate", "not all finite", [&] { model().simulate(params, 1, 5, 1); });
        refuses("smooth with a sigma2", "sigma2", [&] { model().smooth(y, Values{0.5, 0.2}, {}, bad); });
        refuses("simulate with a sigma2", "sigma2", [&] { model().simulate(Values{0.5, 0.2}, bad, 5, 1); });
    }
    refuses("smooth with a negative sigma2", "sigma2", [&] { model().smooth(y, Values{0.5, 0.2}, {}, -1); });
    refuses("simulate with a negative sigma2", "sigma2", [&] {
        model().simulate(Values{0.5, 0.2}, -1, 5, 1);
    });
    for (const double sigma2 : {1e-300, 1e300}) {
        accepts("smooth with any sigma2", [&] { use(model().smooth(y, Values{0.5, 0.2}, {}, sigma2)); });
        accepts("simulate with any sigma2", [&] {
            CHECK(std::isfinite(model().simulate(Values{0.5, 0.2}, sigma2, 5, 1)[4]));
        });
    }
    for (const std::size_t size : {std::size_t{1'000'000'000}, huge_size}) {
        refuses("simulate too much", "at most", [&] { model().simulate(Values{0.5, 0.2}, 1, size, 1); });
        refuses("simulate from results", "at most", [&] { results().simulate(size); });
        refuses("simulate what follows", "at most",
                [&] { results().simulate(size, {.anchor = SimulationAnchor::end}); });
        refuses("forecast too far", "at most", [&] { results().forecast(size); });
        refuses("forecast of a stream", "at most", [&] { ArimaStream(results()).forecast(size); });
    }
    accepts("simulate nothing", [&] { CHECK(model().simulate(Values{0.5, 0.2}, 1, 0, 1).empty()); });
    const Values x = numbers(40);
    refuses("simulate with values of no regressors", "regressors", [&] {
        model().simulate(Values{0.5, 0.2}, 1, 40, 1, {x, 0});
    });
    refuses("simulate with too many columns", "at most 1000", [&] {
        model().simulate(Values{0.5, 0.2}, 1, 40, 1, {{}, huge_size});
    });
    refuses("simulate with too few rows", "regressors", [&] {
        model().simulate(Values{1.0, 0.5, 0.2}, 1, 41, 1, {x, 1});
    });
    refuses("fit without evaluations", "maxiter", [&] { model().fit(y, {.maxiter = 0}); });
    accepts("fit_many without evaluations",
            [&] { CHECK_FALSE(model().fit_many(only(y), {.fit = {.maxiter = 0}})[0].ok()); });
    for (const std::size_t number : {std::size_t{1}, huge_size}) {
        accepts("fit with so many starts", [&] { use(model().fit(y, {.starts = number})); });
        accepts("fit with so many evaluations", [&] { use(model().fit(y, {.maxiter = number})); });
        accepts("fit_many with so many threads",
                [&] { CHECK(model().fit_many(only(y), {.threads = number})[0].ok()); });
    }
    accepts("fit_many of nothing", [&] { CHECK(model().fit_many({}).empty()); });
    accepts("rolling forecasts after the end",
            [&] { CHECK(rolling_forecast(model(), y, huge_size).empty()); });
    refuses("rolling forecasts from nothing", "needs at least", [&] { rolling_forecast(model(), y, 0); });
}

TEST_CASE("fits that no model has") {
    const Values y = numbers(40);
    const Arima arima = model();
    const auto made = [&](const char* what, const char* part, const std::function<void(ArimaFit&)>& spoil) {
        ArimaFit fit;
        fit.status = FitStatus::converged;
        fit.params = {0.5, 0.2};
        fit.sigma2 = 1;
        spoil(fit);
        refuses(std::string("results with ") + what, part, [&] {
            ArimaResults(arima.kernels(), arima.orders(), arima.trend(), y, {}, fit, ArimaMethod::mle,
                         CovarianceType::oim);
        });
    };
    made("a thousand parameters", "1000 parameters", [](ArimaFit& f) { f.params.resize(1000); });
    made("no parameters", "0 parameters", [](ArimaFit& f) { f.params.clear(); });
    made("a parameter that is NaN", "not finite", [](ArimaFit& f) { f.params[1] = not_a_number; });
    made("a parameter that is infinite", "not finite", [](ArimaFit& f) { f.params[0] = infinity; });
    made("parameters that are not stationary", "not stationary", [](ArimaFit& f) { f.params[0] = 2; });
    made("a negative sigma2", "sigma2", [](ArimaFit& f) { f.sigma2 = -1; });
    made("a sigma2 that is NaN", "sigma2", [](ArimaFit& f) { f.sigma2 = not_a_number; });
    made("an infinite sigma2", "sigma2", [](ArimaFit& f) { f.sigma2 = infinity; });
    made("a status of failure", "no fit has", [](ArimaFit& f) { f.status = FitStatus::failed; });
    made("a status that is none", "no fit has", [](ArimaFit& f) { f.status = static_cast<FitStatus>(-5); });
    const ArimaFit fit = [] {
        ArimaFit f;
        f.status = FitStatus::converged;
        f.params = {0.5, 0.2};
        f.sigma2 = 1;
        return f;
    }();
    const auto orders_refused = [&](const char* part, const plan::ArimaOrders& o) {
        refuses("results of " + name_of(o), part, [&] {
            ArimaResults(arima.kernels(), o, plan::Trend::n, y, {}, fit, ArimaMethod::mle,
                         CovarianceType::none);
        });
    };
    orders_refused("negative", {-1, 0, 1, 0, 0, 0, 4});
    orders_refused("do not serve", {9, 0, 9, 0, 0, 0, 4});
    orders_refused("2 parameters", {1, 0, 2, 0, 0, 0, 4});
    refuses("results by no method", "no fit has", [&] {
        ArimaResults(arima.kernels(), arima.orders(), arima.trend(), y, {}, fit, static_cast<ArimaMethod>(9),
                     CovarianceType::none);
    });
    refuses("results with no kind of errors", "no fit has", [&] {
        ArimaResults(arima.kernels(), arima.orders(), arima.trend(), y, {}, fit, ArimaMethod::mle,
                     static_cast<CovarianceType>(-1));
    });
    refuses("results of nothing", "needs at least", [&] {
        ArimaResults(arima.kernels(), arima.orders(), arima.trend(), {}, {}, fit, ArimaMethod::mle,
                     CovarianceType::none);
    });
    accepts("criteria of an empty fit", [] {
        const ArimaFit empty;
        empty.aic();
        empty.aicc();
        empty.bic();
        empty.hqic();
        CHECK_FALSE(empty.ok());
    });
    accepts("the name of a status that is none",
            [] { CHECK(to_string(static_cast<FitStatus>(99)) != nullptr); });
}

} // namespace timeloom::tests
