// Which class does the work of which kind of layer.
#include "timeloom/runtime/elementwise_work.hpp"
#include "timeloom/runtime/error.hpp"
#include "timeloom/runtime/join_work.hpp"
#include "timeloom/runtime/layer_graph.hpp"
#include "timeloom/runtime/layer_normalization_work.hpp"
#include "timeloom/runtime/pooling_work.hpp"
#include "timeloom/runtime/shape_work.hpp"
#include "timeloom/runtime/state_work.hpp"
#include "timeloom/runtime/time_join_work.hpp"

#include <algorithm>

namespace timeloom {

namespace {

/// Dropout layers that are called again draw another mask.
constexpr int calls_apart = 1 << 8;

} // namespace

std::unique_ptr<LayerWork> LayerGraph::make_work(const Node& node) const {
    const dsl::layer& layer = plan_.network.layers[at(node.layer)];
    switch (layer.kind) {
    case dsl::layer_kind::embedding:
        return std::make_unique<EmbeddingWork>(layer, plan_.layout.layer(at(node.layer)), parameters_);
    case dsl::layer_kind::cell:
        return std::make_unique<CellWork>(layer, node.layer, *plan_.kernels, plan_.layout,
                                          plan_.transposed[at(node.layer)], parameters_);
    case dsl::layer_kind::dropout: {
        const auto calls = std::ranges::count_if(
            nodes_, [&](const std::unique_ptr<Node>& n) { return n->layer == node.layer; });
        return std::make_unique<DropoutWork>(layer, node.layer + calls_apart * static_cast<int>(calls));
    }
    case dsl::layer_kind::softmax_rows:
        return std::make_unique<SoftmaxWork>();
    case dsl::layer_kind::layer_normalization:
        return std::make_unique<LayerNormalizationWork>(layer, plan_.layout,
                                                        plan_.layout.layer(at(node.layer)), parameters_);
    case dsl::layer_kind::join:
        if (layer.merge == dsl::merge_mode::concat_time) {
            return std::make_unique<TimeJoinWork>();
        }
        return std::make_unique<JoinWork>(layer);
    case dsl::layer_kind::pooling:
        return std::make_unique<PoolingWork>(layer);
    case dsl::layer_kind::repeat:
        return std::make_unique<RepeatWork>(layer);
    case dsl::layer_kind::flatten:
        return std::make_unique<FlattenWork>(layer);
    case dsl::layer_kind::masking:
        return std::make_unique<MaskingWork>(layer);
    case dsl::layer_kind::final_state:
        return std::make_unique<FinalStateWork>(layer, *cell(node.reads[0].node));
    }
    throw Error("layer " + layer.name + " is of a kind that this runtime does not know");
}

} // namespace timeloom
