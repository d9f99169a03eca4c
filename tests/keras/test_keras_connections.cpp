// How layers are connected, against Keras: states of bidirectional and stacked layers, both directions, one
// step and all steps, joins in time, shared layers, pooling, and where masks go: outputs, losses, metrics and
// all gradients of golden/keras_connections.json.
#include "connection_models.hpp"

#include "timeloom/codegen/plan/model_plan.hpp"
#include "timeloom/runtime/parameters/model_parameters.hpp"

using namespace timeloom;
using namespace timeloom::detail;
using namespace timeloom::tests;

TEST_CASE("every case of Keras's connections has its model") {
    CHECK(connection_cases().size() ==
          networks_of_states().size() + networks_of_steps().size() + networks_of_masks().size());
}

TEST_CASE("states of layers made of others and both directions are Keras's") {
    check_networks(networks_of_states(), connection_cases());
}

TEST_CASE("sequences of one step and joins in time and shared layers and pooling are Keras's") {
    check_networks(networks_of_steps(), connection_cases());
}

TEST_CASE("masks stay with their steps") { check_networks(networks_of_masks(), connection_cases()); }

TEST_CASE("weights have the order of the layers as in Keras") {
    for (const auto& [name, declared] : networks_of_steps()) {
        CAPTURE(name);
        const codegen::model_plan planned(declared, name);
        std::vector<std::string> names;
        for (const plan::Parameter* p : declared_parameters(planned.plan())) {
            if (!p->name.ends_with("/recurrent_bias")) { // a row of Keras's bias
                names.emplace_back(p->name);
            }
        }
        CHECK(names ==
              case_called(connection_cases(), name).at("weight_names").get<std::vector<std::string>>());
    }
}
