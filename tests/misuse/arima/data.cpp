// ARIMA models with series and regressors that nobody should pass.
#include "misused_arima.hpp"

#include "timeloom/runtime/arima/orders/auto_arima.hpp"

#include <cmath>
#include <span>
#include <string>

namespace timeloom::tests {

namespace {

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
    const std::vector<Regressors> none, one{{x, 1}}, two{{x, 1}, {x, 1}}, odd{{x, 0}}, huge{{{}, huge_size}};
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
    told("the most regressors", "columns", huge);
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

} // namespace timeloom::tests
