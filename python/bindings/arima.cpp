// Estimation: one model, models at given parameters, and the search for orders.
#include "arrays.hpp"
#include "orders.hpp"
#include "parts.hpp"

#include <string>

#include <timeloom/runtime/arima/orders/auto_arima.hpp>
#include <timeloom/runtime/error.hpp>

#include <nanobind/stl/array.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/string_view.h>
#include <nanobind/stl/vector.h>

namespace timeloom_python {

namespace {

using namespace nb::literals;
using timeloom::ArimaFitOptions;
using timeloom::ArimaResults;
using timeloom::AutoArimaOptions;
using timeloom::AutoArimaSelection;

timeloom::ArimaMethod method_of(const std::string& name) {
    using enum timeloom::ArimaMethod;
    if (name == "mle" || name == "css" || name == "css_mle") {
        return name == "mle" ? mle : name == "css" ? css : css_mle;
    }
    throw timeloom::Error("method is '" + name + "', but must be 'mle', 'css' or 'css_mle'");
}

timeloom::CovarianceType covariance_of(const std::string& name) {
    using enum timeloom::CovarianceType;
    if (name == "none" || name == "oim" || name == "opg") {
        return name == "none" ? none : name == "oim" ? oim : opg;
    }
    throw timeloom::Error("cov_type is '" + name + "', but must be 'oim', 'opg' or 'none'");
}

timeloom::InformationCriterion criterion_of(const std::string& name) {
    using enum timeloom::InformationCriterion;
    if (name == "aicc" || name == "aic" || name == "bic") {
        return name == "aicc" ? aicc : name == "aic" ? aic : bic;
    }
    throw timeloom::Error("ic is '" + name + "', but must be 'aicc', 'aic' or 'bic'");
}

std::string name_of(timeloom::InformationCriterion criterion) {
    using enum timeloom::InformationCriterion;
    return criterion == aicc ? "aicc" : criterion == aic ? "aic" : "bic";
}

timeloom::Arima model_of(const Order& order, const Order& seasonal, int period, const std::string& trend) {
    const timeloom::ArimaOrders orders = orders_of(order, seasonal, period);
    return {orders, trend_of(trend), plan_of(orders)};
}

ArimaResults fit(const Doubles& y, const Order& order, const Order& seasonal, int period,
                 const std::string& trend, const std::optional<Matrix>& exog, const std::string& method,
                 const std::string& cov_type, std::size_t starts, std::size_t maxiter,
                 const std::vector<double>& start_params) {
    const timeloom::Arima model = model_of(order, seasonal, period, trend);
    const ArimaFitOptions options{.method = method_of(method),
                                  .cov_type = covariance_of(cov_type),
                                  .exog = regressors_of(exog),
                                  .start_params = start_params,
                                  .starts = starts,
                                  .maxiter = maxiter};
    return without_lock([&] { return model.fit(span_of(y), options); });
}

ArimaResults smooth(const Doubles& y, const Order& order, const Order& seasonal, int period,
                    const std::string& trend, const std::vector<double>& params,
                    const std::optional<Matrix>& exog, double sigma2) {
    const timeloom::Arima model = model_of(order, seasonal, period, trend);
    return without_lock([&] { return model.smooth(span_of(y), params, regressors_of(exog), sigma2); });
}

nb::object simulate(const Order& order, const Order& seasonal, int period, const std::string& trend,
                    const std::vector<double>& params, double sigma2, std::size_t steps, std::uint64_t seed,
                    const std::optional<Matrix>& exog) {
    const timeloom::Arima model = model_of(order, seasonal, period, trend);
    return to_numpy(
        without_lock([&] { return model.simulate(params, sigma2, steps, seed, regressors_of(exog)); }));
}

nb::tuple tuple_of(const timeloom::ArimaOrders& o) {
    return nb::make_tuple(nb::make_tuple(o.p, o.d, o.q),
                          nb::make_tuple(o.seasonal_p, o.seasonal_d, o.seasonal_q));
}

nb::list tried_of(const AutoArimaSelection& selection) {
    nb::list tried;
    for (const timeloom::TriedOrders& t : selection.tried) {
        const nb::tuple orders = tuple_of(t.orders);
        tried.append(nb::make_tuple(orders[0], orders[1], name_of_trend(t.trend), t.aicc, t.taken));
    }
    return tried;
}

/// Results of the best model, its trend, numbers of its regressors, and what was tried: (order,
/// seasonal_order, trend, aicc, whether it could be taken).
nb::tuple select(const Doubles& y, int period, const AutoArimaOptions& given,
                 const std::optional<Matrix>& exog, const std::string& cov_type) {
    AutoArimaOptions options = given;
    options.exog = regressors_of(exog);
    const timeloom::AutoArima search(search_limits(period), search_plan());
    const timeloom::CovarianceType covariance = covariance_of(cov_type);
    AutoArimaSelection selection;
    ArimaResults results = without_lock([&] {
        selection = search.select(span_of(y), options);
        return search.fit(span_of(y), selection, {.cov_type = covariance, .exog = options.exog});
    });
    return nb::make_tuple(std::move(results), name_of_trend(selection.trend), selection.exog_columns,
                          tried_of(selection));
}

void add_search_options(nb::module_& module) {
    using O = AutoArimaOptions;
    nb::class_<O>(module, "SearchOptions",
                  "Limits of the search for orders; names and defaults of R's auto.arima.")
        .def(nb::init<>())
        .def_rw("d", &O::d, nb::arg().none())
        .def_rw("D", &O::D, nb::arg().none())
        .def_rw("max_d", &O::max_d)
        .def_rw("max_D", &O::max_D)
        .def_rw("max_p", &O::max_p)
        .def_rw("max_q", &O::max_q)
        .def_rw("max_P", &O::max_P)
        .def_rw("max_Q", &O::max_Q)
        .def_rw("max_order", &O::max_order)
        .def_rw("start_p", &O::start_p)
        .def_rw("start_q", &O::start_q)
        .def_rw("start_P", &O::start_P)
        .def_rw("start_Q", &O::start_Q)
        .def_rw("stepwise", &O::stepwise)
        .def_rw("nmodels", &O::nmodels)
        .def_rw("allow_mean", &O::allow_mean)
        .def_rw("allow_drift", &O::allow_drift)
        .def_rw("alpha", &O::alpha)
        .def_rw("truncate", &O::truncate)
        .def_rw("min_root", &O::min_root)
        .def_prop_rw(
            "ic", [](const O& o) { return name_of(o.ic); },
            [](O& o, const std::string& name) { o.ic = criterion_of(name); })
        .def_prop_rw(
            "seasonal_test",
            [](const O& o) { return o.seasonal_test == timeloom::SeasonalTest::seas ? "seas" : "ocsb"; },
            [](O& o, const std::string& name) {
                if (name != "seas" && name != "ocsb") {
                    throw timeloom::Error("seasonal_test is '" + name + "', but must be 'seas' or 'ocsb'");
                }
                o.seasonal_test =
                    name == "seas" ? timeloom::SeasonalTest::seas : timeloom::SeasonalTest::ocsb;
            });
}

} // namespace

void add_arima(nb::module_& module) {
    add_search_options(module);
    const nb::arg y("y"), order("order"), seasonal("seasonal_order"), period("season_length"), trend("trend");
    module.def("fit_arima", &fit, y, order, seasonal, period, trend, "exog"_a.none(), "method"_a,
               "cov_type"_a, "starts"_a, "maxiter"_a, "start_params"_a);
    module.def("smooth_arima", &smooth, y, order, seasonal, period, trend, "params"_a, "exog"_a.none(),
               "sigma2"_a);
    module.def("simulate_arima", &simulate, order, seasonal, period, trend, "params"_a, "sigma2"_a, "steps"_a,
               "seed"_a, "exog"_a.none());
    module.def("select_arima", &select, y, period, "options"_a, "exog"_a.none(), "cov_type"_a);
    module.def("search_limits", [](int s) {
        const timeloom::ArimaOrders most = search_limits(s);
        return nb::make_tuple(most.p, most.q, most.seasonal_p, most.seasonal_q);
    });
}

} // namespace timeloom_python
