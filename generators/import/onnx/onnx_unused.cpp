#include "timeloom/generators/import/onnx/onnx_graph.hpp"

#include <algorithm>
#include <set>

namespace timeloom::importing {

namespace {

void mark(const std::vector<Layer>& layers, const std::string& name, std::set<std::string>& used) {
    std::vector<std::string> open{name};
    while (!open.empty()) {
        const std::string next = open.back();
        open.pop_back();
        const auto found = std::ranges::find(layers, next, &Layer::name);
        if (found == layers.end() || !used.insert(next).second)
            continue;
        open.insert(open.end(), found->reads.begin(), found->reads.end());
        open.insert(open.end(), found->starts.begin(), found->starts.end());
    }
}

/// All layers that read `name`, or start from it.
std::vector<Layer*> readers(std::vector<Layer>& layers, const std::string& name) {
    std::vector<Layer*> result;
    for (Layer& layer : layers)
        if (std::ranges::find(layer.reads, name) != layer.reads.end() ||
            std::ranges::find(layer.starts, name) != layer.starts.end())
            result.push_back(&layer);
    return result;
}

void redirect(std::vector<Layer>& layers, const std::string& from, const std::string& to) {
    for (Layer& layer : layers)
        for (auto* names : {&layer.reads, &layer.starts})
            std::ranges::replace(*names, from, to);
}

bool is_recurrent(const Layer& layer) { return layer.is_cell() || layer.kind == Kind::bidirectional; }

/// The one layer that hands on what the recurrent layer ends with: its state h, or both directions' side by
/// side.
std::string last_output(std::vector<Layer>& layers, const Layer& recurrent) {
    const auto state = [&](const std::string& name) {
        const auto found = std::ranges::find_if(layers, [&](const Layer& l) {
            return l.kind == Kind::return_state && l.reads[0] == recurrent.name && l.state == name;
        });
        return found == layers.end() ? std::string() : found->name;
    };
    if (recurrent.is_cell())
        return state("h");
    const std::vector<std::string> both = {state("forward_h"), state("backward_h")};
    const auto joined = std::ranges::find_if(layers, [&](const Layer& l) {
        return l.kind == Kind::concatenate && l.axis == -1 && l.reads == both;
    });
    const bool is_alone = !both[0].empty() && !both[1].empty() && readers(layers, both[0]).size() == 1 &&
                          readers(layers, both[1]).size() == 1;
    return joined == layers.end() || !is_alone ? std::string() : joined->name;
}

} // namespace

std::vector<Layer> without_unused(const std::vector<Layer>& layers, const std::string& output) {
    std::set<std::string> used;
    mark(layers, output, used);
    std::vector<Layer> kept;
    std::ranges::copy_if(layers, std::back_inserter(kept),
                         [&](const Layer& l) { return used.contains(l.name) || l.kind == Kind::input; });
    std::string end = output;
    for (Layer& layer : kept) {
        if (!is_recurrent(layer) || layer.name == output)
            continue;
        const std::vector<Layer*> by = readers(kept, layer.name);
        if (!std::ranges::all_of(by, [](const Layer* l) { return l->kind == Kind::return_state; }))
            continue;
        const std::string last = last_output(kept, layer);
        layer.return_sequences = false;
        for (Layer& inner : layer.inner)
            inner.return_sequences = false;
        if (last.empty())
            continue;
        end = end == last ? layer.name : end;
        redirect(kept, last, layer.name);
    }
    used.clear();
    mark(kept, end, used);
    std::erase_if(kept, [&](const Layer& l) { return !used.contains(l.name) && l.kind != Kind::input; });
    // The output stands last.
    const auto last = std::ranges::find(kept, end, &Layer::name);
    if (last != kept.end())
        std::rotate(last, last + 1, kept.end());
    return kept;
}

} // namespace timeloom::importing
