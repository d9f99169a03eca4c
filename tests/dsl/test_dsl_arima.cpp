// ARIMA declarations: equations, special cases, families.
#include "timeloom/dsl/arima/lag_equation.hpp"

#include <catch2/catch.hpp>

#include <type_traits>

using namespace timeloom;
using namespace timeloom::declaration;
using namespace timeloom::dsl::lag_equation;

namespace {

template <class A, class B>
constexpr bool same(const A&, const B&) {
    return std::is_same_v<A, B>;
}

constexpr auto airline = (1 - B) * (1 - pow<12>(B)) * y == theta<1>(B) * theta<1>(pow<12>(B)) * e;
static_assert(same(airline, arima(order<0, 1, 1>, seasonal_order<0, 1, 1, 12>)));
static_assert(same(phi<2>(B) * phi<1>(pow<4>(B)) * y == e,
                   arima(order<2, 0, 0>, seasonal_order<1, 0, 0, 4>)));
static_assert(same((1 - B) * (1 - B) * y == theta<2>(B) * e, arima(order<0, 2, 2>)));
static_assert(same(y == theta<3>(B) * e, arima(order<0, 0, 3>)));
static_assert(same(arima(phi<5>(B) * (1 - B) * y == e, trend::differenced_mean),
                   arima(order<5, 1, 0>, trend::differenced_mean)));
static_assert(same(ar<2>(), arima(order<2, 0, 0>, trend::c)));
static_assert(same(ma<1>(), arima(order<0, 0, 1>, trend::c)));
static_assert(same(arma<1, 2>(), arima(order<1, 0, 2>, trend::c)));

// Two seasons, in any order of the factors.
constexpr auto two = (1 - B) * (1 - pow<24>(B)) * (1 - pow<168>(B)) * y ==
                     theta<1>(B) * theta<1>(pow<24>(B)) * theta<1>(pow<168>(B)) * e;
static_assert(same(two, arima(order<0, 1, 1>, seasonal_order<0, 1, 1, 24>, seasonal_order<0, 1, 1, 168>)));
static_assert(same(two, (1 - pow<168>(B)) * (1 - B) * (1 - pow<24>(B)) * y ==
                            theta<1>(pow<168>(B)) * theta<1>(pow<24>(B)) * theta<1>(B) * e));
static_assert(same(arima(phi<1>(pow<4>(B)) * y == theta<2>(pow<7>(B)) * e, trend::c),
                   arima(order<0, 0, 0>, seasonal_order<1, 0, 0, 4>, seasonal_order<0, 0, 2, 7>, trend::c)));
static_assert(two.orders.lost() == 193 && two.orders.filter().ma_degree() == 193);
static_assert(factors(two.orders.filter()).size() == 3 && reach(two.orders.filter()) == 168);
static_assert(!two.orders.filter().serves(plan::LagFilter{0, 0, 1, 1, 24, 0, 1, 48}));
static_assert(two.orders.filter().serves(plan::LagFilter{0, 0, 1, 1, 24}));

// A period that the program gives at run time.
static_assert(same((1 - B) * (1 - Bs) * y == theta<1>(B) * theta<1>(Bs) * e,
                   arima(order<0, 1, 1>, seasonal_order<0, 1, 1>)));
static_assert(same(phi<9>(B) * phi<2>(Bs) * y == e, arima(order<9, 0, 0>, seasonal_order<2, 0, 0>)));
static_assert(arima_family(order<5, 2, 5>, seasonal_order<1, 1, 1>).most.seasonal_period == plan::any_period);
constexpr plan::LagFilter open_filter = arima(order<2, 0, 1>, seasonal_order<1, 0, 1>).orders.filter();
static_assert(open_filter.has_open_period() &&
              !plan::LagFilter{2, 0, 1, 0, plan::any_period}.has_open_period());
static_assert(open_filter.serves({1, 1, 1, 1, 168}) && open_filter.serves({2, 1, 0, 0, 2}));
static_assert(!open_filter.serves({3, 0, 0, 0, 7}) && !open_filter.serves({0, 2, 0, 0, 7}));

constexpr plan::LagFilter filter = airline.orders.filter();
static_assert(filter.parameters() == 2 && filter.ar_degree() == 0 && filter.ma_degree() == 13);
static_assert(reach(filter) == 12 && factors(filter).size() == 2);
static_assert(airline.orders.lost() == 13);
static_assert(!filter.serves(plan::ArimaOrders{1, 1, 0}.filter()));
static_assert(filter.serves(plan::ArimaOrders{0, 2, 1}.filter())); // any season serves none
static_assert(!filter.serves(plan::ArimaOrders{0, 1, 1, 0, 1, 1, 4}.filter()));

} // namespace

TEST_CASE("a family's filters serve all of its orders") {
    const arima_description description = describe(arima_family(order<5, 2, 5>, seasonal_order<2, 1, 2, 12>));
    CHECK(description.family);
    for (int p = 0; p <= 5; ++p) {
        for (int q = 0; q <= 5; ++q) {
            for (int P = 0; P <= 2; ++P) {
                for (int Q = 0; Q <= 2; ++Q) {
                    const plan::LagFilter f{p, P, q, Q, 12};
                    int serving = 0;
                    for (const plan::LagFilter& candidate : description.filters) {
                        serving += candidate.serves(f) ? 1 : 0;
                    }
                    CHECK(serving > 0);
                }
            }
        }
    }
    CHECK(describe(arima_family(order<2, 1, 1>)).filters.size() == 1);
    CHECK(describe(airline).filters == std::vector{filter});
}
