// Which class does the work of which kind of layer.
#include "timeloom/runtime/cells/state_work.hpp"
#include "timeloom/runtime/error.hpp"
#include "timeloom/runtime/layers/elementwise_work.hpp"
#include "timeloom/runtime/layers/join_work.hpp"
#include "timeloom/runtime/layers/layer_normalization_work.hpp"
#include "timeloom/runtime/layers/pooling_work.hpp"
#include "timeloom/runtime/layers/shape_work.hpp"
#include "timeloom/runtime/layers/time_join_work.hpp"
#include "timeloom/runtime/pass/layer_graph.hpp"

#include <algorithm>

namespace timeloom::detail {

namespace {

/// Dropout layers that are called again draw another mask.
constexpr int calls_apart = 1 << 8;

} // namespace

std::unique_ptr<LayerWork> LayerGraph::make_work(const Node& node) const {
    const plan::Layer& layer = plan_.layers[at(node.layer)];
    switch (layer.kind) {
    case plan::LayerKind::embedding:
        return std::make_unique<EmbeddingWork>(layer, parameters_);
    case plan::LayerKind::cell:
        return std::make_unique<CellWork>(plan_, node.layer, parameters_);
    case plan::LayerKind::dropout: {
        const auto calls = std::ranges::count_if(
            nodes_, [&](const std::unique_ptr<Node>& n) { return n->layer == node.layer; });
        return std::make_unique<DropoutWork>(layer, node.layer + calls_apart * static_cast<int>(calls));
    }
    case plan::LayerKind::softmax_rows:
        return std::make_unique<SoftmaxWork>();
    case plan::LayerKind::layer_normalization:
        return std::make_unique<LayerNormalizationWork>(layer, plan_.dense_begin, parameters_);
    case plan::LayerKind::join:
        if (layer.merge == plan::MergeMode::concat_time) {
            return std::make_unique<TimeJoinWork>();
        }
        return std::make_unique<JoinWork>(layer);
    case plan::LayerKind::pooling:
        return std::make_unique<PoolingWork>(layer);
    case plan::LayerKind::repeat:
        return std::make_unique<RepeatWork>(layer);
    case plan::LayerKind::flatten:
        return std::make_unique<FlattenWork>(layer);
    case plan::LayerKind::masking:
        return std::make_unique<MaskingWork>(layer);
    case plan::LayerKind::final_state:
        return std::make_unique<FinalStateWork>(layer, *cell(node.reads[0].node));
    }
    throw Error("layer " + std::string(layer.name) + " is of a kind that this runtime does not know");
}

} // namespace timeloom::detail
