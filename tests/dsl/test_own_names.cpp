// A declaration's names meet none of a user's own: in the global namespace, as in the README, these compile.
#include "timeloom/dsl/arima/arima.hpp"
#include "timeloom/dsl/arima/lag_equation.hpp"
#include "timeloom/dsl/dsl.hpp"

#include <catch2/catch.hpp>

using namespace timeloom::dsl;

constexpr auto network = sequential(input<4, 1>(), lstm<8>(), dense<1>());
constexpr auto model = arima(order<0, 1, 1>, seasonal_order<0, 1, 1, 12>);
constexpr int graph = 1, layer = 2, matrix = 3, name = 4, node = 5, sequence = 6, series = 7, shape = 8,
              text = 9, tokens = 10, vector = 11, view = 12, word = 13, words = 14, initializer = 15,
              hash = 16;

TEST_CASE("a user's own names stand beside those of a declaration") {
    CHECK(network.parameters() == 4 * 8 * (1 + 8 + 1) + 8 + 1);
    CHECK(model.orders.seasonal_period == 12);
    CHECK(graph + layer + matrix + name + node + sequence + series + shape + text + tokens + vector + view +
              word + words + initializer + hash ==
          16 * 17 / 2);
}
