// ARIMA models and their results, with data, orders and parameters that nobody should pass.
#include "misuse.hpp"

#include "orders.timeloom.hpp"

#include "../support/temporary_folder.hpp"
#include "timeloom/runtime/arima/arima.hpp"
#include "timeloom/runtime/arima/arima_stream.hpp"
#include "timeloom/runtime/arima/data/arima_data.hpp"
#include "timeloom/runtime/arima/orders/auto_arima.hpp"

#include <cmath>
#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

namespace timeloom::tests {

using namespace detail;

namespace {

using Values = std::vector<double>;

constexpr int least_int = std::numeric_limits<int>::min();
constexpr int most_int = std::numeric_limits<int>::max();

Values numbers(std::size_t size, double scale = 1) {
    Values y;
    std::uint32_t state = 9;
    for (std::size_t t = 0; t < size; ++t) {
        state = 1664525u * state + 1013904223u;
        y.push_back(scale * (state / 4294967296.0 - 0.3));
    }
    return y;
}

Values with(Values y, std::size_t place, double value) {
    y[place] = value;
    return y;
}

std::vector<Values> only(const Values& y) { return std::vector<Values>(1, y); }

Arima model(plan::Trend trend = plan::Trend::n) {
    return {plan::ArimaOrders{1, 0, 1, 0, 0, 0, 4}, trend, orders_plan};
}

/// Results of ARMA(1, 1) at given parameters.
ArimaResults results() { return model().smooth(numbers(40), Values{0.5, 0.2}, {}, 1.0); }

struct NamedSeries {
    const char* name;
    Values values;
};

const std::vector<NamedSeries>& bad_series() {
    static const std::vector<NamedSeries> all{
        {"no values", {}},
        {"one value", {1}},
        {"two values", {1, 2}},
        {"only NaN", Values(40, not_a_number)},
        {"one value among NaN", with(Values(40, not_a_number), 20, 1)},
        {"infinity", with(numbers(40), 7, infinity)},
        {"zeros", Values(40, 0.0)},
        {"a constant", Values(40, 3.5)},
        {"a constant with gaps", with(with(Values(40, 3.5), 3, not_a_number), 20, not_a_number)},
        {"times 1e300", numbers(40, 1e300)},
        {"times 1e-300", numbers(40, 1e-300)},
        {"the greatest numbers", with(with(numbers(40), 3, 1.7e308), 4, -1.7e308)},
        {"a spike of 1e300", with(numbers(40), 20, 1e300)},
        {"NaN at both ends", with(with(numbers(40), 0, not_a_number), 39, not_a_number)},
    };
    return all;
}

const std::vector<plan::ArimaOrders>& some_orders() {
    static const std::vector<plan::ArimaOrders> all{{0, 0, 0, 0, 0, 0, 4}, {0, 2, 0, 0, 0, 0, 4},
                                                    {1, 1, 1, 0, 0, 0, 4}, {3, 0, 3, 0, 0, 0, 4},
                                                    {0, 0, 0, 0, 1, 0, 4}, {2, 1, 2, 1, 1, 1, 4}};
    return all;
}

/// Everything that results tell.
void use(const ArimaResults& r) {
    r.conf_int();
    r.pvalues();
    r.arroots();
    r.maroots();
    r.standardized_resid();
    r.predictions();
    r.smoothed_series();
    r.summary();
    r.forecast(5);
    r.simulate(5, {.anchor = SimulationAnchor::end});
    ArimaStream stream(r);
    stream.update(1.0);
    stream.next();
}

} // namespace

TEST_CASE("series that no model should get") {
    for (const plan::ArimaOrders& o : some_orders()) {
        for (const NamedSeries& series : bad_series()) {
            for (const plan::Trend trend : {plan::Trend::n, plan::Trend::differenced_mean}) {
                const Arima arima(o, trend, orders_plan);
                const std::string what = name_of(o) + " of " + series.name;
                ending("fit " + what, [&] { use(arima.fit(series.values, {.maxiter = 30})); });
                ending("smooth " + what, [&] {
                    use(arima.smooth(series.values, Values(arima.param_names().size(), 0.1), {}, 1.0));
                });
            }
        }
    }
    for (const NamedSeries& series : bad_series()) {
        const AutoArima search(orders_plan);
        accepts(std::string("select of ") + series.name,
                [&] { search.select(series.values, {.nmodels = 6}); });
        ending(std::string("automatic fit of ") + series.name,
               [&] { use(search.fit(series.values, {.nmodels = 6})); });
        accepts(std::string("fit_many of ") + series.name, [&] {
            const std::vector<ArimaFit> fits =
                model().fit_many(std::vector<Values>{series.values, numbers(30)});
            CHECK(fits[1].ok());
        });
        ending(std::string("css of ") + series.name,
               [&] { use(model().fit(series.values, {.method = ArimaMethod::css})); });
        ending(std::string("css, then ml of ") + series.name,
               [&] { use(model().fit(series.values, {.method = ArimaMethod::css_mle, .maxiter = 30})); });
        ending(std::string("rolling forecasts of ") + series.name,
               [&] { rolling_forecast(model(), series.values, 38, false, {.maxiter = 30}); });
    }
}

TEST_CASE("orders that no model has") {
    const auto refused = [](const plan::ArimaOrders& o, const char* part) {
        refuses("a model of " + name_of(o), part, [&] { Arima(o, plan::Trend::n, orders_plan); });
        refuses("a search up to " + name_of(o), part, [&] { AutoArima(o, orders_plan); });
    };
    for (const int n : {-1, least_int}) {
        refused({n, 0, 0, 0, 0, 0, 4}, "negative");
        refused({0, n, 0, 0, 0, 0, 4}, "negative");
        refused({0, 0, n, 0, 0, 0, 4}, "negative");
        refused({0, 0, 0, n, 0, 0, 4}, "negative");
        refused({0, 0, 0, 0, n, 0, 4}, "negative");
        refused({0, 0, 0, 0, 0, n, 4}, "negative");
        refused({1, 0, 0, 0, 0, 0, n}, "season");
    }
    for (const int n : {41, 1'000'000'000, most_int}) {
        refused({n, 0, 0, 0, 0, 0, 4}, "above 40");
        refused({0, n, 0, 0, 0, 0, 4}, "above 40");
        refused({0, 0, n, 0, 0, 0, 4}, "above 40");
        refused({0, 0, 0, n, 0, 0, 4}, "above 40");
        refused({0, 0, 0, 0, n, 0, 4}, "above 40");
        refused({0, 0, 0, 0, 0, n, 4}, "above 40");
    }
    refused({0, 0, 0, 1, 0, 0, 1}, "season");
    refused({0, 0, 0, 0, 1, 0, 0}, "season");
    refused({0, 0, 0, 0, 1, 0, most_int}, "season");
    refused({4, 0, 0, 1, 0, 0, 4}, "seasonal ones");
    refused({9, 0, 0, 0, 0, 0, 4}, "do not serve");
    refused({0, 0, 0, 1, 0, 0, 7}, "do not serve");
    const plan::ArimaOrders walk{0, 1, 0, 0, 0, 0, 4};
    refuses("a constant beside a difference", "leave it out",
            [&] { Arima(walk, plan::Trend::c, orders_plan); });
    refuses("a trend beside two differences", "leave it out", [&] {
        Arima({0, 2, 0, 0, 0, 0, 4}, plan::Trend::t, orders_plan);
    });
    refuses("a trend that is none", "trend", [&] { Arima(walk, static_cast<plan::Trend>(77), orders_plan); });
    refuses("a model without kernels", "do not serve", [&] {
        Arima(walk, plan::Trend::n, {"none", {}, {}});
    });
    refuses("differences of negative order", "negative", [&] {
        difference(numbers(9), {0, -1, 0, 0, 0, 0, 1});
    });
    refuses("differences of nothing", "leaves nothing", [&] { difference({}, {0, 1, 0, 0, 0, 0, 1}); });
    refuses("a polynomial of huge order", "above 40", [&] {
        difference_polynomial({0, most_int, 0, 0, 0, 0, 1});
    });
    refuses("names of too many regressors", "at most 1000", [&] { model().param_names(huge_size); });
}

TEST_CASE("regressors that do not fit") {
    const Values y = numbers(40), x = numbers(40), long_x = numbers(4000);
    const auto refused = [&](const char* what, const char* part, const Regressors& exog) {
        refuses(std::string("fit with ") + what, part, [&] { model().fit(y, {.exog = exog}); });
        refuses(std::string("smooth with ") + what, part, [&] { model().smooth(y, Values{0.5, 0.2}, exog); });
        refuses(std::string("loglike with ") + what, part, [&] {
            model().loglike(y, Values{0.5, 0.2}, exog);
        });
    };
    refused("values and no columns", "columns", {x, 0});
    refused("columns and no values", "columns", {{}, 1});
    refused("too few rows", "columns", {std::span(x).first(39), 1});
    refused("too many rows", "columns", {long_x, 1});
    refused("columns that overflow", "columns", {{}, huge_size / 8 + 1});
    refused("the most columns", "columns", {x, huge_size});
    for (const double bad : {not_a_number, infinity, -infinity}) {
        const Values broken = with(x, 11, bad);
        refused("a value that is no number", "row 12", {broken, 1});
    }
    const Values zeros(40, 0.0), twice = [&] {
        Values both;
        for (const double value : x) {
            both.insert(both.end(), {value, 2 * value});
        }
        return both;
    }();
    refuses("fit with zeros", "linearly dependent", [&] { model().fit(y, {.exog = {zeros, 1}}); });
    refuses("fit with one regressor twice", "linearly dependent", [&] {
        model().fit(y, {.exog = {twice, 2}});
    });
    const Values constant(40, 1.0);
    refuses("fit with a second constant", "linearly dependent", [&] {
        model(plan::Trend::c).fit(y, {.exog = {constant, 1}});
    });
    refuses("fit with as many regressors as values", "needs at least", [&] {
        model().fit(y, {.exog = {long_x, 100}});
    });
    for (const double scale : {1e-300, 1e300}) {
        const Values scaled = numbers(40, scale);
        accepts("fit with regressors of any scale", [&] {
            CHECK(std::isfinite(model().fit(y, {.exog = {scaled, 1}, .maxiter = 30}).llf()));
        });
    }
    const std::vector<Regressors> none, one{{x, 1}}, two{{x, 1}, {x, 1}}, odd{{x, 0}}, most{{{}, huge_size}};
    const AutoArima search(orders_plan);
    refuses("fit_many with regressors of other series", "2 series for 1",
            [&] { model().fit_many(only(y), {.exog = two}); });
    refuses("fit_many of nothing with regressors", "1 series for 0",
            [&] { model().fit_many({}, {.exog = one}); });
    refuses("select_many with regressors of other series", "2 series for 1",
            [&] { search.select_many(only(y), {.exog = two}); });
    refuses("fit_many with regressors of all and of each", "put all columns into its own", [&] {
        model().fit_many(only(y), {.fit = {.exog = {x, 1}}, .exog = one});
    });
    refuses("select_many with regressors of all and of each", "put all columns into its own", [&] {
        search.select_many(only(y), {.each = {.exog = {x, 0}}, .exog = one});
    });
    refuses("fit_many with start_params without those of regressors", "start_params has 2", [&] {
        model().fit_many(only(with(y, 0, 9)), {.fit = {.start_params = {0.5, 0.2}}, .exog = one});
    });
    const auto told = [&](const char* what, const char* part, const std::vector<Regressors>& exog) {
        accepts(what, [&] {
            const ArimaFit fit = model().fit_many(only(y), {.exog = exog})[0];
            CHECK_FALSE(fit.ok());
            CHECK_THAT(fit.message, Catch::Contains(part));
            const ArimaFit shared = model().fit_many(only(y), {.fit = {.exog = exog[0]}})[0];
            CHECK(shared.message == fit.message);
            const AutoArimaSelection selection = search.select(y, {.exog = exog[0]});
            CHECK(selection.fit.status == FitStatus::failed);
            CHECK_FALSE(selection.fit.message.empty());
            CHECK(search.select_many(only(y), {.exog = exog})[0].fit.message == selection.fit.message);
        });
        refuses(std::string("an automatic fit with ") + what, "no model to fit",
                [&] { search.fit(y, {.exog = exog[0]}); });
    };
    told("values of no regressors", "columns", odd);
    told("the most regressors", "columns", most);
    const std::vector<Regressors> few{{std::span(x).first(39), 1}}, many{{long_x, 100}}, both{{twice, 2}};
    told("too few rows of regressors", "columns", few);
    told("as many regressors as values", "needs at least", many);
    told("one regressor twice", "linearly dependent", both);
    const AutoArimaSelection selection = search.select(y, {.nmodels = 6, .exog = {x, 1}});
    refuses("a fit without the regressors selected with", "has regressor 1",
            [&] { search.fit(y, selection); });
    refuses("the columns of no table", "has regressor 1", [&] { selection.chosen_regressors({}); });
    refuses("the columns of a table with a broken row", "2 columns", [&] {
        selection.chosen_regressors({std::span(x).first(3), 2});
    });
    accepts("more columns than were selected with", [&] {
        CHECK(selection.chosen_regressors({x, 2}).size() == 20);
    });
    accepts("the columns of a selection of none", [&] {
        CHECK(AutoArimaSelection{}.chosen_regressors({x, huge_size}).empty());
    });
    refuses("rolling forecasts with regressors that do not fit", "columns", [&] {
        rolling_forecast(model(), y, 30, true, {.exog = {x, 2}});
    });
}

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

TEST_CASE("options that a search for orders cannot have") {
    const AutoArima search(orders_plan);
    const Values y = numbers(30);
    const auto refused = [&](const char* what, const char* part, const AutoArimaOptions& options) {
        refuses(std::string("select with ") + what, part, [&] { search.select(y, options); });
        refuses(std::string("select_many with ") + what, part,
                [&] { search.select_many(only(y), {.each = options}); });
        refuses(std::string("fit with ") + what, part, [&] { search.fit(y, options); });
    };
    for (const int n : {-1, least_int}) {
        refused("a negative d", "negative", {.d = n});
        refused("a negative D", "negative", {.D = n});
        refused("a negative max_d", "negative", {.max_d = n});
        refused("a negative max_D", "negative", {.max_D = n});
        refused("a negative max_p", "negative", {.max_p = n});
        refused("a negative max_Q", "negative", {.max_Q = n});
        refused("a negative max_order", "negative", {.max_order = n});
        refused("a negative start_p", "negative", {.start_p = n});
    }
    refused("d = 4", "3 differences", {.d = 4});
    refused("the greatest d and D", "3 differences", {.d = most_int, .D = most_int});
    refused("three differences and one of seasons", "3 differences", {.d = 3, .D = 1});
    for (const double root : {0.0, 0.99, -1.0, not_a_number, -infinity}) {
        refused("a min_root", "min_root", {.min_root = root});
    }
    for (const double alpha : {0.0, 0.5, -1.0, not_a_number, infinity}) {
        refused("an alpha", "alpha", {.alpha = alpha});
    }
    for (const int n : {0, most_int}) {
        accepts("any limits", [&] {
            search.select(y, {.max_d = n,
                              .max_D = n,
                              .max_p = n,
                              .max_q = n,
                              .max_P = n,
                              .max_Q = n,
                              .max_order = n,
                              .start_p = n,
                              .start_q = n,
                              .start_P = n,
                              .start_Q = n,
                              .nmodels = 6});
        });
    }
    accepts("no models", [&] { search.select(y, {.nmodels = 0}); });
    for (const std::size_t last : {std::size_t{1}, std::size_t{10}, huge_size}) {
        accepts("so many last observations", [&] { search.select(y, {.nmodels = 6, .truncate = last}); });
    }
    accepts("no model with a root", [&] { search.select(y, {.nmodels = 6, .min_root = infinity}); });
    accepts("so many threads", [&] {
        CHECK(search.select_many(only(y), {.each = {.nmodels = 6}, .threads = huge_size}).size() == 1);
    });
    accepts("no series", [&] { CHECK(search.select_many({}).empty()); });
    AutoArimaSelection failed;
    failed.fit.message = "nothing was selected";
    refuses("fit of a selection that failed", "nothing was selected", [&] { search.fit(y, failed); });
    AutoArimaSelection foreign;
    foreign.fit.status = FitStatus::converged;
    foreign.orders = {9, 0, 9, 0, 0, 0, 1};
    refuses("fit of orders that are not served", "do not serve", [&] { search.fit(y, foreign); });
    refuses("a search over kernels that do not serve it", "do not serve", [&] {
        AutoArima(plan::ArimaOrders{3, 2, 3, 1, 1, 1, 7}, orders_plan);
    });
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
