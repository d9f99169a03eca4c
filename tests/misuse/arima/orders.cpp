// Orders of ARIMA models, and options of searches for them, that nobody should pass.
#include "misused_arima.hpp"

#include "timeloom/runtime/arima/data/arima_orders.hpp"
#include "timeloom/runtime/arima/orders/auto_arima.hpp"

#include <string>

namespace timeloom::tests {

using namespace detail;

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

} // namespace timeloom::tests
