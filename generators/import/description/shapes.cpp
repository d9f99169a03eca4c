#include "timeloom/generators/import/description/shapes.hpp"

#include "timeloom/generators/import/description/activations.hpp"
#include "timeloom/generators/import/description/layer_weights.hpp"
#include "timeloom/runtime/error.hpp"

#include <algorithm>

namespace timeloom::importing {

namespace {

using Rank = ValueShape::Rank;

/// More would be a mistake or an attack: 2^24 units are 4 GB of weights already.
constexpr int most_extent = 1 << 24;

void require_extent(const Layer& layer, const char* what, int extent) {
    if (extent < 1 || extent > most_extent)
        throw Error(label(layer) + ": its " + what + " must be between 1 and " + std::to_string(most_extent) +
                    ", but are " + std::to_string(extent));
}

class ShapeCheck {
  public:
    explicit ShapeCheck(const Description& description) : description_(description) {}

    std::map<std::string, ValueShape> run() {
        if (description_.layers.empty())
            throw Error("the file describes no layers");
        for (const Layer& layer : description_.layers) {
            const ValueShape shape = shape_of(layer);
            if (!shapes_.emplace(layer.name, shape).second)
                throw Error("two layers are called '" + layer.name + "'; give one of them another name");
        }
        if (description_.layers.back().kind == Kind::input)
            throw Error("the file describes no layers behind its input");
        return std::move(shapes_);
    }

  private:
    const ValueShape& read(const Layer& layer, std::size_t i) const {
        if (i >= layer.reads.size())
            throw Error(label(layer) + ": it reads no layer");
        const auto found = shapes_.find(layer.reads[i]);
        if (found == shapes_.end())
            throw Error(label(layer) + ": it reads '" + layer.reads[i] + "', which is no layer before it");
        return found->second;
    }

    ValueShape shape_of(const Layer& layer) const {
        if (layer.kind == Kind::input)
            return of_input(layer);
        const ValueShape& in = read(layer, 0);
        if (layer.kind == Kind::concatenate || layer.kind == Kind::add || layer.kind == Kind::subtract ||
            layer.kind == Kind::multiply || layer.kind == Kind::average)
            return of_join(layer);
        if (layer.kind == Kind::return_state)
            return of_state(layer);
        return after(layer, in);
    }

    static ValueShape of_input(const Layer& layer) {
        if (layer.timesteps != 0)
            require_extent(layer, "time steps", layer.timesteps);
        if (layer.timesteps == 0 || layer.features != 0)
            require_extent(layer, "features", layer.features);
        return {layer.timesteps == 0  ? Rank::vector
                : layer.features == 0 ? Rank::tokens
                                      : Rank::sequence,
                std::max(layer.timesteps, 1), layer.features};
    }

    /// A layer that reads one value. Also of those inside others.
    ValueShape after(const Layer& layer, const ValueShape& in) const {
        if (layer.kind == Kind::embedding)
            return of_embedding(layer, in);
        if (in.rank == Rank::tokens)
            throw Error(label(layer) + ": it reads token ids, which only an embedding does");
        if (layer.is_cell() || layer.kind == Kind::bidirectional || layer.kind == Kind::stacked_cells)
            return of_recurrent(layer, in);
        check_weights(layer, in.features);
        ValueShape out = in;
        switch (layer.kind) {
        case Kind::dense:
            require_extent(layer, "units", layer.units);
            find_activation(layer.activation, label(layer));
            out.features = layer.units;
            return out;
        case Kind::time_distributed:
            require_sequence(layer, in);
            return of_every_step(layer, in);
        case Kind::activation:
            find_activation(layer.activation, label(layer));
            return out;
        case Kind::repeat_vector:
            if (in.rank != Rank::vector)
                throw Error(label(layer) + ": it needs one vector, but reads a sequence");
            require_extent(layer, "time steps", layer.timesteps);
            return {Rank::sequence, layer.timesteps, in.features};
        case Kind::flatten:
            return {Rank::vector, 1, in.timesteps * in.features};
        case Kind::global_average_pooling:
        case Kind::global_max_pooling:
            require_sequence(layer, in);
            return {Rank::vector, 1, in.features};
        case Kind::average_pooling:
        case Kind::max_pooling:
            return of_pooling(layer, in);
        case Kind::masking:
            require_sequence(layer, in);
            if (in.masked)
                throw Error(label(layer) +
                            ": a masking behind another mask forgets it in Keras, but not here");
            out.masked = true;
            return out;
        default:
            return out;
        }
    }

    static void require_sequence(const Layer& layer, const ValueShape& in) {
        if (in.rank != Rank::sequence)
            throw Error(label(layer) + ": it needs a sequence of vectors, but reads one vector");
    }

    static ValueShape of_embedding(const Layer& layer, const ValueShape& in) {
        if (in.rank != Rank::tokens)
            throw Error(label(layer) + ": it needs token ids, (batch, timesteps), but reads vectors");
        require_extent(layer, "units", layer.units);
        require_extent(layer, "tokens", layer.features);
        check_weights(layer, layer.features);
        return {Rank::sequence, in.timesteps, layer.units, layer.masks_zero};
    }

    ValueShape of_every_step(const Layer& layer, const ValueShape& in) const {
        const Layer& inner = layer.inner.at(0);
        if (inner.kind != Kind::dense && inner.kind != Kind::activation && inner.kind != Kind::dropout &&
            inner.kind != Kind::layer_normalization)
            throw Error(label(layer) +
                        ": inside it dense, activation, dropout and layer_normalization can be "
                        "imported, but not " +
                        spelling(inner.kind));
        ValueShape out = in;
        out.features = after(inner, {Rank::vector, 1, in.features}).features;
        return out;
    }

    ValueShape of_pooling(const Layer& layer, const ValueShape& in) const {
        require_sequence(layer, in);
        require_extent(layer, "window's size", layer.size);
        require_extent(layer, "window's strides", layer.strides);
        if (!layer.same_padding && in.timesteps < layer.size)
            throw Error(label(layer) + ": its windows of " + std::to_string(layer.size) +
                        " steps do not fit into " + std::to_string(in.timesteps));
        const int windows = layer.same_padding ? (in.timesteps + layer.strides - 1) / layer.strides
                                               : (in.timesteps - layer.size) / layer.strides + 1;
        return {Rank::sequence, windows, in.features};
    }

    ValueShape of_recurrent(const Layer& layer, const ValueShape& in) const {
        require_sequence(layer, in);
        int units = 0;
        if (layer.is_cell()) {
            check_cell(layer, in.features);
            units = layer.units;
        } else if (layer.kind == Kind::bidirectional) {
            for (const Layer& direction : layer.inner)
                check_cell(direction, in.features);
            units = layer.inner.at(0).units * (layer.merge == "concat" ? 2 : 1);
        } else {
            units = in.features;
            for (const Layer& cell : layer.inner) {
                check_cell(cell, units);
                units = cell.units;
            }
        }
        check_starts(layer);
        const bool sequences = layer.return_sequences;
        if (in.masked && (!layer.starts.empty() || layer.is_own_cell()))
            throw Error(label(layer) +
                        ": masked steps of a layer with initial states are others in Keras than here");
        if (in.masked && sequences && layer.go_backwards)
            throw Error(label(layer) +
                        ": Keras hands on the mask of a sequence that is read backwards unturned, "
                        "which is not so here");
        return {sequences ? Rank::sequence : Rank::vector, sequences ? in.timesteps : 1, units,
                in.masked && sequences};
    }

    static void check_cell(const Layer& cell, int features) {
        require_extent(cell, "units", cell.units);
        find_activation(cell.activation, label(cell));
        if (cell.kind != Kind::simple_rnn)
            find_activation(cell.recurrent_activation, label(cell));
        if (!cell.extras.output_activation.empty())
            find_activation(cell.extras.output_activation, label(cell));
        check_weights(cell, features);
    }

    /// States are handed over by one layer with as many, or each by a vector of its width.
    void check_starts(const Layer& layer) const {
        if (layer.starts.empty())
            return;
        const std::vector<std::string> states = state_names(layer);
        const auto width = [&](const Layer& l) { return l.inner.empty() ? l.units : l.inner[0].units; };
        for (const std::string& name : layer.starts)
            if (!shapes_.contains(name))
                throw Error(label(layer) + ": its initial state is of '" + name +
                            "', which is no layer before it");
        const Layer& first = *find_layer(description_, layer.starts[0]);
        const bool whole = layer.starts.size() == 1 && !state_names(first).empty();
        const bool fits = whole ? state_names(first).size() == states.size() && width(first) == width(layer)
                                : layer.starts.size() == states.size() &&
                                      std::ranges::all_of(layer.starts, [&](const std::string& name) {
                                          const ValueShape& s = shapes_.at(name);
                                          return s.rank == Rank::vector && s.features == width(layer);
                                      });
        if (!fits || layer.kind == Kind::stacked_cells)
            throw Error(label(layer) + ": its initial states do not fit to its " +
                        std::to_string(states.size()) + " states of " + std::to_string(width(layer)) +
                        " units");
    }

    ValueShape of_join(const Layer& layer) const {
        ValueShape out = read(layer, 0);
        if (layer.reads.size() < 2 || (layer.kind == Kind::subtract && layer.reads.size() != 2))
            throw Error(label(layer) + ": it joins " + std::to_string(layer.reads.size()) + " values");
        for (std::size_t i = 1; i < layer.reads.size(); ++i) {
            const ValueShape& in = read(layer, i);
            const bool in_time = layer.kind == Kind::concatenate && layer.axis == 1;
            const bool side_by_side = layer.kind == Kind::concatenate && !in_time;
            if (in.rank != out.rank || in.rank == Rank::tokens || (in_time && in.rank == Rank::vector) ||
                (!in_time && in.timesteps != out.timesteps) || (!side_by_side && in.features != out.features))
                throw Error(label(layer) + ": what it joins differs in rank, time steps or features");
            if (!in_time && in.masked != out.masked)
                throw Error(label(layer) +
                            ": it joins masked steps with others, whose mask Keras keeps and Timeloom "
                            "does not");
            out.timesteps += in_time ? in.timesteps : 0;
            out.features += side_by_side ? in.features : 0;
            out.masked = in_time ? out.masked || in.masked : out.masked && in.masked;
            require_extent(layer, "features", out.features);
        }
        return out;
    }

    ValueShape of_state(const Layer& layer) const {
        const Layer* source = find_layer(description_, layer.reads[0]);
        const std::vector<std::string> states = state_names(*source);
        if (std::ranges::find(states, layer.state) == states.end())
            throw Error(label(layer) + ": layer '" + source->name + "' has no state '" + layer.state + "'");
        return {Rank::vector, 1, source->inner.empty() ? source->units : source->inner[0].units};
    }

    const Description& description_;
    std::map<std::string, ValueShape> shapes_;
};

} // namespace

int gate_count(Kind cell) { return cell == Kind::lstm ? 4 : cell == Kind::gru ? 3 : 1; }

std::vector<std::string> state_names(const Layer& layer) {
    if (layer.kind == Kind::lstm)
        return {"h", "c"};
    if (layer.is_cell())
        return {"h"};
    std::vector<std::string> names;
    if (layer.kind == Kind::bidirectional)
        for (const char* direction : {"forward_", "backward_"})
            for (const std::string& state : state_names(layer.inner.at(0)))
                names.push_back(direction + state);
    return names;
}

std::map<std::string, ValueShape> check_shapes(const Description& description) {
    return ShapeCheck(description).run();
}

} // namespace timeloom::importing
